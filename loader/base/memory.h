/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of the core. There are two kinds, by lifetime:
 *
 *  - scratch: memory_allocate() and memory_free(), like malloc() and free() elsewhere. Parsers'
 * work buffers and the Lua heap. Gone when the boot manager starts.
 *  - a pool: everything that belongs to one boot (files, trees, their bytes). Never freed piece by
 *    piece, so nothing in it can dangle; pool_destroy() frees it as a whole when a boot is given
 * up. Bytes that the boot manager will read come from pool_allocate_content(): the platform places
 *    them so that they outlive the hand-over.
 *
 * Every allocation can fail and returns NULL then; callers then say what the memory was for.
 */
#ifndef LOADER_MEMORY_H
#define LOADER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The size of an array of `count` items in bytes; false if it does not fit a size_t. Sizes that
 * are products are computed here and nowhere else (tools/check_allocations.py). */
static inline bool memory_array_size(size_t count, size_t size, size_t *bytes)
{
    *bytes = count * size;
    return size == 0 || count <= SIZE_MAX / size;
}

/** Allocate scratch memory, aligned to 16 bytes, not cleared. NULL if there is none. */
void *memory_allocate(size_t size);

/** Like memory_allocate(), for `count` items; NULL also where their size overflows. */
static inline void *memory_allocate_array(size_t count, size_t size)
{
    size_t bytes;
    return memory_array_size(count, size, &bytes) ? memory_allocate(bytes) : NULL;
}

/** Like memory_allocate_array(), cleared. */
void *memory_allocate_zeroed(size_t count, size_t size);

/** Change the size of scratch memory (or allocate it, for NULL). Never fails when shrinking. */
void *memory_resize(void *memory, size_t size);

/** Like memory_resize(), for `count` items; NULL also where their size overflows. */
static inline void *memory_resize_array(void *memory, size_t count, size_t size)
{
    size_t bytes;
    return memory_array_size(count, size, &bytes) ? memory_resize(memory, bytes) : NULL;
}

/** Free scratch memory; NULL is allowed. */
void memory_free(void *memory);

/** Note that the machine has less memory than something needs. memory_allocate() and all that is
 * built on it do so themselves. */
void memory_note_shortage(void);

/** Whether memory was short at any time: then a failure's cause may be that. */
bool memory_was_short(void);

struct pool;

/** A new, empty pool; NULL without memory. */
struct pool *pool_create(void);

/** Free the pool and everything that was allocated from it. NULL is allowed. */
void pool_destroy(struct pool *pool);

/** Allocate from a pool, aligned to 16 bytes, cleared. NULL if there is none. */
void *pool_allocate(struct pool *pool, size_t size);

/** Like pool_allocate(), for `count` items; NULL also where their size overflows. */
static inline void *pool_allocate_array(struct pool *pool, size_t count, size_t size)
{
    size_t bytes;
    return memory_array_size(count, size, &bytes) ? pool_allocate(pool, bytes) : NULL;
}

/** Copy a NUL-terminated string into a pool. NULL without memory. */
char *pool_copy_string(struct pool *pool, const char *text);

/**
 * Allocate bytes of a file: page-aligned, not cleared, kept by the platform until the boot manager
 * has read them. NULL if there is none.
 */
void *pool_allocate_content(struct pool *pool, size_t size);

/**
 * Limit how many more bytes a pool hands out; beyond that, allocations fail as if there was no
 * memory. For as long as a script decides how much is allocated.
 */
void pool_limit(struct pool *pool, size_t more);

/** Raise the limit, if there is one: for what is limited in another way. */
void pool_raise_limit(struct pool *pool, size_t more);

/** Lift the limit. */
void pool_unlimit(struct pool *pool);

/** Whether an allocation has failed because of the limit since this was last called. */
bool pool_limit_was_met(struct pool *pool);

/** Count scratch memory that an object of the pool keeps, as if the pool had handed it out. False
 * if it is beyond the limit; the memory must not be allocated then. */
bool pool_keep(struct pool *pool, size_t size);

/** The object keeps so many bytes less. */
void pool_keep_less(struct pool *pool, size_t size);

/** Run `release(object)` when the pool is destroyed; -1 without memory. Newest first. */
int pool_on_destroy(struct pool *pool, void (*release)(void *object), void *object);

#endif
