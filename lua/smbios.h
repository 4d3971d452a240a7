/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about the machine from its SMBIOS table (DMTF DSP0134). See smbios.c. */
#ifndef LUA_SMBIOS_H
#define LUA_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

/** The names of the facts, "manufacturer" and so on; ends with NULL. */
extern const char *const smbios_fact_names[];

/**
 * Look a fact up in a structure table.
 *
 * @param fact   index of the fact in smbios_fact_names
 * @param buffer written: the fact as text, without spaces at its ends, NUL-terminated
 * @return its length; 0 if the table does not say
 */
size_t smbios_fact(const uint8_t *table, size_t table_size, size_t fact, char *buffer, size_t size);

#endif
