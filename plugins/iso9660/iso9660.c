/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ISO 9660, with Joliet's names where there are some, and files of several extents (level 3), which
 * is how files of 4 GiB and more are stored.
 *
 * Public descriptions: ECMA-119; Microsoft's "Joliet Specification", 1995.
 */
#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"
#include "base/unicode.h"
#include "base/work.h"
#include "container/container.h"

enum {
    SECTOR_SIZE = 2048,
    FIRST_DESCRIPTOR = 16, /* sector */
    DESCRIPTORS_MAX = 64,

    /* ECMA-119, 8.1, 8.4, 8.5 */
    DESCRIPTOR_TYPE = 0,
    DESCRIPTOR_IDENTIFIER = 1,
    DESCRIPTOR_LABEL = 40,
    DESCRIPTOR_LABEL_SIZE = 32,
    DESCRIPTOR_ESCAPES = 88, /* of a supplementary one */
    DESCRIPTOR_BLOCK_SIZE = 128,
    DESCRIPTOR_ROOT = 156,
    TYPE_PRIMARY = 1,
    TYPE_SUPPLEMENTARY = 2,
    TYPE_TERMINATOR = 255,

    /* ECMA-119, 9.1 */
    RECORD_LENGTH = 0,
    RECORD_ATTRIBUTES = 1, /* blocks before the extent's data */
    RECORD_EXTENT = 2,
    RECORD_SIZE = 10,
    RECORD_FLAGS = 25,
    RECORD_UNIT = 26, /* of interleaved files */
    RECORD_NAME_LENGTH = 32,
    RECORD_NAME = 33,
    RECORD_SIZE_MAX = 255,
    FLAG_DIRECTORY = 2,
    FLAG_ASSOCIATED = 4,
    FLAG_MORE_EXTENTS = 0x80,

    DIRECTORY_SIZE_MAX = 4 << 20, /* bytes: some 40,000 files */
    EXTENTS_MAX = 4096,           /* of a file: 16 TiB */
    NAME_SIZE = 3 * RECORD_SIZE_MAX + 1,
    LABEL_SIZE = 3 * DESCRIPTOR_LABEL_SIZE + 1,
};

struct iso {
    const char *name; /* of the image, for messages */
    const struct file *file;
    uint32_t block_size; /* bytes */
    bool is_joliet;
};

/* A directory record and where it is. */
struct record {
    uint64_t offset; /* in the image */
    uint8_t bytes[RECORD_SIZE_MAX];
};

static int fail(const struct iso *iso, uint64_t offset, const char *what, struct error *error)
{
    return error_set(error, "%s: sector %llu: %s", iso->name,
                     (unsigned long long)(offset / SECTOR_SIZE), what);
}

static int fail_beyond_end(const struct iso *iso, uint64_t offset, struct error *error)
{
    return error_set(error,
                     "%s: sector %llu: what is there goes beyond the end of the image, which has "
                     "%llu sectors; if it was cut short on the way, transfer it again",
                     iso->name, (unsigned long long)(offset / SECTOR_SIZE),
                     (unsigned long long)(iso->file->size / SECTOR_SIZE));
}

/* ---- names ---- */

/* The primary tree's names are "NAME.EXT;1", with a dot even without an extension. Joliet's may
 * have a version, too. */
static void strip_version(char *name)
{
    char *end = name + strlen(name);
    for (char *at = name; *at != '\0'; at++) {
        end = *at == ';' ? at : end;
    }
    if (end > name && end[-1] == '.') {
        end--;
    }
    *end = '\0';
}

/* Text of a descriptor or record as UTF-8: Joliet's is UTF-16, big-endian. */
static void decode(bool is_joliet, const uint8_t *bytes, size_t length, char *text, size_t capacity)
{
    uint8_t units[2 * RECORD_SIZE_MAX];
    size_t count = 0, step = is_joliet ? 2 : 1;
    for (size_t i = 0; i + step <= length; i += step) {
        put_u16(units + 2 * count++,
                is_joliet ? (uint16_t)(bytes[i] << 8 | bytes[i + 1]) : (uint16_t)bytes[i]);
    }
    if (utf8_from_utf16(units, count, text, capacity) >= capacity) {
        text[0] = '\0';
    }
}

static void trim(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ') {
        text[--length] = '\0';
    }
}

/* ---- records ---- */

/* Where the bytes are that a record is about. */
static int find_extent(const struct iso *iso, const struct record *record, struct file_range *range,
                       struct error *error)
{
    uint64_t block =
        (uint64_t)get_u32(record->bytes + RECORD_EXTENT) + record->bytes[RECORD_ATTRIBUTES];
    uint64_t offset = block * iso->block_size;
    uint64_t length = get_u32(record->bytes + RECORD_SIZE);
    if (record->bytes[RECORD_UNIT] != 0) {
        return fail(iso, record->offset, "an interleaved file, which is not supported", error);
    }
    if (offset > iso->file->size || length > iso->file->size - offset) {
        return fail_beyond_end(iso, offset, error);
    }
    *range = (struct file_range){.file = iso->file, .offset = offset, .length = length};
    return 0;
}

