/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry point of SMBIOS: where the firmware says that its structure table is. What is in the
 * table is for base/smbios.c.
 */
#ifndef LOADER_SMBIOS_ENTRY_H
#define LOADER_SMBIOS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SMBIOS_ENTRY_SIZE_MAX = 32,      /* bytes of either kind of entry point, at most */
    SMBIOS_TABLE_SIZE_MAX = 1 << 20, /* many times the largest table known: more is not looked at */
};

/**
 * Read an entry point, "_SM_" of version 2 or "_SM3_" (DMTF DSP0134, 5.2).
 *
 * @param room    bytes that can be read at `entry`
 * @param address of the table, written; not 0
 * @param size    bytes of the table at most, written; not 0, and the table does not wrap
 * @return false if it is none, or its checksum or one of its figures is wrong
 */
bool smbios_read_entry(const uint8_t *entry, size_t room, uint64_t *address, uint32_t *size);

#endif
