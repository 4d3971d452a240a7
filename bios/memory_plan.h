/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which memory is used for what until the hand-over. Pure: addresses in, addresses out.
 *
 *   files (the initrd)   as high as possible below 2 GB; they move only if that is elsewhere
 *   main heap            the largest piece of memory left, where there is plenty from 16 MB up
 *   low heap             what is left of the first 4 MB
 *
 * The boot manager is loaded at 4 MB, so nothing but files that fill the memory lies within 2 MB
 * from there. A machine needs what the files, the resident part and the boot manager take, and some
 * hundred KB for what the loader makes itself.
 */
#ifndef BIOS_MEMORY_PLAN_H
#define BIOS_MEMORY_PLAN_H

#include "bios/memory_map.h"

enum { HEAP_LOW, HEAP_MAIN, HEAP_COUNT };

struct memory_plan {
    uint64_t initrd;                        /* address of its first byte */
    struct memory_region heaps[HEAP_COUNT]; /* (0, 0): there is no memory for this one */
};

/**
 * Plan where everything goes.
 *
 * @param usable    all usable memory
 * @param transient the end of the loader itself, in the first 4 MB
 * @param initrd    where the boot loader has put the initrd, below 4 GB; not rounded to pages;
 * empty if there is none
 */
struct memory_plan memory_plan(const struct memory_map *usable, uint64_t transient,
                               struct memory_region initrd);

#endif
