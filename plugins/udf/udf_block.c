/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of a UDF volume, and the tags with which descriptors begin. See udf.h. */
#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "base/work.h"
#include "plugins/udf/udf.h"

int udf_fail(const struct udf *udf, struct address address, const char *what, struct error *error)
{
    const struct partition *partition =
        address.partition < udf->partition_count ? &udf->partitions[address.partition] : NULL;
    if (partition == NULL || partition->blocks == NULL || partition->is_metadata) {
        return error_set(error, "%s: block %u of partition %u: %s", udf->name, address.block,
                         address.partition, what);
    }
    return error_set(error, "%s: sector %llu: %s", udf->name,
                     (unsigned long long)(partition->start + address.block), what);
}

enum { CRC_COST = 16 }; /* bytes that are moved in the time of one */

/* ECMA-167 7.2.6: x^16 + x^12 + x^5 + 1. */
static uint16_t crc16(const uint8_t *bytes, size_t length)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint16_t)(bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
        }
    }
    return crc;
}

const char *udf_check_tag(const uint8_t *descriptor, size_t size, int identifier)
{
    uint8_t sum = 0;
    if (size < TAG_SIZE) {
        return "too short for a descriptor";
    }
    for (size_t i = 0; i < TAG_SIZE; i++) {
        sum += i == TAG_CHECKSUM ? 0 : descriptor[i];
    }
    if (sum != descriptor[TAG_CHECKSUM]) {
        return "there is no descriptor, or it is damaged";
    }
    size_t length = get_u16(descriptor + TAG_CRC_LENGTH);
    work_done.moved += CRC_COST * (uint64_t)length;
    if (length > size - TAG_SIZE ||
        crc16(descriptor + TAG_SIZE, length) != get_u16(descriptor + TAG_CRC)) {
        return "the descriptor is damaged";
    }
    return identifier == TAG_ANY || get_u16(descriptor + TAG_IDENTIFIER) == identifier
               ? NULL
               : "there is another kind of descriptor";
}

int udf_read_sector(const struct udf *udf, uint64_t sector, int identifier, uint8_t *block,
                    struct error *error)
{
    uint64_t sector_count = udf->file->size / udf->block_size;
    if (sector >= sector_count) {
        return error_set(error,
                         "%s: sector %llu: the image has only %llu: it was cut short on the way",
                         udf->name, (unsigned long long)sector, (unsigned long long)sector_count);
    }
    if (file_read(udf->file, sector * udf->block_size, block, udf->block_size, error) != 0) {
        return -1;
    }
    const char *problem = udf_check_tag(block, udf->block_size, identifier);
    return problem == NULL ? 0
                           : error_set(error, "%s: sector %llu: %s", udf->name,
                                       (unsigned long long)sector, problem);
}

int udf_find_blocks(const struct udf *udf, struct address address, uint64_t length,
                    struct file_range *range, struct error *error)
{
    if (address.partition >= udf->partition_count) {
        return udf_fail(udf, address, "there is no such partition", error);
    }
    const struct partition *partition = &udf->partitions[address.partition];
    if (partition->blocks == NULL) {
        return udf_fail(udf, address, partition->problem, error);
    }
    uint64_t size = partition->blocks->size;
    uint64_t offset = (uint64_t)address.block * udf->block_size;
    if (offset > size || length > size - offset) {
        return udf_fail(udf, address,
                        "what is there goes beyond the end of the partition or of the image; if "
                        "the image was cut short on the way, transfer it again",
                        error);
    }
    *range = (struct file_range){.file = partition->blocks, .offset = offset, .length = length};
    return 0;
}

int udf_read_block(const struct udf *udf, struct address address, int identifier, uint8_t *block,
                   struct error *error)
{
    struct file_range range;
    if (udf_find_blocks(udf, address, udf->block_size, &range, error) != 0 ||
        file_read(range.file, range.offset, block, udf->block_size, error) != 0) {
        return -1;
    }
    const char *problem = udf_check_tag(block, udf->block_size, identifier);
    return problem == NULL ? 0 : udf_fail(udf, address, problem, error);
}

struct address udf_address(const uint8_t *descriptor)
{
    return (struct address){.block = get_u32(descriptor + LONG_BLOCK),
                            .partition = get_u16(descriptor + LONG_PARTITION)};
}

void udf_decode_name(const uint8_t *bytes, size_t length, char *text, size_t capacity)
{
    uint8_t units[2 * 255]; /* a name has at most 255 bytes */
    size_t count = 0;
    bool is_wide = length > 0 && bytes[0] == NAME_16_BITS;
    text[0] = '\0';
    if (length == 0 || length > 255 || (!is_wide && bytes[0] != NAME_8_BITS)) {
        return;
    }
    for (size_t i = 1; i + is_wide < length; i += 1 + is_wide) {
        put_u16(units + 2 * count++,
                is_wide ? (uint16_t)(bytes[i] << 8 | bytes[i + 1]) : (uint16_t)bytes[i]);
    }
    if (utf8_from_utf16(units, count, text, capacity) >= capacity) {
        text[0] = '\0';
    }
}
