/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resources: runs of bytes in a WIM, stored, in chunks, or solid.
 */
#ifndef LOADER_WIM_RESOURCE_H
#define LOADER_WIM_RESOURCE_H

#include "compression/decompressor.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

/** Bytes of the largest resource that is read into memory as a whole. */
enum { WIM_LOAD_MAX = 1 << 30 };

/** Where a resource is. */
struct wim_location {
    uint32_t part; /* index into wim->parts */
    uint8_t flags; /* WIM_RESOURCE_* */
    uint64_t offset;
    uint64_t size_in_file;
    uint64_t size; /* uncompressed */
};

/** A resource opened for reading. */
struct wim_resource {
    struct wim *wim;
    uint32_t part;
    const struct decompressor *decompressor; /* NULL: its bytes are stored, in no chunks */
    uint64_t offset;                         /* of its data in the part's file */
    uint64_t size;                           /* uncompressed */
    unsigned chunk_order;                    /* a chunk has 2^chunk_order bytes uncompressed */
    size_t chunk_count;
    uint64_t *chunk_ends;  /* of each chunk's compressed bytes, from `offset`; scratch memory */
    unsigned chunk_prefix; /* bytes in front of each chunk that are not its data (pipable WIMs) */
};

/** A buffer for reading resources, in scratch memory. */
struct wim_buffer {
    uint8_t *bytes;
    size_t capacity;
};

/** Decode a resource header. */
struct wim_location wim_location(const struct wim *wim, uint32_t part,
                                 const struct wim_resource_disk *disk);

/** Open a resource. Checks its place in the file and its whole chunk table. */
int wim_resource_open(struct wim *wim, const struct wim_location *location,
                      struct wim_resource *resource, struct error *error);

/** Open a solid resource, whose size and compression are in its own header. */
int wim_resource_open_solid(struct wim *wim, const struct wim_location *location,
                            struct wim_resource *resource, struct error *error);

/** Read uncompressed bytes; the range must exist. */
int wim_resource_read(struct wim_resource *resource, uint64_t offset, void *buffer, size_t length,
                      struct error *error);

/** The bytes of a stored resource that is in memory in one piece; else NULL. */
const void *wim_resource_view(const struct wim_resource *resource, uint64_t offset, size_t length);

/** Free what opening allocated. */
void wim_resource_close(struct wim_resource *resource);

/**
 * All bytes of a small resource (a table, the XML, metadata) in memory.
 *
 * @param memory written: scratch memory that holds them, NULL if they are in the file's own memory
 */
int wim_resource_load(struct wim *wim, const struct wim_location *location, const void **bytes,
                      void **memory, struct error *error);

/** Scratch memory that the WIM keeps, which counts towards the limit of its pool. NULL without
 * memory. */
void *wim_allocate(struct wim *wim, size_t size);

/** The same for an array; NULL also where count * size overflows. */
void *wim_allocate_array(struct wim *wim, size_t count, size_t size);

/** The same, cleared. */
void *wim_allocate_zeroed(struct wim *wim, size_t count, size_t size);

/** Free memory of wim_allocate(), before the pool is freed; NULL is allowed. */
void wim_free(struct wim *wim, void *memory, size_t size);

/** Make a buffer at least this large; its contents are lost if it grows. -1 without memory. */
int wim_buffer_reserve(struct wim *wim, struct wim_buffer *buffer, size_t capacity,
                       struct error *error);

#endif
