/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the BIOS half puts the initrd and its heaps: machines with little and with much memory. */
#include "tests/unit/unit.h"

#include "bios/memory_map.c"
#include "bios/memory_plan.c"

#define MIB       UINT64_C(0x100000)
#define GIB       UINT64_C(0x40000000)
#define TRANSIENT UINT64_C(0x1A2000)

/* A PC with this much memory below 4 GB: the BIOS keeps 128 KB at the end for its tables. */
static struct memory_map machine(uint64_t size)
{
    struct memory_map map = {0};
    memory_map_add(&map, 0, 0x9F000);
    memory_map_add(&map, MIB, size - 0x20000);
    return map;
}

static struct memory_region initrd_at(uint64_t start, uint64_t size)
{
    return (struct memory_region){start, start + size};
}

static void check_region(struct memory_region region, uint64_t start, uint64_t end)
{
    ck_assert_uint_eq(region.start, start);
    ck_assert_uint_eq(region.end, end);
}

START_TEST(plenty)
{
    struct memory_map map = machine(GIB);
    struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(2 * MIB + 5, 600 * MIB + 10));
    uint64_t place = GIB - 0x20000 - 600 * MIB - 0x1000;
    ck_assert_uint_eq(plan.initrd, place);
    check_region(plan.heaps[HEAP_LOW], TRANSIENT, 4 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 16 * MIB, place);
}
END_TEST

START_TEST(no_initrd)
{
    struct memory_map map = machine(64 * MIB);
    struct memory_plan plan = memory_plan(&map, TRANSIENT, (struct memory_region){0, 0});
    check_region(plan.heaps[HEAP_LOW], TRANSIENT, 4 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 16 * MIB, 64 * MIB - 0x20000);
}
END_TEST

/* 26 MB in 32: QEMU and iPXE put them at the top, where they stay; only the low heap is left. */
START_TEST(border)
{
    struct memory_map map = machine(32 * MIB);
    uint64_t top = 32 * MIB - 0x20000;
    struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(top - 26 * MIB, 26 * MIB));
    ck_assert_uint_eq(plan.initrd, top - 26 * MIB);
    check_region(plan.heaps[HEAP_LOW], TRANSIENT, 4 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 0, 0);
    /* A little lower, over itself: up it goes. */
    plan = memory_plan(&map, TRANSIENT, initrd_at(top - 27 * MIB, 26 * MIB));
    ck_assert_uint_eq(plan.initrd, top - 26 * MIB);
    /* Three MB less: they are of use from 6 MB up. */
    plan = memory_plan(&map, TRANSIENT, initrd_at(4 * MIB, 23 * MIB));
    ck_assert_uint_eq(plan.initrd, top - 23 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 6 * MIB, top - 23 * MIB);
}
END_TEST

/* More than fits above 4 MB stays where it is, between the heaps. */
START_TEST(too_large)
{
    struct memory_map map = machine(32 * MIB);
    struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(3 * MIB, 28 * MIB + 0x1000));
    ck_assert_uint_eq(plan.initrd, 3 * MIB);
    check_region(plan.heaps[HEAP_LOW], TRANSIENT, 3 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 31 * MIB + 0x1000, 32 * MIB - 0x20000);
}
END_TEST

/* A move by less than 64 KB is not worth it; one downwards, from above 2 GB, is. */
START_TEST(moves)
{
    struct memory_map map = machine(3 * GIB);
    struct memory_plan plan =
        memory_plan(&map, TRANSIENT, initrd_at(2 * GIB - 100 * MIB - 0xF000, 100 * MIB));
    ck_assert_uint_eq(plan.initrd, 2 * GIB - 100 * MIB - 0xF000);
    plan = memory_plan(&map, TRANSIENT, initrd_at(2 * GIB - 50 * MIB, 100 * MIB));
    ck_assert_uint_eq(plan.initrd, 2 * GIB - 100 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 16 * MIB, 2 * GIB - 100 * MIB);
}
END_TEST

/* Files that fill what is below 2 GB: the heap is above, and may end at 4 GB less a page. */
START_TEST(above_2g)
{
    struct memory_map map = {0};
    memory_map_add(&map, MIB, 4 * GIB);
    uint64_t size = 2 * GIB - 20 * MIB;
    struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(2 * GIB, size));
    ck_assert_uint_eq(plan.initrd, 20 * MIB);
    check_region(plan.heaps[HEAP_MAIN], 2 * GIB, 4 * GIB - 0x1000);
}
END_TEST

/* A hole between 15 and 16 MB, as old chipsets have it: the largest piece counts. */
START_TEST(hole)
{
    struct memory_map map = machine(24 * MIB);
    memory_map_remove(&map, 15 * MIB, 16 * MIB);
    struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(17 * MIB, 5 * MIB));
    ck_assert_uint_eq(plan.initrd, 19 * MIB - 0x20000);
    check_region(plan.heaps[HEAP_MAIN], 6 * MIB, 15 * MIB);
}
END_TEST

/* Whatever the machine and the initrd: heaps and initrd lie in usable memory, apart from each other
 * and from where the boot manager goes; and the initrd moves only upwards or below 2 GB. */
START_TEST(random_machines)
{
    srand(1);
    for (int round = 0; round < 5000; round++) {
        struct memory_map map = machine((uint64_t)(8 + rand() % 4000) * MIB);
        for (int holes = rand() % 3; holes > 0; holes--) {
            uint64_t start = (uint64_t)(4 + rand() % 4000) * MIB;
            memory_map_remove(&map, start, start + (uint64_t)(rand() % 64) * MIB);
        }
        uint64_t size = (uint64_t)rand() % (memory_map_total(&map)) + 1, start;
        if (!memory_map_highest(&map, size, 3 * MIB, 4 * GIB, &start)) {
            continue;
        }
        start = rand() % 2 == 0 ? 3 * MIB : start;
        if (!memory_map_contains(&map, start, start + size)) {
            continue;
        }
        struct memory_plan plan = memory_plan(&map, TRANSIENT, initrd_at(start, size));
        ck_assert(memory_map_contains(&map, plan.initrd, plan.initrd + size));
        ck_assert(plan.initrd >= start || start + size > 2 * GIB);
        for (size_t i = 0; i < HEAP_COUNT; i++) {
            struct memory_region heap = plan.heaps[i];
            if (heap.end == 0) {
                continue;
            }
            ck_assert(heap.start < heap.end && memory_map_contains(&map, heap.start, heap.end));
            ck_assert(heap.end <= plan.initrd || heap.start >= plan.initrd + size);
            ck_assert(heap.end <= 4 * MIB || heap.start >= 6 * MIB);
            ck_assert(heap.start >= TRANSIENT);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios memory plan");
    TCase *tests = tcase_create("memory plan");
    tcase_add_test(tests, plenty);
    tcase_add_test(tests, no_initrd);
    tcase_add_test(tests, border);
    tcase_add_test(tests, too_large);
    tcase_add_test(tests, moves);
    tcase_add_test(tests, above_2g);
    tcase_add_test(tests, hole);
    tcase_add_test(tests, random_machines);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
