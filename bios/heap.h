/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One piece of memory, used from both ends: scratch memory of any size grows up from the bottom
 * (the heap), whole pages for the bytes of files come down from the top (the content).
 *
 * Independent of what is stored, and of where the piece is. Not thread-safe.
 */
#ifndef BIOS_HEAP_H
#define BIOS_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum { HEAP_BIN_COUNT = 8 * sizeof(size_t), CONTENT_PAGE_SIZE = 4096 };

struct heap_block;
struct content_hole;

struct heap {
    uint8_t *start;                          /* of the heap */
    uint8_t *top;                            /* end of the heap; free memory follows */
    uint8_t *content;                        /* start of the content; free memory before */
    size_t last_size;                        /* bytes of the heap's last block, 0 if it has none */
    struct heap_block *bins[HEAP_BIN_COUNT]; /* free blocks, by the highest bit of their size */
    struct content_hole *holes;              /* free pages in the content, in order of address */
};

/** Start with the memory from `start` to `end`. */
void heap_initialise(struct heap *heap, void *start, void *end);

/** Aligned to 16. NULL without memory. */
void *heap_allocate(struct heap *heap, size_t size);

/** Like realloc(): `memory` may be NULL; on failure the old memory stays. Shrinking never fails. */
void *heap_resize(struct heap *heap, void *memory, size_t size);

/**
 * Let a piece of memory grow into another heap.
 *
 * @param from   the heap that `memory` is from
 * @param to     the heap that has more
 * @param memory not NULL; stays on failure
 * @param size   more bytes than heap_resize() could give it in `from`
 */
void *heap_move(struct heap *from, struct heap *to, void *memory, size_t size);

/** As free(). */
void heap_free(struct heap *heap, void *memory);

/** Whole pages for the bytes of files. NULL without memory. */
void *heap_allocate_content(struct heap *heap, size_t size);

/** @param size as it was allocated with */
void heap_free_content(struct heap *heap, void *memory, size_t size);

#endif
