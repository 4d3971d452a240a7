/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap of a Lua state. Lua makes thousands of small objects and passes the size of each when
 * it frees it, so a small piece needs no header: it is cut off a chunk, and put into a list of its
 * size when it is freed. Large pieces are allocated from the core one by one. Freeing the heap
 * takes a few calls, however many objects there are.
 */
#include "lua/heap.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/work.h"

/* In front of each chunk and each large piece. */
struct lua_heap_block {
    _Alignas(LUA_HEAP_GRAIN) struct lua_heap_block *next;
    struct lua_heap_block *previous;
};

void lua_heap_open(struct lua_heap *heap, size_t limit)
{
    memset(heap, 0, sizeof(*heap));
    heap->limit = limit;
}

void lua_heap_close(struct lua_heap *heap)
{
    while (heap->blocks != NULL) {
        struct lua_heap_block *block = heap->blocks;
        heap->blocks = block->next;
        memory_free(block);
    }
}

static void link_block(struct lua_heap *heap, struct lua_heap_block *block)
{
    block->previous = NULL;
    block->next = heap->blocks;
    if (block->next != NULL) {
        block->next->previous = block;
    }
    heap->blocks = block;
}

static void unlink_block(struct lua_heap *heap, struct lua_heap_block *block)
{
    if (block->previous != NULL) {
        block->previous->next = block->next;
    } else {
        heap->blocks = block->next;
    }
    if (block->next != NULL) {
        block->next->previous = block->previous;
    }
}

static void *allocate_large(struct lua_heap *heap, size_t size)
{
    struct lua_heap_block *block = memory_allocate(sizeof(*block) + size);
    if (block == NULL) {
        return NULL;
    }
    link_block(heap, block);
    return block + 1;
}

static void *allocate_small(struct lua_heap *heap, size_t size)
{
    size_t grains = (size + LUA_HEAP_GRAIN - 1) / LUA_HEAP_GRAIN;
    void *piece = heap->free[grains];
    if (piece != NULL) {
        memcpy(&heap->free[grains], piece, sizeof(void *));
        return piece;
    }
    if ((size_t)(heap->end - heap->next) < grains * LUA_HEAP_GRAIN) {
        uint8_t *chunk = allocate_large(heap, LUA_HEAP_CHUNK);
        if (chunk == NULL) {
            return NULL;
        }
        heap->next = chunk;
        heap->end = chunk + LUA_HEAP_CHUNK;
    }
    piece = heap->next;
    heap->next += grains * LUA_HEAP_GRAIN;
    return piece;
}

static void *allocate(struct lua_heap *heap, size_t size)
{
    return size <= LUA_HEAP_SMALL_MAX ? allocate_small(heap, size) : allocate_large(heap, size);
}

static void release(struct lua_heap *heap, void *memory, size_t size)
{
    size_t grains = (size + LUA_HEAP_GRAIN - 1) / LUA_HEAP_GRAIN;
    if (size > LUA_HEAP_SMALL_MAX) {
        struct lua_heap_block *block = (struct lua_heap_block *)memory - 1;
        unlink_block(heap, block);
        memory_free(block);
    } else if (size > 0) {
        memcpy(memory, &heap->free[grains], sizeof(void *));
        heap->free[grains] = memory;
    }
}

static void *resize_large(struct lua_heap *heap, void *memory, size_t size)
{
    struct lua_heap_block *block = (struct lua_heap_block *)memory - 1, *resized;
    unlink_block(heap, block);
    resized = memory_resize(block, sizeof(*block) + size);
    link_block(heap, resized != NULL ? resized : block);
    return resized != NULL ? resized + 1 : NULL;
}

static bool same_grains(size_t left, size_t right)
{
    return (left + LUA_HEAP_GRAIN - 1) / LUA_HEAP_GRAIN ==
           (right + LUA_HEAP_GRAIN - 1) / LUA_HEAP_GRAIN;
}

static void *resize(struct lua_heap *heap, void *memory, size_t old_size, size_t new_size)
{
    void *moved;
    if (old_size <= LUA_HEAP_SMALL_MAX && same_grains(old_size, new_size)) {
        return memory;
    }
    if (old_size > LUA_HEAP_SMALL_MAX && new_size > LUA_HEAP_SMALL_MAX) {
        return resize_large(heap, memory, new_size);
    }
    moved = allocate(heap, new_size);
    if (moved != NULL) {
        memcpy(moved, memory, old_size < new_size ? old_size : new_size);
        release(heap, memory, old_size);
    }
    return moved;
}

void *lua_heap_allocate(void *context, void *memory, size_t old_size, size_t new_size)
{
    struct lua_heap *heap = context;
    void *result;
    if (memory == NULL) {
        old_size = 0; /* it is then the type of the object */
    }
    if (new_size == 0) {
        release(heap, memory, old_size);
        heap->used -= old_size;
        return NULL;
    }
    if (new_size > old_size && new_size - old_size > heap->limit - heap->used) {
        /* A garbage collection visits every object, which is slower than moving one. */
        work_done.moved += 2 * (uint64_t)heap->used;
        return NULL;
    }
    work_done.moved += new_size;
    result = memory == NULL ? allocate(heap, new_size) : resize(heap, memory, old_size, new_size);
    if (result == NULL) {
        return NULL;
    }
    heap->used += new_size - old_size;
    if (heap->used > heap->peak) {
        heap->peak = heap->used;
    }
    return result;
}
