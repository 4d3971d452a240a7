/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the stand-in: one stretch that the platform found free, handed out from the bottom.
 */
#ifndef STANDIN_ARENA_H
#define STANDIN_ARENA_H

#include <stddef.h>
#include <stdint.h>

/** Use this stretch from now on. */
void arena_set(void *start, size_t size);

/** Zeroed memory, aligned to 16. Without memory it ends the run with a failure. */
void *arena_allocate(size_t size);

/** Where the arena stands; arena_release() gives back all that was allocated since. */
size_t arena_mark(void);
void arena_release(size_t mark);

#endif
