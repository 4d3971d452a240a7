/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap of a Lua state: many small pieces, allocated quickly and freed all at once. See heap.c.
 */
#ifndef LUA_HEAP_H
#define LUA_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/sanitizer.h"

enum {
    LUA_HEAP_GRAIN = 16, /* bytes: sizes of small pieces are rounded up to a multiple */
    /* Bytes of the largest piece that comes out of a chunk; none does where a sanitizer watches. */
    LUA_HEAP_SMALL_MAX = ADDRESS_SANITIZER ? 0 : 512,
    LUA_HEAP_CHUNK = 64 << 10, /* bytes that are taken at a time for small pieces */
};

struct lua_heap_block;

struct lua_heap {
    size_t limit;        /* bytes that may be in use at the same time */
    size_t used, peak;   /* bytes */
    uint8_t *next, *end; /* the unused part of the newest chunk */
    void *free[LUA_HEAP_SMALL_MAX / LUA_HEAP_GRAIN + 1]; /* lists of freed pieces by size */
    struct lua_heap_block *blocks; /* everything that was taken: chunks and large pieces */
};

/** Make an empty heap. */
void lua_heap_open(struct lua_heap *heap, size_t limit);

/** Free everything that was ever allocated from the heap. */
void lua_heap_close(struct lua_heap *heap);

/** Allocate, resize or free, as lua_Alloc says; `context` is the heap. */
void *lua_heap_allocate(void *context, void *memory, size_t old_size, size_t new_size);

#endif
