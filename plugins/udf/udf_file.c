/* SPDX-License-Identifier: BSD-2-Clause */
/* File entries of UDF, and the extents of their files. See udf.h. */
#include <string.h>

#include "base/little_endian.h"
#include "plugins/udf/udf.h"

enum {
    CHAIN_MAX = 32,          /* file entries of one file */
    EXTENTS_MAX = 64 * 1024, /* a file of 64 TiB has as many, if it is not scattered */
    CONTINUATIONS_MAX = 4096,
    FIRST_CAPACITY = 8,
};

/* Of a chain of entries, the last is in force (ECMA-167 4/A.5, strategy 4096): each is followed by
 * an indirect entry that says where the next one is. */
int udf_read_entry(const struct udf *udf, struct address address, struct file_entry *entry,
                   struct error *error)
{
    for (int i = 0; i < CHAIN_MAX; i++) {
        entry->address = address;
        if (udf_read_block(udf, address, TAG_ANY, entry->bytes, error) != 0) {
            return -1;
        }
        unsigned identifier = get_u16(entry->bytes + TAG_IDENTIFIER);
        if (identifier != TAG_FILE_ENTRY && identifier != TAG_EXTENDED_FILE_ENTRY) {
            return udf_fail(udf, address, "there is no file entry", error);
        }
        if (get_u16(entry->bytes + ICB_STRATEGY) != STRATEGY_CHAINED ||
            address.block == UINT32_MAX) {
            return 0;
        }
        uint8_t next[BLOCK_SIZE_MAX];
        struct address follower = {address.block + 1, address.partition};
        if (udf_read_block(udf, follower, TAG_INDIRECT_ENTRY, next, NULL) != 0 ||
            get_u32(next + INDIRECT_ICB) == 0) {
            return 0;
        }
        address = udf_address(next + INDIRECT_ICB);
    }
    return udf_fail(udf, address, "the chain of its file entries has no end", error);
}

/* The ranges of a file, while its allocation descriptors are read. */
struct extents {
    const struct udf *udf;
    struct address entry; /* whose they are; short descriptors are of its partition */
    struct file_range *ranges;
    size_t count, capacity;
    uint64_t left; /* bytes that the file has beyond them */
};

static int add_range(struct extents *extents, const struct file_range *range, struct error *error)
{
    struct file_range *last = extents->count > 0 ? &extents->ranges[extents->count - 1] : NULL;
    extents->left -= range->length;
    if (last != NULL && last->file == range->file &&
        (range->file == NULL || last->offset + last->length == range->offset)) {
        last->length += range->length;
        return 0;
    }
    if (extents->count == EXTENTS_MAX) {
        return udf_fail(extents->udf, extents->entry, "the file is in too many pieces", error);
    }
    if (extents->count == extents->capacity) {
        size_t capacity = extents->capacity == 0 ? FIRST_CAPACITY : 2 * extents->capacity;
        struct file_range *ranges =
            memory_resize_array(extents->ranges, capacity, sizeof(ranges[0]));
        if (ranges == NULL) {
            return error_no_memory(error, "the extents of a file of %s", extents->udf->name);
        }
        extents->ranges = ranges;
        extents->capacity = capacity;
    }
    extents->ranges[extents->count++] = *range;
    return 0;
}

/* One descriptor. `next` becomes the address where the descriptors go on, if this one says so. */
static int add_extent(struct extents *extents, const uint8_t *descriptor, enum allocation kind,
                      struct address *next, bool *goes_on, struct error *error)
{
    uint32_t word = get_u32(descriptor);
    struct address address =
        kind == ALLOCATION_LONG
            ? udf_address(descriptor)
            : (struct address){get_u32(descriptor + LONG_BLOCK), extents->entry.partition};
    struct file_range range = {.file = NULL};
    if (EXTENT_TYPE(word) == EXTENT_CONTINUATION) {
        *next = address;
        *goes_on = true;
        return 0;
    }
    uint64_t length = EXTENT_LENGTH(word) < extents->left ? EXTENT_LENGTH(word) : extents->left;
    if (EXTENT_TYPE(word) == EXTENT_RECORDED &&
        udf_find_blocks(extents->udf, address, length, &range, error) != 0) {
        return -1;
    }
    range.length = length;
    return add_range(extents, &range, error);
}

