/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this the image of a disc, and where does it end? ISO 9660 says so in its volume descriptor.
 * Windows' ISOs have only a note in that tree; how far UDF reaches, its partition says. The plugins
 * that look into images are in plugins/iso9660 and plugins/udf, with references to the formats.
 */
#include <string.h>

#include "base/little_endian.h"
#include "files/sniff.h"

enum {
    SECTOR_SIZE = 2048,
    FIRST_DESCRIPTOR = 16, /* sector */
    TYPE_PRIMARY = 1,
    VOLUME_BLOCK_COUNT = 80,
    VOLUME_BLOCK_SIZE = 128,

    ANCHOR_SECTOR = 256,
    TAG_ANCHOR = 2,
    TAG_PARTITION = 5,
    TAG_SIZE = 16,
    TAG_CHECKSUM = 4,
    ANCHOR_MAIN = 16,
    ANCHOR_RESERVE = 24,
    PARTITION_START = 188,
    PARTITION_LENGTH = 192,
    SEQUENCE_SECTORS_MAX = 64,
    SEQUENCE_HEAD = 196, /* bytes that are needed of a descriptor */
};

static bool peek(const struct file *file, uint64_t offset, void *buffer, size_t length)
{
    return offset <= file->size && length <= file->size - offset &&
           file_read(file, offset, buffer, length, NULL) == 0;
}

static uint64_t larger(uint64_t left, uint64_t right)
{
    return left > right ? left : right;
}

static uint64_t iso9660_end(const uint8_t *volume)
{
    return (uint64_t)get_u32(volume + VOLUME_BLOCK_COUNT) * get_u16(volume + VOLUME_BLOCK_SIZE);
}

/* Read the head of a descriptor of UDF; false if there is none of this kind. */
static bool read_tagged(const struct file *file, uint64_t sector, unsigned identifier,
                        uint8_t head[SEQUENCE_HEAD])
{
    uint8_t sum = 0;
    if (!peek(file, sector * SECTOR_SIZE, head, SEQUENCE_HEAD)) {
        return false;
    }
    for (size_t i = 0; i < TAG_SIZE; i++) {
        sum += i == TAG_CHECKSUM ? 0 : head[i];
    }
    return sum == head[TAG_CHECKSUM] && get_u16(head) == identifier;
}

static uint64_t extent_end(const uint8_t *extent)
{
    return (uint64_t)get_u32(extent + 4) * SECTOR_SIZE + get_u32(extent);
}

static uint64_t udf_end(const struct file *file)
{
    uint8_t anchor[SEQUENCE_HEAD], head[SEQUENCE_HEAD];
    if (!read_tagged(file, ANCHOR_SECTOR, TAG_ANCHOR, anchor)) {
        return 0;
    }
    uint64_t end = larger(extent_end(anchor + ANCHOR_MAIN), extent_end(anchor + ANCHOR_RESERVE));
    uint64_t first = get_u32(anchor + ANCHOR_MAIN + 4);
    uint64_t count = get_u32(anchor + ANCHOR_MAIN) / SECTOR_SIZE;
    for (uint64_t i = 0; i < count && i < SEQUENCE_SECTORS_MAX; i++) {
        if (read_tagged(file, first + i, TAG_PARTITION, head)) {
            uint64_t sectors =
                (uint64_t)get_u32(head + PARTITION_START) + get_u32(head + PARTITION_LENGTH);
            end = larger(end, sectors * SECTOR_SIZE);
        }
    }
    end = (end + SECTOR_SIZE - 1) / SECTOR_SIZE * SECTOR_SIZE;
    /* A second anchor is in the very last sector. */
    return read_tagged(file, end / SECTOR_SIZE, TAG_ANCHOR, head) ? end + SECTOR_SIZE : end;
}

bool is_iso(const struct file *file, uint64_t *length)
{
    uint8_t descriptor[VOLUME_BLOCK_SIZE + 2];
    if (!peek(file, FIRST_DESCRIPTOR * SECTOR_SIZE, descriptor, sizeof(descriptor))) {
        return false;
    }
    bool is_iso9660 = memcmp(descriptor + 1, "CD001", 5) == 0;
    if (!is_iso9660 && memcmp(descriptor + 1, "BEA01", 5) != 0) {
        return false;
    }
    *length = larger(is_iso9660 && descriptor[0] == TYPE_PRIMARY ? iso9660_end(descriptor) : 0,
                     udf_end(file));
    return true;
}
