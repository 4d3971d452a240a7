/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as lists of extents. See file.h. */
#include "files/file.h"

#include <string.h>

#include "base/path.h"
#include "base/unicode.h"
#include "base/work.h"

static struct file *new_file(struct pool *pool, const char *name, uint64_t size,
                             size_t extent_count)
{
    if (extent_count > SIZE_MAX / sizeof(struct extent)) {
        return NULL;
    }
    struct file *file = pool_allocate(pool, sizeof(*file));
    char *copy = pool_copy_string(pool, name);
    struct extent *extents = pool_allocate_array(pool, extent_count, sizeof(*extents));
    if (file == NULL || copy == NULL || extents == NULL) {
        return NULL;
    }
    file->name = copy;
    file->size = size;
    file->extents = extents;
    return file;
}

static struct file *new_file_of_one(struct pool *pool, const char *name, uint64_t size,
                                    struct extent extent)
{
    struct file *file = new_file(pool, name, size, 1);
    if (file != NULL && size > 0) {
        extent.length = size;
        file->extents[0] = extent;
        file->extent_count = 1;
    }
    return file;
}

struct file *file_from_memory(struct pool *pool, const char *name, const void *bytes, uint64_t size)
{
    return new_file_of_one(pool, name, size,
                           (struct extent){.kind = EXTENT_MEMORY, .bytes = bytes});
}

void file_on_memory(struct file *file, struct extent *extent, const char *name, const void *bytes,
                    uint64_t size)
{
    *extent = (struct extent){.kind = EXTENT_MEMORY, .bytes = bytes, .length = size};
    *file = (struct file){
        .name = name, .size = size, .extents = extent, .extent_count = size > 0 ? 1 : 0};
}

struct file *file_from_reader(struct pool *pool, const char *name, struct reader *reader,
                              uint64_t size)
{
    return new_file_of_one(pool, name, size,
                           (struct extent){.kind = EXTENT_READER, .reader = reader});
}

struct file *file_from_zeros(struct pool *pool, const char *name, uint64_t size)
{
    return new_file_of_one(pool, name, size, (struct extent){.kind = EXTENT_ZERO});
}

struct file *file_rename(struct pool *pool, const struct file *file, const char *name)
{
    struct file *renamed = pool_allocate(pool, sizeof(*renamed));
    char *copy = pool_copy_string(pool, name);
    if (renamed == NULL || copy == NULL) {
        return NULL;
    }
    *renamed = *file;
    renamed->name = copy;
    renamed->path = NULL;
    return renamed;
}

void file_set_path(struct file *file, char *path)
{
    path_normalize(path);
    file->name = path_last_component(path);
    file->path = file->name == path ? NULL : path;
}

/* Whether an extent continues where another ends, so that both can be joined. */
static bool continues(const struct extent *extent, const struct extent *next)
{
    if (extent->kind != next->kind) {
        return false;
    }
    switch (extent->kind) {
    case EXTENT_MEMORY:
        return extent->bytes + extent->length == next->bytes;
    case EXTENT_ZERO:
        return true;
    case EXTENT_READER:
        return extent->reader == next->reader &&
               extent->reader_offset + extent->length == next->reader_offset;
    }
    return false;
}

/* Append bytes [offset, offset + length) of `from`, which exist, to a file that has room. */
static void append_range(struct file *file, const struct file *from, uint64_t offset,
                         uint64_t length)
{
    const struct extent *extent = length > 0 ? file_find_extent(from, offset) : NULL;
    for (; length > 0; extent++) {
        uint64_t skipped = offset - extent->offset;
        uint64_t taken = extent->length - skipped;
        if (taken > length) {
            taken = length;
        }
        struct extent piece = *extent;
        piece.length = taken;
        if (piece.kind == EXTENT_MEMORY) {
            piece.bytes += skipped;
        }
        piece.reader_offset += piece.kind == EXTENT_READER ? skipped : 0;
        piece.offset = 0;
        struct extent *last = file->extent_count ? &file->extents[file->extent_count - 1] : NULL;
        if (last != NULL) {
            piece.offset = last->offset + last->length;
        }
        if (last != NULL && continues(last, &piece)) {
            last->length += taken;
        } else {
            file->extents[file->extent_count++] = piece;
        }
        offset += taken;
        length -= taken;
    }
}

