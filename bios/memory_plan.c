/* SPDX-License-Identifier: BSD-2-Clause */
/* Which memory is used for what until the hand-over. See memory_plan.h. */
#include "bios/memory_plan.h"

enum {
    MEBIBYTE = 1 << 20,
    MANAGER_START = 4 * MEBIBYTE, /* where every bootmgr.exe is loaded */
    MANAGER_END = 6 * MEBIBYTE,   /* the largest, with its raw copy, ends before */
    ROOMY_START = 16 * MEBIBYTE,  /* from here up where memory is plenty */
    ROOMY_SIZE = 8 * MEBIBYTE,    /* bytes of heap that are plenty */
    MOVE_MIN = 64 * 1024,         /* bytes by which moving the initrd is worth it */
};

/* 32-bit versions of Windows take it that all memory from here up is free. */
#define FILES_END UINT64_C(0x80000000)
/* The very last bytes below 4 GB cannot be written as an end in 32 bits. */
#define LOW_END ((UINT64_C(1) << 32) - MEMORY_PAGE_SIZE)

/* Loaders put the initrd anywhere below 4 GB, also where the boot manager must go. */
static uint64_t place_initrd(const struct memory_map *usable, struct memory_region initrd)
{
    uint64_t place;

    if (!memory_map_highest(usable, initrd.end - initrd.start, MANAGER_START, FILES_END, &place)) {
        return initrd.start;
    }
    bool is_near = place >= initrd.start && place - initrd.start < MOVE_MIN;
    return is_near ? initrd.start : place;
}

static struct memory_region main_heap(const struct memory_map *unused)
{
    static const struct memory_region choices[] = {
        {ROOMY_START, FILES_END},
        {ROOMY_START, LOW_END},
        {MANAGER_END, LOW_END},
    };
    struct memory_region region = {0, 0};

    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        region = memory_map_largest(unused, choices[i].start, choices[i].end);
        if (region.end - region.start >= ROOMY_SIZE) {
            break;
        }
    }
    return region;
}

struct memory_plan memory_plan(const struct memory_map *usable, uint64_t transient,
                               struct memory_region initrd)
{
    struct memory_plan plan = {.initrd = initrd.start};
    struct memory_map unused = *usable;

    if (initrd.end > initrd.start) {
        plan.initrd = place_initrd(usable, initrd);
        memory_map_remove(&unused, plan.initrd, plan.initrd + (initrd.end - initrd.start));
    }
    plan.heaps[HEAP_LOW] = memory_map_largest(&unused, transient, MANAGER_START);
    plan.heaps[HEAP_MAIN] = main_heap(&unused);
    return plan;
}
