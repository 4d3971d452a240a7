/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scratch memory and pools. See memory.h.
 *
 * A pool takes blocks from the platform and hands out pieces of them; big requests get a block of
 * their own. The platform's allocator does the real work.
 */
#include "base/memory.h"

#include <string.h>

#include "base/machine.h"
#include "base/sanitizer.h"
#include "base/work.h"

enum {
    ALIGNMENT = 16,
    /* Pieces are rounded up to a multiple of the first; a pool takes at least the second at a time.
     * With a sanitizer, each piece has its own block of exactly its size. */
    GRAIN = ADDRESS_SANITIZER ? 1 : ALIGNMENT,
    BLOCK_SIZE = ADDRESS_SANITIZER ? 0 : 32 * 1024,
    CONTENT_GRAIN = 4096, /* platforms hand out whole pages for content */
};

struct work work_done;
uint64_t work_limit = UINT64_MAX;

static bool is_short;

void memory_note_shortage(void)
{
    is_short = true;
}

bool memory_was_short(void)
{
    return is_short;
}

/* What the platform gave, noted if it gave nothing. */
static void *noted(void *memory)
{
    if (memory == NULL) {
        memory_note_shortage();
    }
    return memory;
}

void *memory_allocate(size_t size)
{
    work_done.moved += size;
    return noted(platform_allocate(size == 0 ? 1 : size));
}

void *memory_allocate_zeroed(size_t count, size_t size)
{
    size_t bytes;
    void *memory = memory_array_size(count, size, &bytes) ? memory_allocate(bytes) : NULL;
    if (memory != NULL) {
        memset(memory, 0, bytes);
    }
    return memory;
}

void *memory_resize(void *memory, size_t size)
{
    work_done.moved += size;
    return noted(platform_resize(memory, size == 0 ? 1 : size));
}

void memory_free(void *memory)
{
    if (memory != NULL) {
        platform_free(memory);
    }
}

struct block {
    struct block *next;
    size_t size, used; /* bytes after this header */
    _Alignas(ALIGNMENT) uint8_t bytes[];
};

/* A cleanup to run when the pool is freed: content memory to give back, or an object to release. */
struct cleanup {
    struct cleanup *next;
    void (*release)(void *object); /* NULL: content */
    void *object;
    size_t size; /* bytes of content */
};

struct pool {
    struct block *blocks; /* the newest, from which pieces are cut, first */
    struct cleanup *cleanups;
    size_t kept, limit; /* bytes; a limit of 0 is none */
    bool limit_was_met;
};

struct pool *pool_create(void)
{
    return memory_allocate_zeroed(1, sizeof(struct pool));
}

void pool_destroy(struct pool *pool)
{
    if (pool == NULL) {
        return;
    }
    for (struct cleanup *cleanup = pool->cleanups; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->release != NULL) {
            cleanup->release(cleanup->object);
        } else {
            platform_free_content(cleanup->object, cleanup->size);
        }
    }
    struct block *block = pool->blocks;
    while (block != NULL) {
        struct block *next = block->next;
        memory_free(block);
        block = next;
    }
    memory_free(pool);
}

void pool_limit(struct pool *pool, size_t more)
{
    pool->limit = more > SIZE_MAX - pool->kept ? SIZE_MAX : pool->kept + more;
    pool->limit_was_met = false;
}

void pool_raise_limit(struct pool *pool, size_t more)
{
    if (pool->limit != 0) {
        pool->limit = more > SIZE_MAX - pool->limit ? SIZE_MAX : pool->limit + more;
    }
}

void pool_unlimit(struct pool *pool)
{
    pool->limit = 0;
}

bool pool_limit_was_met(struct pool *pool)
{
    bool was_met = pool->limit_was_met;
    pool->limit_was_met = false;
    return was_met;
}

bool pool_keep(struct pool *pool, size_t size)
{
    if (pool->limit != 0 && (pool->kept > pool->limit || size > pool->limit - pool->kept)) {
        pool->limit_was_met = true;
        return false;
    }
    pool->kept += size;
    return true;
}

void pool_keep_less(struct pool *pool, size_t size)
{
    pool->kept -= size;
}

void *pool_allocate(struct pool *pool, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT - sizeof(struct block)) {
        return NULL;
    }
    size_t rounded = (size + GRAIN - 1) / GRAIN * GRAIN;
    if (!pool_keep(pool, rounded)) {
        return NULL;
    }
    work_done.moved += size;
    struct block *newest = pool->blocks;
    if (newest == NULL || rounded > newest->size - newest->used) {
        size_t capacity = rounded > BLOCK_SIZE / 4 ? rounded : BLOCK_SIZE;
        struct block *block = memory_allocate(sizeof(struct block) + capacity);
        if (block == NULL) {
            pool_keep_less(pool, rounded);
            return NULL;
        }
        block->size = capacity;
        block->used = 0;
        if (newest != NULL && capacity == rounded) {
            /* A big one of its own goes second, so that the rest of the newest stays in use. */
            block->next = newest->next;
            newest->next = block;
        } else {
            block->next = newest;
            pool->blocks = block;
        }
        newest = block;
    }
    void *memory = newest->bytes + newest->used;
    newest->used += rounded;
    memset(memory, 0, size);
    return memory;
}

char *pool_copy_string(struct pool *pool, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = pool_allocate(pool, size);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

static struct cleanup *add_cleanup(struct pool *pool)
{
    struct cleanup *cleanup = pool_allocate(pool, sizeof(*cleanup));
    if (cleanup != NULL) {
        cleanup->next = pool->cleanups;
        pool->cleanups = cleanup;
    }
    return cleanup;
}

static void release_nothing(void *object)
{
}

void *pool_allocate_content(struct pool *pool, size_t size)
{
    struct cleanup *cleanup = size > SIZE_MAX - CONTENT_GRAIN ? NULL : add_cleanup(pool);
    if (cleanup == NULL) {
        return NULL;
    }
    size_t pages = (size + CONTENT_GRAIN - 1) / CONTENT_GRAIN * CONTENT_GRAIN;
    bool is_kept = pool_keep(pool, pages);
    void *memory = is_kept ? noted(platform_allocate_content(size == 0 ? 1 : size)) : NULL;
    if (memory == NULL) {
        pool_keep_less(pool, is_kept ? pages : 0);
        cleanup->release = release_nothing;
        return NULL;
    }
    work_done.moved += size;
    cleanup->object = memory;
    cleanup->size = size == 0 ? 1 : size;
    return memory;
}

int pool_on_destroy(struct pool *pool, void (*release)(void *object), void *object)
{
    struct cleanup *cleanup = add_cleanup(pool);
    if (cleanup == NULL) {
        return -1;
    }
    cleanup->release = release;
    cleanup->object = object;
    return 0;
}
