/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about the machine from its SMBIOS table (DMTF DSP0134). See smbios.c. */
#ifndef LOADER_SMBIOS_H
#define LOADER_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"

enum { SMBIOS_FIELD_COUNT = 12 };

/** Where DSP0134 keeps a fact: in which type of structure, and at which offset in it the number of
 * a string is, or (uuid) 16 bytes. */
struct smbios_field {
    const char *name; /* "manufacturer" */
    uint8_t type, offset;
};

/** The fields of boot.smbios. */
extern const struct smbios_field smbios_fields[SMBIOS_FIELD_COUNT];

/**
 * Look a fact up in a structure table.
 *
 * @param buffer written: the fact as text, without spaces at its ends, NUL-terminated
 * @return its length; 0 if the table does not have it
 */
size_t smbios_fact(const uint8_t *table, size_t table_size, const struct smbios_field *field,
                   char *buffer, size_t size);

/** The most that smbios_memory() believes: 2^52 bytes, what processors can address. */
#define SMBIOS_MEMORY_MAX (UINT64_C(1) << 52)

/**
 * The memory that is installed: that of the memory devices, or else that of the ranges of
 * addresses.
 *
 * @return bytes; 0 if the table does not say
 */
uint64_t smbios_memory(const uint8_t *table, size_t table_size);

/** The memory of this machine in bytes, as labels and orders say; if its table does not tell, what
 * the firmware leaves usable. */
uint64_t smbios_installed_memory(const struct machine *machine);

#endif
