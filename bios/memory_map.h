/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Usable memory as a sorted list of regions: what the BIOS says is RAM, minus what is taken.
 * Knows nothing of where the list comes from; whole pages only.
 */
#ifndef BIOS_MEMORY_MAP_H
#define BIOS_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEMORY_MAP_REGION_COUNT_MAX = 128, MEMORY_PAGE_SIZE = 4096 };

/** Physical addresses, multiples of the page size; the end is the first byte after it. */
struct memory_region {
    uint64_t start, end;
};

/** Sorted; no two regions touch. Starts out all zero. */
struct memory_map {
    size_t count;
    struct memory_region regions[MEMORY_MAP_REGION_COUNT_MAX];
};

/** Add memory, rounded inward to pages. More regions than the map holds are left out: less memory,
 * but never wrong. */
void memory_map_add(struct memory_map *map, uint64_t start, uint64_t end);

/** Take memory away, rounded outward to pages; it need not have been there. */
void memory_map_remove(struct memory_map *map, uint64_t start, uint64_t end);

/** Bytes in the map. */
uint64_t memory_map_total(const struct memory_map *map);

/** Is all of a range in the map? */
bool memory_map_contains(const struct memory_map *map, uint64_t start, uint64_t end);

/**
 * The highest page-aligned place for `size` bytes that starts at `low` or above and ends at `high`
 * or below.
 *
 * @return false if there is none
 */
bool memory_map_highest(const struct memory_map *map, uint64_t size, uint64_t low, uint64_t high,
                        uint64_t *start);

/** The largest region, limited to the range from `low` to `high`. Empty (0, 0) if there is none. */
struct memory_region memory_map_largest(const struct memory_map *map, uint64_t low, uint64_t high);

#endif
