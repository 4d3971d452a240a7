/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's memory and how it is used until the hand-over.
 *
 *   files (the initrd) as high as possible below 2 GB
 *   content            from there downwards
 *   free
 *   scratch memory     from 16 MB upwards, in the same region
 */
#ifndef BIOS_MEMORY_H
#define BIOS_MEMORY_H

#include <stdint.h>

#include "base/error.h"
#include "bios/memory_map.h"

/** What the BIOS says is usable RAM (INT 15 E820), complete. */
extern struct memory_map usable_memory;

/** Bytes that the BIOS claims where the processor cannot reach them. They are not in the map. */
extern uint64_t unreachable_memory;

/** Read the memory map, put the initrd in its place, start the heap. Once, first. */
int memory_initialise(struct error *error);

/** Where the initrd is now; empty if there is none. Whole pages. */
struct memory_region memory_initrd(void);

/** Where content is; empty if there is none. Whole pages. */
struct memory_region memory_content(void);

/** Is a range free for the boot manager's image: RAM that holds nothing of ours? */
bool memory_is_free(uint64_t start, uint64_t end);

#endif
