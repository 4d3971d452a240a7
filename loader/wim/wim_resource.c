/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading resources: ranges of the file that hold a blob or metadata, plain or in chunks that are
 * compressed one by one.
 *
 * A chunked resource is a table of offsets and the chunks. The table has no entry for chunk 0, and
 * entries of 8 bytes if the uncompressed size needs more than 32 bits. In pipable WIMs the table is
 * at the end, and each chunk has its size in front. A solid resource has a header, then a table of
 * all chunks' sizes. A chunk whose compressed size equals its uncompressed size is stored.
 *
 * A file may be slow to read piece by piece (a firmware's file system), so what does not lie in
 * memory is read through a window of WINDOW_SIZE bytes. One decompressed chunk is kept, for reads
 * that do not take whole chunks.
 */
#include "wim/wim_resource.h"

#include <string.h>

#include "base/memory.h"
#include "base/work.h"
#include "compression/decompressor.h"
#include "wim/wim.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_state.h"

struct wim_location wim_location(const struct wim *wim, uint32_t part,
                                 const struct wim_resource_disk *disk)
{
    struct wim_location location = {
        .part = part,
        .flags = (uint8_t)(disk->size_and_flags >> 56),
        .offset = disk->offset,
        .size_in_file = disk->size_and_flags & ((1ull << 56) - 1),
        .size = disk->original_size,
    };
    if (wim->parts[part].header.version != WIM_VERSION_SOLID) {
        location.flags &= (uint8_t)~WIM_RESOURCE_SOLID;
    }
    return location;
}

enum { WINDOW_SIZE = 512 * 1024 };

void *wim_allocate(struct wim *wim, size_t size)
{
    void *memory = NULL;
    if (pool_keep(wim->pool, size)) {
        memory = memory_allocate(size);
        pool_keep_less(wim->pool, memory != NULL ? 0 : size);
    }
    return memory;
}

void *wim_allocate_array(struct wim *wim, size_t count, size_t size)
{
    return size && count > SIZE_MAX / size ? NULL : wim_allocate(wim, count * size);
}

void *wim_allocate_zeroed(struct wim *wim, size_t count, size_t size)
{
    void *memory = wim_allocate_array(wim, count, size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

void wim_free(struct wim *wim, void *memory, size_t size)
{
    if (memory != NULL) {
        pool_keep_less(wim->pool, size);
        memory_free(memory);
    }
}

int wim_buffer_reserve(struct wim *wim, struct wim_buffer *buffer, size_t capacity,
                       struct error *error)
{
    if (capacity <= buffer->capacity) {
        return 0;
    }
    wim_free(wim, buffer->bytes, buffer->capacity);
    buffer->bytes = wim_allocate(wim, capacity);
    buffer->capacity = buffer->bytes != NULL ? capacity : 0;
    if (buffer->bytes == NULL) {
        return error_no_memory(error, "a buffer of %zu bytes", capacity);
    }
    return 0;
}

/*
 * Bytes of a part's file, valid until the next call.
 *
 * @param end where reading ahead has no more use; after the range, and within the file
 */
static const uint8_t *file_bytes(struct wim *wim, uint32_t part, uint64_t offset, size_t length,
                                 uint64_t end, struct error *error)
{
    const struct file *file = wim->parts[part].file;
    const uint8_t *view = file_view(file, offset, length);
    if (view != NULL) {
        return view;
    }
    if (wim->window_length && wim->window_part == part && offset >= wim->window_offset &&
        length <= wim->window_length &&
        offset - wim->window_offset <= wim->window_length - length) {
        return wim->window.bytes + (offset - wim->window_offset);
    }
    uint64_t ahead = end - offset < WINDOW_SIZE ? end - offset : WINDOW_SIZE;
    size_t want = length > ahead ? length : (size_t)ahead;
    wim->window_length = 0;
    if (wim_buffer_reserve(wim, &wim->window, want, error) ||
        file_read(file, offset, wim->window.bytes, want, error)) {
        return NULL;
    }
    wim->window_part = part;
    wim->window_offset = offset;
    wim->window_length = want;
    return wim->window.bytes;
}

static int check_place(const struct wim *wim, const struct wim_location *location,
                       struct error *error)
{
    uint64_t file_size = wim->parts[location->part].file->size;
    if (location->offset > file_size || location->size_in_file > file_size - location->offset) {
        return error_set(error,
                         "%llu bytes at 0x%llx are not within the file of %llu bytes; was the "
                         "download cut?",
                         (unsigned long long)location->size_in_file,
                         (unsigned long long)location->offset, (unsigned long long)file_size);
    }
    return 0;
}

static int set_chunks(struct wim_resource *resource, uint64_t offset, uint64_t size,
                      unsigned chunk_order, uint64_t size_in_file, struct error *error)
{
    uint64_t count = size ? ((size - 1) >> chunk_order) + 1 : 0;
    /* Each chunk has at least a byte, so the memory needed is bounded by the file's size. */
    if (count > size_in_file || count > SIZE_MAX / sizeof(uint64_t)) {
        return error_set(
            error, "resource at 0x%llx: %llu bytes cannot be the contents of %llu compressed ones",
            (unsigned long long)offset, (unsigned long long)size, (unsigned long long)size_in_file);
    }
    resource->size = size;
    resource->chunk_order = chunk_order;
    resource->chunk_count = (size_t)count;
    return 0;
}

/* Uncompressed bytes of a chunk. */
static size_t chunk_size(const struct wim_resource *resource, size_t chunk)
{
    uint64_t start = (uint64_t)chunk << resource->chunk_order;
    uint64_t rest = resource->size - start;
    uint64_t whole = 1ull << resource->chunk_order;
    return (size_t)(rest < whole ? rest : whole);
}

/*
 * Read the chunk table into chunk_ends, and check it.
 *
 * @param table     offset of the table in the file
 * @param entry     bytes of an entry of the table: 4 or 8
 * @param sizes     the table holds all chunks' sizes, not the offsets of all but the first
 * @param data_size bytes of all chunks with what is in front of them
 */
static int read_chunk_table(struct wim_resource *resource, uint64_t table, unsigned entry,
                            bool sizes, uint64_t data_size, struct error *error)
{
    size_t count = resource->chunk_count, in_table = sizes ? count : count - 1;
    unsigned prefix = resource->chunk_prefix;
    uint64_t start = 0, end_of_table = table + (uint64_t)in_table * entry;
    uint64_t end_of_data = resource->offset + data_size;
    resource->chunk_ends = wim_allocate_array(resource->wim, count ? count : 1, sizeof(uint64_t));
    if (resource->chunk_ends == NULL) {
        return error_no_memory(error, "a table of %zu chunks", count);
    }
    const uint8_t *raw = NULL;
    if (in_table && (raw = file_bytes(resource->wim, resource->part, table, in_table * entry,
                                      end_of_table > end_of_data ? end_of_table : end_of_data,
                                      error)) == NULL) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t end = data_size, value = 0;
        if (i < in_table) {
            memcpy(&value, raw + i * entry, entry);
            end = sizes ? start + value : value + (uint64_t)(i + 1) * prefix;
        }
        size_t most = prefix + chunk_size(resource, i);
        if (end > data_size || end <= start + prefix || end - start > most) {
            return error_set(error,
                             "chunk %zu of the resource at 0x%llx: offset 0x%llx of its table is "
                             "wrong; the file is damaged",
                             i, (unsigned long long)resource->offset, (unsigned long long)end);
        }
        resource->chunk_ends[i] = start = end;
    }
    return 0;
}

static int open_chunked(struct wim *wim, const struct wim_location *location,
                        struct wim_resource *resource, struct error *error)
{
    resource->decompressor = wim->decompressor;
    if (resource->decompressor == NULL) {
        return error_set(error,
                         "resource at 0x%llx: is compressed, but the header names no compression",
                         (unsigned long long)location->offset);
    }
    uint32_t size = 1u << wim->chunk_order;
    if (size < resource->decompressor->wim_chunk_size_min ||
        size > resource->decompressor->wim_chunk_size_max) {
        return error_set(error, "%s does not allow chunks of %u bytes",
                         resource->decompressor->name, size);
    }
    if (set_chunks(resource, location->offset, location->size, wim->chunk_order,
                   location->size_in_file, error)) {
        return -1;
    }
    if (!resource->chunk_count) {
        return 0;
    }

    unsigned entry = location->size > UINT32_MAX ? 8 : 4;
    uint64_t table_size = (uint64_t)(resource->chunk_count - 1) * entry;
    if (table_size >= location->size_in_file) {
        return error_set(error, "resource at 0x%llx: has %llu bytes, but its table has %llu",
                         (unsigned long long)location->offset,
                         (unsigned long long)location->size_in_file,
                         (unsigned long long)table_size);
    }
    uint64_t data_size = location->size_in_file - table_size;
    if (wim->parts[location->part].pipable) {
        resource->chunk_prefix = 4;
        return read_chunk_table(resource, location->offset + data_size, entry, false, data_size,
                                error);
    }
    resource->offset += table_size;
    return read_chunk_table(resource, location->offset, entry, false, data_size, error);
}

int wim_resource_open(struct wim *wim, const struct wim_location *location,
                      struct wim_resource *resource, struct error *error)
{
    *resource = (struct wim_resource){
        .wim = wim, .part = location->part, .offset = location->offset, .size = location->size};
    if (check_place(wim, location, error)) {
        return -1;
    }
    if (location->flags & WIM_RESOURCE_SOLID) {
        return error_set(error, "resource at 0x%llx: must not be solid",
                         (unsigned long long)location->offset);
    }
    if (!(location->flags & WIM_RESOURCE_COMPRESSED)) {
        if (location->size != location->size_in_file) {
            return error_set(error,
                             "resource at 0x%llx: is not compressed, but has two different sizes",
                             (unsigned long long)location->offset);
        }
        return 0;
    }
    if (open_chunked(wim, location, resource, error)) {
        wim_resource_close(resource);
        return -1;
    }
    return 0;
}

static int open_solid(struct wim *wim, const struct wim_location *location,
                      struct wim_resource *resource, struct error *error)
{
    struct wim_solid_header_disk header;
    unsigned long long offset = location->offset;

    if (location->size_in_file < sizeof(header)) {
        return error_set(error, "solid resource at 0x%llx: is shorter than its header", offset);
    }
    if (file_read(wim->parts[location->part].file, location->offset, &header, sizeof(header),
                  error)) {
        return -1;
    }
    if (header.format) {
        resource->decompressor = decompressor_find_wim_format(header.format);
        if (resource->decompressor == NULL) {
            return error_set(error,
                             "solid resource at 0x%llx: is compressed with format %u, which this "
                             "build of wimboot does not have",
                             offset, header.format);
        }
    }
    uint32_t chunk = header.chunk_size;
    if (chunk < 4096 || chunk > 1u << 30 || chunk & (chunk - 1)) {
        return error_set(error, "solid resource at 0x%llx: chunk size %u is not allowed", offset,
                         chunk);
    }
    uint64_t rest = location->size_in_file - sizeof(header);
    if (set_chunks(resource, location->offset, header.size, (unsigned)__builtin_ctz(chunk), rest,
                   error)) {
        return -1;
    }
    uint64_t table_size = (uint64_t)resource->chunk_count * 4;
    if (table_size > rest) {
        return error_set(error, "solid resource at 0x%llx: is shorter than its table", offset);
    }
    resource->offset += sizeof(header) + table_size;
    return read_chunk_table(resource, location->offset + sizeof(header), 4, true, rest - table_size,
                            error);
}

int wim_resource_open_solid(struct wim *wim, const struct wim_location *location,
                            struct wim_resource *resource, struct error *error)
{
    *resource =
        (struct wim_resource){.wim = wim, .part = location->part, .offset = location->offset};
    if (check_place(wim, location, error)) {
        return -1;
    }
    if (open_solid(wim, location, resource, error)) {
        wim_resource_close(resource);
        return -1;
    }
    return 0;
}

void wim_resource_close(struct wim_resource *resource)
{
    size_t count = resource->chunk_count;
    wim_free(resource->wim, resource->chunk_ends, (count ? count : 1) * sizeof(uint64_t));
    resource->chunk_ends = NULL;
}

/* Decompress a chunk to `out`, which takes chunk_size() bytes. */
static int read_chunk(struct wim_resource *resource, size_t chunk, void *out, struct error *error)
{
    struct wim *wim = resource->wim;
    const struct decompressor *decompressor = resource->decompressor;
    uint64_t before = (chunk ? resource->chunk_ends[chunk - 1] : 0) + resource->chunk_prefix;
    uint64_t offset = resource->offset + before;
    size_t in_size = (size_t)(resource->chunk_ends[chunk] - before);
    size_t out_size = chunk_size(resource, chunk);
    uint64_t end = resource->offset + resource->chunk_ends[resource->chunk_count - 1];
    const uint8_t *in = file_bytes(wim, resource->part, offset, in_size, end, error);
    work_done.read += out_size;
    if (in == NULL) {
        return -1;
    }
    if (in_size == out_size) {
        memcpy(out, in, out_size);
        return 0;
    }
    if (decompressor == NULL) {
        return error_set(error, "chunk %zu at 0x%llx: %zu bytes are stored in %zu", chunk,
                         (unsigned long long)offset, out_size, in_size);
    }
    size_t whole = (size_t)1 << resource->chunk_order;
    if (decompressor->workspace_size != NULL &&
        wim_buffer_reserve(wim, &wim->workspace, decompressor->workspace_size(whole), error)) {
        return -1;
    }
    struct decompress_failure failure = {0};
    if (!decompressor->decompress(in, in_size, out, out_size, whole, wim->workspace.bytes,
                                  &failure)) {
        return error_set(error, "chunk %zu at 0x%llx: %s data is damaged at byte %zu of %zu: %s",
                         chunk, (unsigned long long)offset, decompressor->name,
                         failure.input_offset, in_size, failure.reason);
    }
    return 0;
}

/* Make a chunk the one in the chunk buffer. */
static int keep_chunk(struct wim_resource *resource, size_t chunk, struct error *error)
{
    struct wim *wim = resource->wim;
    uint64_t offset = resource->offset + resource->chunk_ends[chunk];
    size_t size = chunk_size(resource, chunk);
    if (wim->chunk_length == size && wim->chunk_part == resource->part &&
        wim->chunk_offset == offset) {
        return 0;
    }
    wim->chunk_length = 0;
    if (wim_buffer_reserve(wim, &wim->chunk, size, error) ||
        read_chunk(resource, chunk, wim->chunk.bytes, error)) {
        return -1;
    }
    wim->chunk_part = resource->part;
    wim->chunk_offset = offset;
    wim->chunk_length = size;
    return 0;
}

int wim_resource_read(struct wim_resource *resource, uint64_t offset, void *buffer, size_t length,
                      struct error *error)
{
    uint8_t *out = buffer;
    if (resource->chunk_ends == NULL) {
        return length ? file_read(resource->wim->parts[resource->part].file,
                                  resource->offset + offset, buffer, length, error)
                      : 0;
    }
    while (length) {
        size_t chunk = (size_t)(offset >> resource->chunk_order);
        size_t in_chunk = (size_t)(offset & ((1ull << resource->chunk_order) - 1));
        size_t whole = chunk_size(resource, chunk), piece = whole - in_chunk;
        if (piece > length) {
            piece = length;
        }
        if (piece == whole) {
            if (read_chunk(resource, chunk, out, error)) {
                return -1;
            }
        } else {
            if (keep_chunk(resource, chunk, error)) {
                return -1;
            }
            memcpy(out, resource->wim->chunk.bytes + in_chunk, piece);
        }
        offset += piece;
        out += piece;
        length -= piece;
    }
    return 0;
}

const void *wim_resource_view(const struct wim_resource *resource, uint64_t offset, size_t length)
{
    return resource->chunk_ends != NULL ? NULL
                                        : file_view(resource->wim->parts[resource->part].file,
                                                    resource->offset + offset, length);
}

int wim_resource_load(struct wim *wim, const struct wim_location *location, const void **bytes,
                      void **memory, struct error *error)
{
    struct wim_resource resource;
    int result = -1;
    *memory = NULL;
    if (wim_resource_open(wim, location, &resource, error)) {
        return -1;
    }
    if (location->size > WIM_LOAD_MAX) {
        error_set(error, "%llu bytes are too many", (unsigned long long)location->size);
        goto close;
    }
    size_t size = (size_t)location->size;
    *bytes = wim_resource_view(&resource, 0, size);
    if (*bytes == NULL) {
        *bytes = *memory = wim_allocate(wim, size ? size : 1);
        if (*memory == NULL) {
            error_no_memory(error, "its %zu bytes", size);
            goto close;
        }
        if (wim_resource_read(&resource, 0, *memory, size, error)) {
            wim_free(wim, *memory, size ? size : 1);
            *memory = NULL;
            goto close;
        }
    }
    result = 0;
close:
    wim_resource_close(&resource);
    return result;
}