/* Read the record at an offset of the image. One of length 0 is no record: the next one is in the
 * next sector, because no record crosses into it. */
static int read_record(const struct iso *iso, uint64_t offset, struct record *record,
                       struct error *error)
{
    uint64_t left = SECTOR_SIZE - offset % SECTOR_SIZE;
    uint8_t *bytes = record->bytes;
    record->offset = offset;
    if (offset > iso->file->size || left > iso->file->size - offset) {
        return fail_beyond_end(iso, offset, error);
    }
    size_t there = left < sizeof(record->bytes) ? (size_t)left : sizeof(record->bytes);
    work_done.moved += there;
    if (file_read(iso->file, offset, bytes, there, error) != 0) {
        return -1;
    }
    size_t length = bytes[RECORD_LENGTH];
    if (length != 0 && (length > there || length < RECORD_NAME ||
                        bytes[RECORD_NAME_LENGTH] > length - RECORD_NAME)) {
        return fail(iso, offset, "a damaged entry of a directory", error);
    }
    return 0;
}

/* The offset after a record, or after the empty rest of its sector. */
static uint64_t next_offset(const struct record *record)
{
    return record->bytes[RECORD_LENGTH] != 0
               ? record->offset + record->bytes[RECORD_LENGTH]
               : record->offset + SECTOR_SIZE - record->offset % SECTOR_SIZE;
}

/* ---- the volume ---- */

static bool is_joliet(const uint8_t *descriptor)
{
    const uint8_t *escapes = descriptor + DESCRIPTOR_ESCAPES;
    return escapes[0] == '%' && escapes[1] == '/' &&
           (escapes[2] == '@' || escapes[2] == 'C' || escapes[2] == 'E');
}

static bool is_block_size(uint32_t size)
{
    return size == 512 || size == 1024 || size == SECTOR_SIZE;
}

/* Find the primary descriptor and, if there is one, Joliet's, which is preferred. The sector that
 * was chosen stays in `chosen`. @return its offset; 0: there is none */
static uint64_t find_descriptor(struct iso *iso, uint8_t *chosen)
{
    uint8_t descriptor[SECTOR_SIZE];
    uint64_t place = 0;
    for (unsigned i = 0; i < DESCRIPTORS_MAX; i++) {
        uint64_t offset = (uint64_t)(FIRST_DESCRIPTOR + i) * SECTOR_SIZE;
        if (offset > iso->file->size || iso->file->size - offset < SECTOR_SIZE ||
            file_read(iso->file, offset, descriptor, sizeof(descriptor), NULL) != 0 ||
            memcmp(descriptor + DESCRIPTOR_IDENTIFIER, "CD001", 5) != 0 ||
            descriptor[DESCRIPTOR_TYPE] == TYPE_TERMINATOR) {
            break;
        }
        bool is_primary = descriptor[DESCRIPTOR_TYPE] == TYPE_PRIMARY && place == 0;
        bool has_joliet = descriptor[DESCRIPTOR_TYPE] == TYPE_SUPPLEMENTARY &&
                          is_joliet(descriptor) && !iso->is_joliet;
        if (is_primary || has_joliet) {
            memcpy(chosen, descriptor, sizeof(descriptor));
            place = offset;
            iso->is_joliet = has_joliet;
        }
    }
    return place;
}

static int open_volume(struct container_volume *volume, struct error *error)
{
    struct iso *iso = pool_allocate(volume->pool, sizeof(*iso));
    char *label = pool_allocate(volume->pool, LABEL_SIZE);
    uint8_t descriptor[SECTOR_SIZE];
    if (iso == NULL || label == NULL) {
        return error_no_memory(error, "looking into %s", volume->name);
    }
    *iso = (struct iso){.name = volume->name, .file = volume->file};
    uint64_t place = find_descriptor(iso, descriptor);
    if (place == 0) {
        return 0;
    }
    iso->block_size = get_u16(descriptor + DESCRIPTOR_BLOCK_SIZE);
    if (!is_block_size(iso->block_size)) {
        return fail(iso, place, "a volume descriptor whose blocks have an impossible size", error);
    }
    decode(iso->is_joliet, descriptor + DESCRIPTOR_LABEL, DESCRIPTOR_LABEL_SIZE, label, LABEL_SIZE);
    trim(label);
    volume->label = label;
    volume->root = place + DESCRIPTOR_ROOT;
    volume->data = iso;
    return 1;
}

/* ---- directories and files: a place is the offset of a record ---- */

