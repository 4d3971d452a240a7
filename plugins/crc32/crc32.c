/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digest plugin "crc32": the CRC-32 of zip, gzip and Ethernet (polynomial 0x04C11DB7, bits
 * reflected).
 *
 * Eight bytes at a time: table[n][b] is the effect of byte b with n zero bytes after it, so the
 * eight look-ups of a step do not wait for each other.
 */
#include <string.h>

#include "base/little_endian.h"
#include "digest/digest.h"

enum { STEP = 8 };

static const uint32_t reflected_polynomial = 0xedb88320;

/* 8 KiB, filled when first needed. */
static uint32_t table[STEP][256];

struct crc32 {
    uint32_t remainder;
};

static void fill_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (unsigned bit = 0; bit < 8; bit++) {
            value = value & 1 ? value >> 1 ^ reflected_polynomial : value >> 1;
        }
        table[0][byte] = value;
    }
    for (unsigned n = 1; n < STEP; n++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint32_t value = table[n - 1][byte];
            table[n][byte] = value >> 8 ^ table[0][value & 0xff];
        }
    }
}

static void start(struct digest_state *state)
{
    struct crc32 *crc = (struct crc32 *)state;
    if (!table[0][1]) {
        fill_table();
    }
    crc->remainder = UINT32_MAX;
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    struct crc32 *crc = (struct crc32 *)state;
    const uint8_t *in = bytes;
    uint32_t remainder = crc->remainder;
    for (; length >= STEP; length -= STEP, in += STEP) {
        uint32_t low = get_u32(in) ^ remainder, high = get_u32(in + 4);
        remainder = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^
                    table[4][low >> 24] ^ table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^
                    table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
    }
    for (; length; length--) {
        remainder = remainder >> 8 ^ table[0][(remainder ^ *in++) & 0xff];
    }
    crc->remainder = remainder;
}

static void finish(struct digest_state *state, uint8_t *result)
{
    const struct crc32 *crc = (const struct crc32 *)state;
    uint32_t value = __builtin_bswap32(~crc->remainder);
    put_u32(result, value);
}

PLUGIN(digest, crc32) = {
    .name = "crc32",
    .size = 4,
    .start = start,
    .update = update,
    .finish = finish,
};
