/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What SHA-1 and SHA-256 have in common (FIPS 180-4, chapters 5.1.1 and 5.2.1): bytes are hashed in
 * blocks of 64, followed by a one bit, zeros, and the length in bits.
 */
#ifndef LOADER_SHA_BLOCKS_H
#define LOADER_SHA_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SHA_BLOCK_SIZE = 64 };

/** Hash whole blocks. */
typedef void sha_compress(uint32_t *h, const uint8_t *bytes, size_t block_count);

struct sha_blocks {
    uint64_t length;                 /* bytes so far */
    uint8_t pending[SHA_BLOCK_SIZE]; /* the last length % 64 of them */
};

void sha_blocks_update(struct sha_blocks *blocks, sha_compress *compress, uint32_t *h,
                       const void *bytes, size_t length);

/** Hash the padding, and write the words of the hash value. @param result 4 * word_count bytes */
void sha_blocks_finish(struct sha_blocks *blocks, sha_compress *compress, uint32_t *h,
                       size_t word_count, uint8_t *result);

static inline uint32_t sha_load(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return __builtin_bswap32(value);
}

#endif