/* Read the record of an entry, which must be there. */
static int read_entry(const struct iso *iso, uint64_t place, bool is_directory,
                      struct record *record, struct error *error)
{
    if (read_record(iso, place, record, error) != 0) {
        return -1;
    }
    if (record->bytes[RECORD_LENGTH] == 0 ||
        ((record->bytes[RECORD_FLAGS] & FLAG_DIRECTORY) != 0) != is_directory) {
        return fail(iso, place, "a damaged entry of a directory", error);
    }
    return 0;
}

/* Show a record. @return whether to go on */
static bool show(const struct iso *iso, const struct record *record,
                 struct container_visitor *visitor)
{
    char name[NAME_SIZE];
    const uint8_t *bytes = record->bytes;
    size_t length = bytes[RECORD_NAME_LENGTH];
    bool is_directory = (bytes[RECORD_FLAGS] & FLAG_DIRECTORY) != 0;
    bool is_self_or_parent = length == 1 && bytes[RECORD_NAME] <= 1;
    if (is_self_or_parent || (bytes[RECORD_FLAGS] & FLAG_ASSOCIATED) != 0) {
        return true;
    }
    decode(iso->is_joliet, bytes + RECORD_NAME, length, name, sizeof(name));
    if (!is_directory) {
        strip_version(name);
    }
    struct container_entry entry = {
        .name = name, .is_directory = is_directory, .place = record->offset};
    return visitor->visit(visitor, &entry);
}

static int list(struct container_volume *volume, const struct container_entry *directory,
                struct container_visitor *visitor, struct error *error)
{
    const struct iso *iso = volume->data;
    struct record record = {0};
    struct file_range extent;
    if (read_entry(iso, directory->place, true, &record, error) != 0 ||
        find_extent(iso, &record, &extent, error) != 0) {
        return -1;
    }
    if (extent.length > DIRECTORY_SIZE_MAX) {
        return fail(iso, extent.offset, "the directory is absurdly large", error);
    }
    bool goes_on_with_last = false; /* the record is a further extent of the last one's file */
    uint64_t end = extent.offset + extent.length;
    for (uint64_t offset = extent.offset; offset < end; offset = next_offset(&record)) {
        if (work_is_exhausted()) {
            return fail(iso, offset, WORK_EXHAUSTED, error);
        }
        if (read_record(iso, offset, &record, error) != 0) {
            return -1;
        }
        if (record.bytes[RECORD_LENGTH] == 0) {
            continue;
        }
        if (!goes_on_with_last && !show(iso, &record, visitor)) {
            return 0;
        }
        goes_on_with_last = (record.bytes[RECORD_FLAGS] & FLAG_MORE_EXTENTS) != 0;
    }
    return 0;
}

/* The record after this one, in the same sector or at the start of the next. */
static int read_next(const struct iso *iso, struct record *record, struct error *error)
{
    for (int i = 0; i < 2; i++) {
        if (read_record(iso, next_offset(record), record, error) != 0) {
            return -1;
        }
        if (record->bytes[RECORD_LENGTH] != 0) {
            return 0;
        }
    }
    return fail(iso, record->offset, "a file's next extent is missing", error);
}

/* Follow the records of a file from its first one on, which is lost. @param ranges written, if not
 * NULL: where its extents are; @param capacity how many it may have: the image may be on a medium
 * that changes, and have more of them the second time */
static int collect(const struct iso *iso, struct record *record, struct file_range *ranges,
                   size_t capacity, size_t *count, struct error *error)
{
    struct file_range range;
    for (*count = 1;; ++*count) {
        if (find_extent(iso, record, &range, error) != 0) {
            return -1;
        }
        if (ranges != NULL) {
            ranges[*count - 1] = range;
        }
        if ((record->bytes[RECORD_FLAGS] & FLAG_MORE_EXTENTS) == 0) {
            return 0;
        }
        if (*count == capacity) {
            return fail(iso, record->offset, "the file is in too many pieces", error);
        }
        if (read_next(iso, record, error) != 0) {
            return -1;
        }
    }
}

static int make_file(struct container_volume *volume, const struct container_entry *entry,
                     struct file **file, struct error *error)
{
    const struct iso *iso = volume->data;
    struct record first = {0}, record;
    size_t count;
    if (read_entry(iso, entry->place, false, &first, error) != 0) {
        return -1;
    }
    record = first;
    if (collect(iso, &record, NULL, EXTENTS_MAX, &count, error) != 0) {
        return -1;
    }
    struct file_range *ranges = memory_allocate_array(count, sizeof(ranges[0]));
    if (ranges == NULL) {
        return error_no_memory(error, "the extents of a file of %s", iso->name);
    }
    int rc = collect(iso, &first, ranges, count, &count, error);
    if (rc == 0) {
        rc = file_from_ranges(volume->pool, entry->name, ranges, count, file, error);
    }
    memory_free(ranges);
    return rc;
}

PLUGIN(container, iso9660) = {
    .name = "ISO 9660",
    .precedence = 1,
    .open = open_volume,
    .list = list,
    .file = make_file,
};
