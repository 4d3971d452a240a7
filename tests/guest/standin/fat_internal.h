/* SPDX-License-Identifier: BSD-2-Clause */
/* What fat.c and fat_directory.c share. */
#ifndef STANDIN_FAT_INTERNAL_H
#define STANDIN_FAT_INTERNAL_H

#include "fat.h"

static inline uint32_t get16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) | get16(bytes + 2) << 16;
}

bool disk_read(struct disk *disk, uint64_t lba, uint32_t count, void *buffer);

/** The FAT's entry for a cluster. */
bool fat_next(struct fat *fat, uint32_t cluster, uint32_t *next);

/** Read `size` bytes of a chain that must end right there. */
bool fat_read_chain(struct fat *fat, const struct fat_entry *entry, uint64_t size, fat_sink *sink,
                    void *context);

/** How many clusters a chain has; 0 if it is broken. */
uint32_t fat_chain_length(struct fat *fat, const struct fat_entry *entry);

#endif
