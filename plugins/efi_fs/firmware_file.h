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

/** The size of cached blocks for devices of this machine; for those on a network, where a request
 * takes long (64 KB at a time are a quarter as fast as these). */
enum { FIRMWARE_BLOCK_SIZE = 32 * 1024, FIRMWARE_REMOTE_BLOCK_SIZE = 512 * 1024 };

/**
 * Open the root of a file system. It is closed, and all its files, when the pool is destroyed.
 *
 * @param block_size bytes that a small read takes from the firmware, and keeps
 * @return NULL with the reason
 */
struct firmware_volume *firmware_volume_open(struct pool *pool,
                                             EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system,
                                             size_t block_size, struct error *error);

/** An entry of a directory. */
struct firmware_entry {
    const CHAR16 *name; /* as the directory spells it: file systems may distinguish its case */
    uint64_t size;      /* bytes */
    bool is_directory;
};

/**
 * Visit the entries of a directory.
 *
 * @param path  of the directory; "" for the root
 * @param visit returns 0; 1 to stop; -1 to stop with its error
 */
int firmware_volume_list(struct firmware_volume *volume, const CHAR16 *path,
                         int (*visit)(void *context, const struct firmware_entry *entry,
                                      struct error *error),
                         void *context, struct error *error);

/**
 * A file, not opened yet.
 *
 * @param path from the root; copied
 * @param size bytes, as the directory says
 */
struct file *firmware_file(struct firmware_volume *volume, const CHAR16 *path, uint64_t size,
                           struct error *error);

/** The size of a file that no directory lists; false if it cannot be opened. */
bool firmware_file_size(struct firmware_volume *volume, const CHAR16 *name, uint64_t *size);

#endif
