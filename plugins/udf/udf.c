/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDF: the file system of Windows' ISOs, which have only a note about it in their ISO 9660 tree.
 * UDF 1.02 to 2.60. Public descriptions: udf_format.h.
 */
#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"
#include "base/work.h"
#include "plugins/udf/udf.h"

enum {
    DIRECTORY_SIZE_MAX = 4 << 20, /* bytes: some 40,000 files */
    NAME_SIZE = 3 * 255 + 1,
    LABEL_SIZE = 3 * LOGICAL_IDENTIFIER_SIZE + 1,
};

/* A place is a file entry's address. */
static uint64_t place_of(struct address address)
{
    return (uint64_t)address.partition << 32 | address.block;
}

static struct address address_of(uint64_t place)
{
    return (struct address){.block = (uint32_t)place, .partition = (uint16_t)(place >> 32)};
}

static int open_volume(struct container_volume *volume, struct error *error)
{
    struct udf *udf = pool_allocate(volume->pool, sizeof(*udf));
    char *label = pool_allocate(volume->pool, LABEL_SIZE);
    struct address root;
    if (udf == NULL || label == NULL) {
        return error_no_memory(error, "looking into %s", volume->name);
    }
    *udf = (struct udf){.name = volume->name, .pool = volume->pool, .file = volume->file};
    int rc = udf_find_partitions(udf, label, LABEL_SIZE, &root, error);
    if (rc > 0) {
        volume->label = label;
        volume->root = place_of(root);
        volume->data = udf;
    }
    return rc;
}

static int fail_at(const struct udf *udf, struct address address, uint64_t offset, const char *what,
                   struct error *error)
{
    char text[120];
    format_string(text, sizeof(text), "the directory of this file entry, offset 0x%llx: %s",
                  (unsigned long long)offset, what);
    return udf_fail(udf, address, text, error);
}

/* A directory that is being listed. */
struct directory {
    const struct udf *udf;
    struct address address;
    struct file *file;
    uint8_t bytes[BLOCK_SIZE_MAX]; /* of the current entry */
};

/* Read the entry at an offset. @param length written: bytes that it takes */
static int read_identifier(struct directory *directory, uint64_t offset, size_t *length,
                           struct error *error)
{
    const struct udf *udf = directory->udf;
    uint64_t left = directory->file->size - offset;
    size_t there = left < udf->block_size ? (size_t)left : udf->block_size;
    const uint8_t *bytes = directory->bytes;
    work_done.moved += there;
    if (file_read(directory->file, offset, directory->bytes, there, error) != 0) {
        return -1;
    }
    if (there < IDENTIFIER_USE) {
        return fail_at(udf, directory->address, offset, "an entry is cut off", error);
    }
    const char *problem = udf_check_tag(bytes, there, TAG_FILE_IDENTIFIER);
    if (problem != NULL) {
        return fail_at(udf, directory->address, offset, problem, error);
    }
    *length = IDENTIFIER_USE + (size_t)get_u16(bytes + IDENTIFIER_USE_LENGTH) +
              bytes[IDENTIFIER_NAME_LENGTH];
    return *length <= there
               ? 0
               : fail_at(udf, directory->address, offset, "an entry is longer than a block", error);
}

/* Show the current entry. @return whether to go on */
static bool show(const struct directory *directory, struct container_visitor *visitor)
{
    const uint8_t *bytes = directory->bytes;
    char name[NAME_SIZE];
    unsigned characteristics = bytes[IDENTIFIER_CHARACTERISTICS];
    if ((characteristics & (CHARACTERISTIC_DELETED | CHARACTERISTIC_PARENT)) != 0) {
        return true;
    }
    udf_decode_name(bytes + IDENTIFIER_USE + get_u16(bytes + IDENTIFIER_USE_LENGTH),
                    bytes[IDENTIFIER_NAME_LENGTH], name, sizeof(name));
    struct container_entry entry = {
        .name = name,
        .is_directory = (characteristics & CHARACTERISTIC_DIRECTORY) != 0,
        .place = place_of(udf_address(bytes + IDENTIFIER_ICB)),
    };
    return visitor->visit(visitor, &entry);
}

static int list(struct container_volume *volume, const struct container_entry *entry,
                struct container_visitor *visitor, struct error *error)
{
    const struct udf *udf = volume->data;
    struct directory directory = {.udf = udf, .address = address_of(entry->place)};
    struct file_entry file_entry;
    if (udf_read_entry(udf, directory.address, &file_entry, error) != 0) {
        return -1;
    }
    if (udf_file_type(&file_entry) != FILE_TYPE_DIRECTORY) {
        return udf_fail(udf, directory.address, "this should be a directory, but is not", error);
    }
    if (udf_make_file(udf, &file_entry, "directory", &directory.file, error) != 0) {
        return -1;
    }
    if (directory.file->size > DIRECTORY_SIZE_MAX) {
        return udf_fail(udf, directory.address, "the directory is absurdly large", error);
    }
    uint64_t offset = 0;
    while (offset < directory.file->size) {
        size_t length = 0;
        if (work_is_exhausted()) {
            return fail_at(udf, directory.address, offset, WORK_EXHAUSTED, error);
        }
        if (read_identifier(&directory, offset, &length, error) != 0) {
            return -1;
        }
        if (!show(&directory, visitor)) {
            return 0;
        }
        offset += (length + IDENTIFIER_ALIGNMENT - 1) / IDENTIFIER_ALIGNMENT * IDENTIFIER_ALIGNMENT;
    }
    return 0;
}

static int make_file(struct container_volume *volume, const struct container_entry *entry,
                     struct file **file, struct error *error)
{
    const struct udf *udf = volume->data;
    struct address address = address_of(entry->place);
    struct file_entry file_entry;
    if (udf_read_entry(udf, address, &file_entry, error) != 0) {
        return -1;
    }
    enum file_type type = udf_file_type(&file_entry);
    if (type != FILE_TYPE_REGULAR && type != FILE_TYPE_REAL_TIME) {
        return udf_fail(udf, address, "this should be a file, but is not", error);
    }
    return udf_make_file(udf, &file_entry, entry->name, file, error);
}

PLUGIN(container, udf) = {
    .name = "UDF",
    .precedence = 2,
    .open = open_volume,
    .list = list,
    .file = make_file,
};
