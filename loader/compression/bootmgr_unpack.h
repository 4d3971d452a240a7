/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extract bootmgr.exe from the file `bootmgr`, which has it, compressed, after 16-bit code.
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
 * @return 0, even if there is none; -1 if it is damaged
 */
int bootmgr_unpack(struct pool *pool, const struct file *bootmgr, const struct file **exe,
                   struct error *error);

#endif
