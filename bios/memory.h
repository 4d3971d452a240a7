/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's memory: the BIOS's map of it, where files and heaps are (memory_plan.h), and the
 * allocators of base/machine.h.
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

/** Read the memory map, put the initrd in its place, start the heaps. Once, first. */
int memory_initialise(struct error *error);

enum { MEMORY_LASTING_MAX = 3 };

/**
 * Where the files are that outlive the hand-over: content, and the initrd.
 *
 * @param regions written: MEMORY_LASTING_MAX at most, whole pages, none empty
 * @return how many
 */
size_t memory_lasting(struct memory_region *regions);

/** Is a range free for the boot manager's image: RAM that holds nothing of ours? */
bool memory_is_free(uint64_t start, uint64_t end);

#endif
