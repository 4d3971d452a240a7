/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory above 4 GB, from 32-bit code that runs without paging. Resident.
 */
#ifndef BIOS_HIGH_MEMORY_H
#define BIOS_HIGH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Can this processor reach memory above 4 GB? */
bool high_memory_is_reachable(void);

/** How many bits a physical address of this processor has, 32 to 52. */
unsigned high_memory_address_bits(void);

/** Prepare the page tables. Once, before the first copy above 4 GB. */
void high_memory_prepare(void);

/** Copy from any physical address to memory below 4 GB (a volume_copy). The source must not
 * cross 4 GB. */
void high_memory_read(void *to, uint64_t address, size_t length);

/** Copy from memory below 4 GB to memory above. */
void high_memory_write(uint64_t address, const void *from, size_t length);

#endif