/* A run of descriptors. An empty one ends them all. */
static int add_descriptors(struct extents *extents, const uint8_t *bytes, size_t size,
                           enum allocation kind, struct address *next, bool *goes_on,
                           struct error *error)
{
    size_t step = kind == ALLOCATION_LONG ? LONG_SIZE : SHORT_SIZE;
    *goes_on = false;
    for (size_t at = 0; size - at >= step && extents->left > 0 && !*goes_on; at += step) {
        if (EXTENT_LENGTH(get_u32(bytes + at)) == 0) {
            return 0;
        }
        if (add_extent(extents, bytes + at, kind, next, goes_on, error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int add_all(struct extents *extents, const uint8_t *bytes, size_t size, enum allocation kind,
                   struct error *error)
{
    const struct udf *udf = extents->udf;
    struct address next;
    bool goes_on;
    uint8_t block[BLOCK_SIZE_MAX];
    if (add_descriptors(extents, bytes, size, kind, &next, &goes_on, error) != 0) {
        return -1;
    }
    for (int i = 0; goes_on; i++) {
        struct address here = next;
        if (i == CONTINUATIONS_MAX) {
            return udf_fail(udf, here, "the list of a file's extents has no end", error);
        }
        if (udf_read_block(udf, here, TAG_ALLOCATION_EXTENT, block, error) != 0) {
            return -1;
        }
        uint32_t length = get_u32(block + ALLOCATION_LENGTH);
        if (length > udf->block_size - ALLOCATION_DESCRIPTORS) {
            return udf_fail(udf, here, "a list of extents is longer than its block", error);
        }
        if (add_descriptors(extents, block + ALLOCATION_DESCRIPTORS, length, kind, &next, &goes_on,
                            error) != 0) {
            return -1;
        }
    }
    return extents->left == 0
               ? 0
               : udf_fail(udf, extents->entry, "the file is larger than its extents", error);
}

/* What a file entry has after its fixed part: allocation descriptors, or the file itself. */
struct tail {
    size_t offset, length;
};

static int find_tail(const struct udf *udf, const struct file_entry *entry, struct tail *tail,
                     struct error *error)
{
    bool is_extended = get_u16(entry->bytes + TAG_IDENTIFIER) == TAG_EXTENDED_FILE_ENTRY;
    size_t start = is_extended ? EXTENDED_DATA : ENTRY_DATA;
    uint32_t attributes = get_u32(
        entry->bytes + (is_extended ? EXTENDED_ATTRIBUTES_LENGTH : ENTRY_ATTRIBUTES_LENGTH));
    uint32_t descriptors = get_u32(
        entry->bytes + (is_extended ? EXTENDED_DESCRIPTORS_LENGTH : ENTRY_DESCRIPTORS_LENGTH));
    size_t room = udf->block_size - start;
    *tail = (struct tail){0};
    if (attributes > room || descriptors > room - attributes) {
        return udf_fail(udf, entry->address, "the file entry is longer than its block", error);
    }
    *tail = (struct tail){.offset = start + attributes, .length = descriptors};
    return 0;
}

/* A file whose bytes are in its file entry. */
static int make_embedded(const struct udf *udf, const struct file_entry *entry,
                         const struct tail *tail, uint64_t size, const char *name,
                         struct file **file, struct error *error)
{
    struct file_range range;
    if (size > tail->length) {
        return udf_fail(udf, entry->address, "the file is larger than its file entry", error);
    }
    if (udf_find_blocks(udf, entry->address, udf->block_size, &range, error) != 0) {
        return -1;
    }
    range.offset += tail->offset;
    range.length = size;
    return file_from_ranges(udf->pool, name, &range, 1, file, error);
}

int udf_make_file(const struct udf *udf, const struct file_entry *entry, const char *name,
                  struct file **file, struct error *error)
{
    uint64_t size = get_u64(entry->bytes + ENTRY_INFORMATION_LENGTH);
    enum allocation kind = (enum allocation)(get_u16(entry->bytes + ICB_FLAGS) & ALLOCATION_MASK);
    struct extents extents = {.udf = udf, .entry = entry->address, .left = size};
    struct tail tail;
    if (find_tail(udf, entry, &tail, error) != 0) {
        return -1;
    }
    if (kind == ALLOCATION_EMBEDDED) {
        return make_embedded(udf, entry, &tail, size, name, file, error);
    }
    if (kind != ALLOCATION_SHORT && kind != ALLOCATION_LONG) {
        return udf_fail(udf, entry->address, "its kind of allocation is not supported", error);
    }
    int rc = add_all(&extents, entry->bytes + tail.offset, tail.length, kind, error);
    if (rc == 0) {
        rc = file_from_ranges(udf->pool, name, extents.ranges, extents.count, file, error);
    }
    memory_free(extents.ranges);
    return rc;
}
