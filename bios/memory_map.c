/* SPDX-License-Identifier: BSD-2-Clause */
/* Usable memory as a sorted list of regions. See memory_map.h. */
#include "bios/memory_map.h"

#include <string.h>

static uint64_t page_down(uint64_t address)
{
    return address & ~(uint64_t)(MEMORY_PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t address)
{
    return address > UINT64_MAX - MEMORY_PAGE_SIZE ? page_down(UINT64_MAX)
                                                   : page_down(address + MEMORY_PAGE_SIZE - 1);
}

static void delete_at(struct memory_map *map, size_t index, size_t count)
{
    memmove(&map->regions[index], &map->regions[index + count],
            (map->count - index - count) * sizeof(map->regions[0]));
    map->count -= count;
}

/* Without room the new region is lost. */
static void insert_at(struct memory_map *map, size_t index, uint64_t start, uint64_t end)
{
    if (map->count == MEMORY_MAP_REGION_COUNT_MAX) {
        return;
    }
    memmove(&map->regions[index + 1], &map->regions[index],
            (map->count - index) * sizeof(map->regions[0]));
    map->regions[index] = (struct memory_region){start, end};
    map->count++;
}

void memory_map_add(struct memory_map *map, uint64_t start, uint64_t end)
{
    size_t first = 0, touching = 0;
    start = page_up(start);
    end = page_down(end);
    if (start >= end) {
        return;
    }
    while (first < map->count && map->regions[first].end < start) {
        first++;
    }
    for (size_t i = first; i < map->count && map->regions[i].start <= end; i++, touching++) {
        if (map->regions[i].start < start) {
            start = map->regions[i].start;
        }
        if (map->regions[i].end > end) {
            end = map->regions[i].end;
        }
    }
    if (touching == 0) {
        insert_at(map, first, start, end);
        return;
    }
    map->regions[first] = (struct memory_region){start, end};
    delete_at(map, first + 1, touching - 1);
}

void memory_map_remove(struct memory_map *map, uint64_t start, uint64_t end)
{
    start = page_down(start);
    end = page_up(end);
    for (size_t i = 0; i < map->count;) {
        struct memory_region *region = &map->regions[i];
        uint64_t region_end = region->end;
        if (start >= end || region->start >= end || region_end <= start) {
            i++;
            continue;
        }
        bool keeps_front = region->start < start;
        bool keeps_back = region_end > end;
        if (keeps_front) {
            region->end = start;
        }
        if (keeps_front && keeps_back) {
            insert_at(map, i + 1, end, region_end);
        } else if (keeps_back) {
            region->start = end;
        }
        if (keeps_front || keeps_back) {
            i++;
        } else {
            delete_at(map, i, 1);
        }
    }
}

uint64_t memory_map_total(const struct memory_map *map)
{
    uint64_t total = 0;
    for (size_t i = 0; i < map->count; i++) {
        total += map->regions[i].end - map->regions[i].start;
    }
    return total;
}

bool memory_map_contains(const struct memory_map *map, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < map->count; i++) {
        if (start >= map->regions[i].start && end <= map->regions[i].end) {
            return start <= end;
        }
    }
    return false;
}

static struct memory_region cut(struct memory_region region, uint64_t low, uint64_t high)
{
    if (region.start < low) {
        region.start = low;
    }
    if (region.end > high) {
        region.end = high;
    }
    return region.start < region.end ? region : (struct memory_region){0, 0};
}

bool memory_map_highest(const struct memory_map *map, uint64_t size, uint64_t low, uint64_t high,
                        uint64_t *start)
{
    low = page_up(low);
    high = page_down(high);
    for (size_t i = map->count; i-- > 0;) {
        struct memory_region region = cut(map->regions[i], low, high);
        if (region.end - region.start < size || region.end == 0) {
            continue;
        }
        *start = page_down(region.end - size);
        if (*start >= region.start) {
            return true;
        }
    }
    return false;
}

struct memory_region memory_map_largest(const struct memory_map *map, uint64_t low, uint64_t high)
{
    struct memory_region largest = {0, 0};
    low = page_up(low);
    high = page_down(high);
    for (size_t i = 0; i < map->count; i++) {
        struct memory_region region = cut(map->regions[i], low, high);
        if (region.end - region.start > largest.end - largest.start) {
            largest = region;
        }
    }
    return largest;
}
