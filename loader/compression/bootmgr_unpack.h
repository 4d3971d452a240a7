/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bootmgr.exe out of the file `bootmgr`, which holds it compressed behind 16-bit code.
 */
#ifndef LOADER_BOOTMGR_UNPACK_H
#define LOADER_BOOTMGR_UNPACK_H

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"

/**
 * Look for a compressed bootmgr.exe in a file and decompress it.
 *
 * @param exe written: a file named "bootmgr.exe" in content memory; NULL if the file holds none
 * @return 0, also if there is none; -1 if the one that is there is damaged
 */
int bootmgr_unpack(struct pool *pool, const struct file *bootmgr, const struct file **exe,
                   struct error *error);

#endif
