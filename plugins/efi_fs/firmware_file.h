/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading files of a firmware's file system (chapter 13.4 of the UEFI specification) on demand.
 *
 * A file is opened when it is first read and stays open. Small reads go through a cache of blocks
 * that all files of a volume share: a call of the firmware costs thousands of instructions, and a
 * WIM's tables are read piece by piece.
 */
#ifndef EFI_FS_FIRMWARE_FILE_H
#define EFI_FS_FIRMWARE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "efi/firmware.h"
#include "files/file.h"

struct firmware_volume;

/**
 * Open the root of a file system. It is closed, and all its files, when the pool is destroyed.
 *
 * @return NULL with the reason
 */
struct firmware_volume *firmware_volume_open(struct pool *pool,
                                             EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system,
                                             struct error *error);

/**
 * Visit each file of the root, but no directory. The visitor returns -1 to stop with its error.
 *
 * @param name as the directory spells it: file systems may distinguish upper and lower case
 */
int firmware_volume_list(struct firmware_volume *volume,
                         int (*visit)(void *context, const CHAR16 *name, uint64_t size,
                                      struct error *error),
                         void *context, struct error *error);

/**
 * A file of the root, not opened yet.
 *
 * @param name copied
 * @param size bytes, as the directory says
 */
struct file *firmware_file(struct firmware_volume *volume, const CHAR16 *name, uint64_t size,
                           struct error *error);

/** The size of a file that no directory lists; false if it cannot be opened. */
bool firmware_file_size(struct firmware_volume *volume, const CHAR16 *name, uint64_t *size);

#endif