static int out_of_memory(const char *name, struct error *error)
{
    return error_no_memory(error, "another file, %s", name);
}

int file_slice(struct pool *pool, const struct file *file, uint64_t offset, uint64_t length,
               struct file **slice, struct error *error)
{
    if (offset > file->size || length > file->size - offset) {
        return error_set(error, "%s: %llu bytes at offset %llu do not exist, its size is %llu",
                         file->name, (unsigned long long)length, (unsigned long long)offset,
                         (unsigned long long)file->size);
    }
    *slice = new_file(pool, file->name, length, file->extent_count);
    if (*slice == NULL) {
        return out_of_memory(file->name, error);
    }
    append_range(*slice, file, offset, length);
    return 0;
}

int file_join(struct pool *pool, const char *name, const struct file *const *parts,
              size_t part_count, struct file **joined, struct error *error)
{
    uint64_t size = 0;
    size_t extent_count = 0;
    for (size_t i = 0; i < part_count; i++) {
        if (parts[i]->size > FILE_SIZE_MAX - size) { /* room for offsets beyond its end */
            return error_set(error, "%s: larger than 2^63 bytes", name);
        }
        if (parts[i]->extent_count > SIZE_MAX - extent_count) {
            return out_of_memory(name, error);
        }
        size += parts[i]->size;
        extent_count += parts[i]->extent_count;
    }
    *joined = new_file(pool, name, size, extent_count);
    if (*joined == NULL) {
        return out_of_memory(name, error);
    }
    for (size_t i = 0; i < part_count; i++) {
        append_range(*joined, parts[i], 0, parts[i]->size);
    }
    return 0;
}

/* How many extents a run of bytes, which exist, touches. */
static size_t count_extents(const struct file_range *range)
{
    if (range->file == NULL || range->length == 0) {
        return range->length > 0 ? 1 : 0;
    }
    uint64_t last = range->offset + range->length - 1;
    return (size_t)(file_find_extent(range->file, last) -
                    file_find_extent(range->file, range->offset)) +
           1;
}

int file_from_ranges(struct pool *pool, const char *name, const struct file_range *ranges,
                     size_t range_count, struct file **file, struct error *error)
{
    uint64_t size = 0;
    size_t extent_count = 0;
    for (size_t i = 0; i < range_count; i++) {
        size_t count = count_extents(&ranges[i]);
        if (ranges[i].length > FILE_SIZE_MAX - size) {
            return error_set(error, "%s: larger than 2^63 bytes", name);
        }
        if (count > SIZE_MAX - extent_count) {
            return out_of_memory(name, error);
        }
        size += ranges[i].length;
        extent_count += count;
    }
    *file = new_file(pool, name, size, extent_count);
    if (*file == NULL) {
        return out_of_memory(name, error);
    }
    for (size_t i = 0; i < range_count; i++) {
        struct extent zeros = {.kind = EXTENT_ZERO, .length = ranges[i].length};
        struct file hole = {.size = ranges[i].length, .extent_count = 1, .extents = &zeros};
        bool is_hole = ranges[i].file == NULL;
        append_range(*file, is_hole ? &hole : ranges[i].file, is_hole ? 0 : ranges[i].offset,
                     ranges[i].length);
    }
    return 0;
}

int file_patch(struct pool *pool, const struct file *file, uint64_t offset,
               const struct file *piece, struct file **patched, struct error *error)
{
    if (offset > file->size || piece->size > file->size - offset) {
        return error_set(error,
                         "%s: a patch of %llu bytes at offset %llu goes beyond its %llu bytes",
                         file->name, (unsigned long long)piece->size, (unsigned long long)offset,
                         (unsigned long long)file->size);
    }
    if (file->extent_count >= SIZE_MAX - piece->extent_count) {
        return out_of_memory(file->name, error);
    }
    *patched = new_file(pool, file->name, file->size, file->extent_count + piece->extent_count + 1);
    if (*patched == NULL) {
        return out_of_memory(file->name, error);
    }
    (*patched)->note = file->note;
    (*patched)->path = file->path;
    uint64_t end = offset + piece->size;
    append_range(*patched, file, 0, offset);
    append_range(*patched, piece, 0, piece->size);
    append_range(*patched, file, end, file->size - end);
    return 0;
}

