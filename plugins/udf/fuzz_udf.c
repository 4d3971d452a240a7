/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDF with sectors of 512 bytes: the recognition sequence, then any bytes from the anchor's sector
 * on. Tags get the checksums that their descriptors should have, because guessing a CRC takes a
 * fuzzer too long; one input in sixteen keeps its own.
 */
#include "base/little_endian.h"
#include "plugins/udf/udf_format.h"
#include "tests/container/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECTOR = 512, RECOGNITION_AT = 32768, ANCHOR_AT = ANCHOR_SECTOR * SECTOR };

static uint16_t crc(const uint8_t *bytes, size_t length)
{
    uint16_t value = 0;
    for (size_t i = 0; i < 8 * length; i++) {
        unsigned bit = (unsigned)(bytes[i / 8] >> (7 - i % 8)) & 1;
        value = (uint16_t)(value << 1 ^ ((value >> 15 ^ bit) != 0 ? 0x1021 : 0));
    }
    return value;
}

static void seal(uint8_t *descriptor, size_t room)
{
    size_t length = get_u16(descriptor + TAG_CRC_LENGTH);
    if (length > room - TAG_SIZE) {
        length = room - TAG_SIZE;
        put_u16(descriptor + TAG_CRC_LENGTH, (uint16_t)length);
    }
    put_u16(descriptor + TAG_CRC, crc(descriptor + TAG_SIZE, length));
    uint8_t sum = 0;
    for (size_t i = 0; i < TAG_SIZE; i++) {
        sum += i == TAG_CHECKSUM ? 0 : descriptor[i];
    }
    descriptor[TAG_CHECKSUM] = sum;
}

/* Descriptors start sectors, entries of directories are anywhere at multiples of four. */
static void seal_all(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + TAG_SIZE <= size; at += 4) {
        size_t room = at % SECTOR == 0 ? SECTOR : SECTOR - at % SECTOR;
        room = room < TAG_SIZE || room > size - at ? size - at : room;
        unsigned identifier = get_u16(bytes + at);
        if (identifier == TAG_FILE_IDENTIFIER) {
            seal(bytes + at, size - at < SECTOR ? size - at : SECTOR);
        } else if (at % SECTOR == 0 && identifier != 0 && identifier <= TAG_EXTENDED_FILE_ENTRY) {
            seal(bytes + at, room);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *image = calloc(1, ANCHOR_AT - RECOGNITION_AT + size);
    uint8_t *rest = image + ANCHOR_AT - RECOGNITION_AT;
    memcpy(image + 1, "BEA01", 5);
    memcpy(image + 2048 + 1, "NSR02", 5);
    memcpy(image + 4096 + 1, "TEA01", 5);
    memcpy(rest, data, size);
    if (size == 0 || data[size - 1] % 16 != 15) {
        seal_all(rest, size);
    }
    fuzz_container("UDF", RECOGNITION_AT, image, ANCHOR_AT - RECOGNITION_AT + size);
    free(image);
    return 0;
}
