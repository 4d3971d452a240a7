/* SPDX-License-Identifier: BSD-2-Clause */
/* See arena.h. */
#include "arena.h"

#include <string.h>

#include "report.h"

static char *arena_start;
static size_t arena_size, arena_used;

void arena_set(void *start, size_t size)
{
    arena_start = start;
    arena_size = size;
    arena_used = 0;
}

void *arena_allocate(size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;
    if (rounded < size || rounded > arena_size - arena_used) {
        check(false, "the stand-in has %llu bytes and needs %llu more",
              (uint64_t)(arena_size - arena_used), (uint64_t)size);
        report_end();
    }
    void *memory = arena_start + arena_used;
    arena_used += rounded;
    memset(memory, 0, rounded);
    return memory;
}

size_t arena_mark(void)
{
    return arena_used;
}

void arena_release(size_t mark)
{
    arena_used = mark;
}