const struct extent *file_find_extent(const struct file *file, uint64_t offset)
{
    if (offset >= file->size) {
        return NULL;
    }
    size_t low = 0, high = file->extent_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (file->extents[middle].offset <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &file->extents[low];
}

uint64_t file_unchecked(const struct file *file)
{
    uint64_t bytes = 0;
    const struct reader *previous = NULL;
    for (size_t i = 0; i < file->extent_count; i++) {
        const struct extent *extent = &file->extents[i];
        const struct reader *reader = extent->kind == EXTENT_READER ? extent->reader : NULL;
        if (reader != NULL && reader != previous) {
            bytes = reader->unchecked > UINT64_MAX - bytes ? UINT64_MAX : bytes + reader->unchecked;
        }
        previous = reader;
    }
    work_done.moved += file->extent_count * sizeof(file->extents[0]);
    return bytes;
}

int file_read(const struct file *file, uint64_t offset, void *buffer, size_t length,
              struct error *error)
{
    if (offset > file->size || length > file->size - offset) {
        return error_set(error, "%s: ends at byte %llu, but %zu bytes are needed at offset %llu",
                         file->name, (unsigned long long)file->size, length,
                         (unsigned long long)offset);
    }
    work_done.read += length;
    uint8_t *to = buffer;
    const struct extent *extent = length > 0 ? file_find_extent(file, offset) : NULL;
    for (; length > 0; extent++) {
        uint64_t skipped = offset - extent->offset;
        uint64_t available = extent->length - skipped;
        size_t taken = available < length ? (size_t)available : length;
        switch (extent->kind) {
        case EXTENT_MEMORY:
            memcpy(to, extent->bytes + skipped, taken);
            break;
        case EXTENT_ZERO:
            memset(to, 0, taken);
            break;
        case EXTENT_READER:
            if (extent->reader->read(extent->reader, extent->reader_offset + skipped, to, taken,
                                     error) != 0) {
                return -1;
            }
            break;
        }
        to += taken;
        offset += taken;
        length -= taken;
    }
    return 0;
}

int file_complete(const struct file *file, struct error *error)
{
    for (size_t i = 0; i < file->extent_count; i++) {
        const struct extent *extent = &file->extents[i];
        if (extent->kind == EXTENT_READER && extent->reader->complete != NULL &&
            extent->reader->complete(extent->reader, extent->reader_offset, extent->length,
                                     error) != 0) {
            return -1;
        }
    }
    return 0;
}

bool file_is_remote(const struct file *file)
{
    for (size_t i = 0; i < file->extent_count; i++) {
        if (file->extents[i].kind == EXTENT_READER && file->extents[i].reader->complete != NULL) {
            return true;
        }
    }
    return false;
}

int file_pin(const struct file *file, struct error *error)
{
    for (size_t i = 0; i < file->extent_count; i++) {
        const struct extent *extent = &file->extents[i];
        if (extent->kind == EXTENT_READER && extent->reader->pin != NULL &&
            extent->reader->pin(extent->reader, error) != 0) {
            return -1;
        }
    }
    return 0;
}

const void *file_view(const struct file *file, uint64_t offset, size_t length)
{
    if (offset > file->size || length > file->size - offset || length == 0) {
        return NULL;
    }
    const struct extent *extent = file_find_extent(file, offset);
    uint64_t skipped = offset - extent->offset;
    if (extent->kind != EXTENT_MEMORY || length > extent->length - skipped) {
        return NULL;
    }
    return extent->bytes + skipped;
}

const void *file_load(struct pool *pool, const struct file *file, struct error *error)
{
    if (file->size > SIZE_MAX) {
        out_of_memory(file->name, error);
        return NULL;
    }
    size_t size = (size_t)file->size;
    if (size == 0) {
        return "";
    }
    const struct extent *first = &file->extents[0];
    if (file->extent_count == 1 && first->kind == EXTENT_READER && first->reader_offset == 0 &&
        first->reader->load != NULL) {
        return first->reader->load(first->reader, error);
    }
    if (file->extent_count == 1 && first->kind == EXTENT_MEMORY) {
        return first->bytes;
    }
    void *copy = pool_allocate_content(pool, size);
    if (copy == NULL) {
        error_no_memory(error, "the %zu bytes of %s", size, file->name);
        return NULL;
    }
    return file_read(file, 0, copy, size, error) == 0 ? copy : NULL;
}
