/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap and the content. See heap.h.
 *
 * The heap is a row of blocks without gaps, each with its own size and that of the block before it,
 * so that a freed block joins its free neighbours immediately. Free blocks are kept in lists by the
 * highest bit of their size: any block of a higher list is big enough. The last block is never
 * free: it goes back to the memory after the heap.
 */
#include "bios/heap.h"

#include <stdbool.h>
#include <string.h>

enum { ALIGNMENT = 16 };

/* The header of each piece of memory. */
struct heap_block {
    _Alignas(ALIGNMENT) size_t
        previous_size; /* bytes of the block before this one; 0 for the first */
    size_t size;       /* bytes of this block with this header; lowest bit: free */
    struct heap_block *next_free, *previous_free; /* only while it is free */
};

enum {
    HEADER_SIZE = ALIGNMENT,
    BLOCK_FREE = 1,
    BLOCK_SIZE_MIN = (sizeof(struct heap_block) + ALIGNMENT - 1) & ~(ALIGNMENT - 1),
};
_Static_assert(offsetof(struct heap_block, next_free) <= HEADER_SIZE, "links lie in free memory");

struct content_hole {
    struct content_hole *next;
    size_t size; /* bytes */
};

void heap_initialise(struct heap *heap, void *start, void *end)
{
    memset(heap, 0, sizeof(*heap));
    heap->start = (uint8_t *)(((uintptr_t)start + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
    heap->top = heap->start;
    heap->content = (uint8_t *)((uintptr_t)end & ~(uintptr_t)(CONTENT_PAGE_SIZE - 1));
}

static size_t block_size(const struct heap_block *block)
{
    return block->size & ~(size_t)BLOCK_FREE;
}

static bool is_free(const struct heap_block *block)
{
    return (block->size & BLOCK_FREE) != 0;
}

static struct heap_block *block_of(void *memory)
{
    return (struct heap_block *)((uint8_t *)memory - HEADER_SIZE);
}

static void *memory_of(struct heap_block *block)
{
    return (uint8_t *)block + HEADER_SIZE;
}

/* The next block; NULL for the last one. */
static struct heap_block *next_block(const struct heap *heap, struct heap_block *block)
{
    uint8_t *next = (uint8_t *)block + block_size(block);
    return next == heap->top ? NULL : (struct heap_block *)next;
}

static struct heap_block *previous_block(struct heap_block *block)
{
    return block->previous_size == 0
               ? NULL
               : (struct heap_block *)((uint8_t *)block - block->previous_size);
}

/* Set a block's size, also in the copy after the block. */
static void set_size(struct heap *heap, struct heap_block *block, size_t size)
{
    block->size = size;
    struct heap_block *next = next_block(heap, block);
    if (next != NULL) {
        next->previous_size = size;
    } else {
        heap->last_size = size;
    }
}

static unsigned bin_of(size_t size)
{
    return HEAP_BIN_COUNT - 1 - (unsigned)__builtin_clzl(size);
}

static void list(struct heap *heap, struct heap_block *block)
{
    struct heap_block **bin = &heap->bins[bin_of(block_size(block))];
    block->size |= BLOCK_FREE;
    block->previous_free = NULL;
    block->next_free = *bin;
    if (*bin != NULL) {
        (*bin)->previous_free = block;
    }
    *bin = block;
}

static void unlist(struct heap *heap, struct heap_block *block)
{
    if (block->previous_free != NULL) {
        block->previous_free->next_free = block->next_free;
    } else {
        heap->bins[bin_of(block_size(block))] = block->next_free;
    }
    if (block->next_free != NULL) {
        block->next_free->previous_free = block->previous_free;
    }
    block->size = block_size(block);
}

/* Make a block that is in no list free: join it with its neighbours. */
static void release(struct heap *heap, struct heap_block *block)
{
    struct heap_block *previous = previous_block(block);
    struct heap_block *next = next_block(heap, block);
    if (next != NULL && is_free(next)) {
        unlist(heap, next);
        set_size(heap, block, block_size(block) + block_size(next));
        next = next_block(heap, block);
    }
    if (previous != NULL && is_free(previous)) {
        unlist(heap, previous);
        set_size(heap, previous, block_size(previous) + block_size(block));
        block = previous;
    }
    if (next != NULL) {
        list(heap, block);
    } else {
        heap->top = (uint8_t *)block;
        heap->last_size = block->previous_size;
    }
}

/* Cut a used block to a size, and free the rest if it can be a block. */
static void cut(struct heap *heap, struct heap_block *block, size_t size)
{
    size_t rest = block_size(block) - size;
    if (rest < BLOCK_SIZE_MIN) {
        return;
    }
    struct heap_block *tail = (struct heap_block *)((uint8_t *)block + size);
    tail->size = rest;
    set_size(heap, tail, rest);
    block->size = size;
    tail->previous_size = size;
    release(heap, tail);
}

/* The bytes of a block for so much memory; 0 if that is too much. */
static size_t size_with_header(size_t size)
{
    if (size > SIZE_MAX - HEADER_SIZE - ALIGNMENT) {
        return 0;
    }
    size = (size + HEADER_SIZE + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    return size < BLOCK_SIZE_MIN ? BLOCK_SIZE_MIN : size;
}

static struct heap_block *find_free(struct heap *heap, size_t size)
{
    for (unsigned bin = bin_of(size); bin < HEAP_BIN_COUNT; bin++) {
        for (struct heap_block *block = heap->bins[bin]; block != NULL; block = block->next_free) {
            if (block_size(block) >= size) {
                return block;
            }
        }
    }
    return NULL;
}

void *heap_allocate(struct heap *heap, size_t size)
{
    size = size_with_header(size);
    if (size == 0) {
        return NULL;
    }
    struct heap_block *block = find_free(heap, size);
    if (block != NULL) {
        unlist(heap, block);
        cut(heap, block, size);
        return memory_of(block);
    }
    if (size > (size_t)(heap->content - heap->top)) {
        return NULL;
    }
    block = (struct heap_block *)heap->top;
    block->previous_size = heap->last_size;
    block->size = size;
    heap->top += size;
    heap->last_size = size;
    return memory_of(block);
}

/* Let a used block grow in place. */
static bool grow(struct heap *heap, struct heap_block *block, size_t size)
{
    struct heap_block *next = next_block(heap, block);
    if (next == NULL) {
        if (size - block_size(block) > (size_t)(heap->content - heap->top)) {
            return false;
        }
        heap->top += size - block_size(block);
        block->size = size;
        heap->last_size = size;
        return true;
    }
    if (!is_free(next) || block_size(next) < size - block_size(block)) {
        return false;
    }
    unlist(heap, next);
    set_size(heap, block, block_size(block) + block_size(next));
    cut(heap, block, size);
    return true;
}

void *heap_resize(struct heap *heap, void *memory, size_t size)
{
    if (memory == NULL) {
        return heap_allocate(heap, size);
    }
    struct heap_block *block = block_of(memory);
    size_t wanted = size_with_header(size);
    if (wanted == 0) {
        return NULL;
    }
    if (wanted <= block_size(block)) {
        cut(heap, block, wanted);
        return memory;
    }
    if (grow(heap, block, wanted)) {
        return memory;
    }
    void *moved = heap_allocate(heap, size);
    if (moved == NULL) {
        return NULL;
    }
    memcpy(moved, memory, block_size(block) - HEADER_SIZE);
    release(heap, block);
    return moved;
}

void *heap_move(struct heap *from, struct heap *to, void *memory, size_t size)
{
    void *moved = heap_allocate(to, size);

    if (moved != NULL) {
        memcpy(moved, memory, block_size(block_of(memory)) - HEADER_SIZE);
        release(from, block_of(memory));
    }
    return moved;
}

void heap_free(struct heap *heap, void *memory)
{
    if (memory != NULL) {
        release(heap, block_of(memory));
    }
}

/* Whole pages for a size; 0 if that is too much. */
static size_t page_size(size_t size)
{
    if (size > SIZE_MAX - CONTENT_PAGE_SIZE) {
        return 0;
    }
    return size == 0 ? CONTENT_PAGE_SIZE
                     : (size + CONTENT_PAGE_SIZE - 1) & ~(size_t)(CONTENT_PAGE_SIZE - 1);
}

void *heap_allocate_content(struct heap *heap, size_t size)
{
    size = page_size(size);
    if (size == 0) {
        return NULL;
    }
    for (struct content_hole **hole = &heap->holes; *hole != NULL; hole = &(*hole)->next) {
        if ((*hole)->size < size) {
            continue;
        }
        uint8_t *found = (uint8_t *)*hole + (*hole)->size - size;
        (*hole)->size -= size;
        if ((*hole)->size == 0) {
            *hole = (*hole)->next;
        }
        return found;
    }
    if (size > (size_t)(heap->content - heap->top)) {
        return NULL;
    }
    heap->content -= size;
    return heap->content;
}

void heap_free_content(struct heap *heap, void *memory, size_t size)
{
    struct content_hole *freed = memory;
    struct content_hole **link = &heap->holes;
    struct content_hole *before = NULL;
    size = page_size(size);
    while (*link != NULL && *link < freed) {
        before = *link;
        link = &(*link)->next;
    }
    freed->size = size;
    freed->next = *link;
    *link = freed;
    if (freed->next != NULL && (uint8_t *)freed + size == (uint8_t *)freed->next) {
        freed->size += freed->next->size;
        freed->next = freed->next->next;
    }
    if (before != NULL && (uint8_t *)before + before->size == (uint8_t *)freed) {
        before->size += freed->size;
        before->next = freed->next;
    }
    if ((uint8_t *)heap->holes == heap->content) {
        heap->content += heap->holes->size;
        heap->holes = heap->holes->next;
    }
}
