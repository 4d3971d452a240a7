/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cells of a hive that is edited in place.
 *
 * New cells are cut from new bins; what becomes free is marked as free and not used again, since a
 * hive is edited a few times and then given away.
 */
#include "hive/registry_cell.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/work.h"

enum {
    FIRST_BIN_SIZE = 4 * PAGE,
    BIN_SIZE_MAX = 256 * PAGE,  /* unless one cell needs more */
    BINS_SIZE_MAX = 0x7FFFE000, /* what Windows accepts */
    CELL_HEADER_SIZE = 4,
    USED = 1u << 31,
};

int registry_damaged(uint32_t cell, const char *what, struct error *error)
{
    return error_set(error, "offset 0x%llx: %s", PAGE + (unsigned long long)cell, what);
}

/* Bytes from an offset to the end of the bins that it is in, and where they are. NULL: nowhere. */
static uint8_t *locate(const struct registry *registry, uint32_t offset, uint32_t *rest)
{
    if (offset < registry->opened_size) {
        *rest = registry->opened_size - offset;
        return registry->base + PAGE + offset;
    }
    for (const struct registry_bin *bin = registry->last_bin; bin != NULL; bin = bin->next) {
        if (offset >= bin->offset && offset - bin->offset < bin->size) {
            *rest = bin->size - (offset - bin->offset);
            return bin->bytes + (offset - bin->offset);
        }
    }
    return NULL;
}

/* A cell in use, with its size; NULL: there is none. */
static uint8_t *find_cell(const struct registry *registry, uint32_t cell, uint32_t *size)
{
    uint32_t rest = 0;
    uint8_t *bytes = cell % 8 == 0 ? locate(registry, cell, &rest) : NULL;
    if (bytes == NULL) {
        return NULL;
    }
    uint32_t stored = get_u32(bytes);
    *size = 0 - stored;
    bool is_used = stored >= USED && *size >= 8 && *size % 8 == 0 && *size <= rest;
    return is_used ? bytes : NULL;
}

uint8_t *registry_cell(const struct registry *registry, uint32_t cell, uint32_t least,
                       uint32_t *capacity, const char *what, struct error *error)
{
    uint32_t size = 0;
    uint8_t *bytes = find_cell(registry, cell, &size);
    work_done.moved += 64; /* a place of its own in memory */
    if (work_is_exhausted()) {
        error_set(error, WORK_EXHAUSTED);
        return NULL;
    }
    if (bytes == NULL) {
        error_set(error, "offset 0x%llx: %s should be here, but no cell starts here",
                  PAGE + (unsigned long long)cell, what);
        return NULL;
    }
    if (size - CELL_HEADER_SIZE < least) {
        error_set(error, "offset 0x%llx: %s should be here, but its cell is too small",
                  PAGE + (unsigned long long)cell, what);
        return NULL;
    }
    if (capacity != NULL) {
        *capacity = size - CELL_HEADER_SIZE;
    }
    return bytes + CELL_HEADER_SIZE;
}

/* ---- new cells ---- */

static int add_bin(struct registry *registry, uint32_t least, struct error *error)
{
    uint32_t size = registry->last_bin == NULL                    ? FIRST_BIN_SIZE
                    : registry->last_bin->size < BIN_SIZE_MAX / 2 ? 2 * registry->last_bin->size
                                                                  : BIN_SIZE_MAX;
    uint32_t needed = (least + BIN_HEADER_SIZE + PAGE - 1) / PAGE * PAGE;
    if (size < needed) {
        size = needed;
    }
    if (size > BINS_SIZE_MAX - registry->size) {
        return error_set(error, "the hive would be larger than 2 GB");
    }
    struct registry_bin *bin = pool_allocate(registry->pool, sizeof(*bin));
    uint8_t *bytes = pool_allocate_content(registry->pool, size);
    if (bin == NULL || bytes == NULL) {
        return error_no_memory(error, "%u more bytes of the hive", size);
    }
    memset(bytes, 0, size);
    put_u32(bytes, SIGNATURE_BIN);
    put_u32(bytes + BIN_OFFSET, registry->size);
    put_u32(bytes + BIN_SIZE, size);
    put_u32(bytes + BIN_HEADER_SIZE, size - BIN_HEADER_SIZE); /* one free cell */
    *bin = (struct registry_bin){.next = registry->last_bin,
                                 .offset = registry->size,
                                 .size = size,
                                 .used = BIN_HEADER_SIZE,
                                 .bytes = bytes};
    registry->last_bin = bin;
    registry->bin_count++;
    registry->size += size;
    return 0;
}

int registry_allocate(struct registry *registry, uint64_t size, uint32_t *cell, uint8_t **bytes,
                      struct error *error)
{
    if (size > BINS_SIZE_MAX - PAGE) {
        return error_set(error, "the hive would be larger than 2 GB");
    }
    uint32_t length = ((uint32_t)size + CELL_HEADER_SIZE + 7) & ~7u;
    struct registry_bin *bin = registry->last_bin;
    if ((bin == NULL || length > bin->size - bin->used) && add_bin(registry, length, error) != 0) {
        return -1;
    }
    bin = registry->last_bin;
    uint8_t *at = bin->bytes + bin->used;
    put_u32(at, 0 - length);
    *cell = bin->offset + bin->used;
    bin->used += length;
    if (bin->used < bin->size) {
        put_u32(bin->bytes + bin->used, bin->size - bin->used);
    }
    if (bytes != NULL) {
        *bytes = at + CELL_HEADER_SIZE;
    }
    work_done.moved += length;
    return 0;
}

void registry_free(struct registry *registry, uint32_t cell)
{
    uint32_t size = 0;
    uint8_t *bytes = find_cell(registry, cell, &size);
    if (bytes != NULL) {
        put_u32(bytes, size);
    }
}

/* ---- copies ---- */

static uint8_t *copy(struct registry *registry, const uint8_t *bytes, size_t size,
                     struct error *error)
{
    uint8_t *copied = pool_allocate_content(registry->pool, size);
    if (copied == NULL) {
        error_no_memory(error, "a copy of the hive of %zu bytes", size);
        return NULL;
    }
    work_done.moved += size;
    return memcpy(copied, bytes, size);
}

int registry_unshare(struct registry *registry, struct error *error)
{
    registry->changed = true;
    if (!registry->shared) {
        return 0;
    }
    /* First all copies, then the hive has them: without memory it stays as it is. */
    uint8_t *base = copy(registry, registry->base, PAGE + (size_t)registry->opened_size, error);
    if (base == NULL) {
        return -1;
    }
    struct registry_bin *bins = NULL, **last = &bins;
    for (const struct registry_bin *bin = registry->last_bin; bin != NULL; bin = bin->next) {
        struct registry_bin *copied = pool_allocate(registry->pool, sizeof(*copied));
        if (copied == NULL) {
            return error_no_memory(error, "a copy of the hive");
        }
        *copied = *bin;
        copied->bytes = copy(registry, bin->bytes, bin->size, error);
        if (copied->bytes == NULL) {
            return -1;
        }
        *last = copied;
        last = &copied->next;
    }
    *last = NULL;
    registry->base = base;
    registry->last_bin = bins;
    registry->shared = false;
    return 0;
}
