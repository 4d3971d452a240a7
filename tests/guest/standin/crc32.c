/* SPDX-License-Identifier: BSD-2-Clause */
/* See crc32.h. Four bytes a step, by four tables: guests hash tens of megabytes in emulation. */
#include "crc32.h"

#include <stdbool.h>
#include <string.h>

enum { POLYNOMIAL = (int)0xedb88320 };

static uint32_t tables[4][256];

static void make_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) {
            value = value >> 1 ^ (value & 1 ? (uint32_t)POLYNOMIAL : 0);
        }
        tables[0][byte] = value;
    }
    for (int table = 1; table < 4; table++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t value = tables[table - 1][byte];
            tables[table][byte] = value >> 8 ^ tables[0][value & 0xff];
        }
    }
}

uint32_t crc32_add(uint32_t checksum, const void *data, size_t length)
{
    if (!tables[0][1]) {
        make_tables();
    }
    const uint8_t *bytes = data;
    checksum = ~checksum;
    for (; length >= 4; bytes += 4, length -= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        checksum ^= word;
        checksum = tables[3][checksum & 0xff] ^ tables[2][checksum >> 8 & 0xff] ^
                   tables[1][checksum >> 16 & 0xff] ^ tables[0][checksum >> 24];
    }
    for (; length; bytes++, length--) {
        checksum = checksum >> 8 ^ tables[0][(checksum ^ *bytes) & 0xff];
    }
    return ~checksum;
}
