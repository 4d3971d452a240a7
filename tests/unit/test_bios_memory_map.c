/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS memory map, against a plain array with one bit per page as the oracle. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/memory_map.c"

enum { PAGES = 400 };

static void check_equal(const struct memory_map *map, const bool *pages)
{
    uint64_t total = 0;
    bool sorted = true, equal = true;
    for (size_t i = 0; i < map->count; i++) {
        sorted &= map->regions[i].start < map->regions[i].end;
        sorted &= i == 0 || map->regions[i - 1].end < map->regions[i].start;
    }
    for (uint64_t page = 0; page < PAGES; page++) {
        equal &= memory_map_contains(map, page * 4096, (page + 1) * 4096) == pages[page];
        total += pages[page] ? 4096 : 0;
    }
    ck_assert(sorted);
    ck_assert(equal);
    ck_assert_uint_eq(memory_map_total(map), total);
}

/* 200 maps of 60 random additions and removals at odd addresses: pages only partly added are not
 * there, pages only partly removed are gone. */
START_TEST(random_operations)
{
    srand(1);
    for (int round = 0; round < 200; round++) {
        struct memory_map map = {0};
        bool pages[PAGES] = {false};
        for (int step = 0; step < 60; step++) {
            uint64_t start = (uint64_t)rand() % (PAGES * 4096), end = start + rand() % (60 * 4096);
            bool adds = rand() % 2;
            if (end > PAGES * 4096) {
                end = PAGES * 4096;
            }
            (adds ? memory_map_add : memory_map_remove)(&map, start, end);
            for (uint64_t page = 0; page < PAGES; page++) {
                uint64_t page_start = page * 4096, page_end = page_start + 4096;
                if (adds && start <= page_start && page_end <= end) {
                    pages[page] = true;
                } else if (!adds && start < end && start < page_end && page_start < end) {
                    pages[page] = false;
                }
            }
            check_equal(&map, pages);
        }
    }
}
END_TEST

START_TEST(places)
{
    struct memory_map map = {0};
    uint64_t start = 0;
    memory_map_add(&map, 0, 0x9FC00);
    memory_map_add(&map, 0x100000, 0x7FFE0000);
    memory_map_add(&map, UINT64_C(1) << 32, UINT64_C(3) << 32);
    ck_assert(memory_map_highest(&map, 5000, 0x1000000, 0x80000000, &start));
    ck_assert_uint_eq(start, 0x7FFE0000 - 0x2000);
    ck_assert(memory_map_highest(&map, 0x1000, 0x1000000, 0x40000000, &start));
    ck_assert_uint_eq(start, 0x40000000 - 0x1000);
    ck_assert(memory_map_highest(&map, 0x7FFE0000 - 0x100000, 0x100000, 0x80000000, &start));
    ck_assert_uint_eq(start, 0x100000);
    ck_assert(!memory_map_highest(&map, 0x7FFE0000 - 0x100000 + 1, 0x100000, 0x80000000, &start));
    ck_assert(memory_map_highest(&map, 1, UINT64_C(1) << 32, UINT64_MAX, &start));
    ck_assert_uint_eq(start, (UINT64_C(3) << 32) - 0x1000);
    struct memory_region largest = memory_map_largest(&map, 0x1000000, UINT64_C(1) << 32);
    ck_assert_uint_eq(largest.start, 0x1000000);
    ck_assert_uint_eq(largest.end, 0x7FFE0000);
    largest = memory_map_largest(&map, UINT64_C(4) << 32, UINT64_MAX);
    ck_assert_uint_eq(largest.end - largest.start, 0);
}
END_TEST

/* A list without end must neither overflow nor make memory that is not there. */
START_TEST(too_many_regions)
{
    struct memory_map map = {0};
    for (uint64_t i = 0; i < 2 * MEMORY_MAP_REGION_COUNT_MAX; i++) {
        memory_map_add(&map, i * 0x2000, i * 0x2000 + 0x1000);
    }
    ck_assert_uint_eq(map.count, MEMORY_MAP_REGION_COUNT_MAX);
    memory_map_add(&map, 0, UINT64_MAX);
    ck_assert_uint_eq(map.count, 1);
    for (uint64_t i = 0; i < 2 * MEMORY_MAP_REGION_COUNT_MAX; i++) {
        memory_map_remove(&map, i * 0x2000, i * 0x2000 + 0x1000);
        ck_assert(!memory_map_contains(&map, i * 0x2000, i * 0x2000 + 0x1000));
    }
    ck_assert_uint_eq(map.count, MEMORY_MAP_REGION_COUNT_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios memory map");
    TCase *tests = tcase_create("memory map");
    tcase_add_test(tests, random_operations);
    tcase_add_test(tests, places);
    tcase_add_test(tests, too_many_regions);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
