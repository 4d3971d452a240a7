/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks and padding of SHA-1 and SHA-256. See sha_blocks.h. */
#include "digest/sha_blocks.h"

static void store(uint8_t *bytes, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof(value));
}

void sha_blocks_update(struct sha_blocks *blocks, sha_compress *compress, uint32_t *h,
                       const void *bytes, size_t length)
{
    const uint8_t *in = bytes;
    size_t pending = blocks->length % SHA_BLOCK_SIZE;
    blocks->length += length;
    if (pending) {
        size_t missing = SHA_BLOCK_SIZE - pending;
        if (length < missing) {
            memcpy(blocks->pending + pending, in, length);
            return;
        }
        memcpy(blocks->pending + pending, in, missing);
        compress(h, blocks->pending, 1);
        in += missing;
        length -= missing;
    }
    compress(h, in, length / SHA_BLOCK_SIZE);
    in += length / SHA_BLOCK_SIZE * SHA_BLOCK_SIZE;
    if (length % SHA_BLOCK_SIZE) {
        memcpy(blocks->pending, in, length % SHA_BLOCK_SIZE);
    }
}

void sha_blocks_finish(struct sha_blocks *blocks, sha_compress *compress, uint32_t *h,
                       size_t word_count, uint8_t *result)
{
    size_t pending = blocks->length % SHA_BLOCK_SIZE;
    uint64_t bits = blocks->length << 3;
    blocks->pending[pending++] = 0x80;
    if (pending > SHA_BLOCK_SIZE - sizeof(bits)) {
        memset(blocks->pending + pending, 0, SHA_BLOCK_SIZE - pending);
        compress(h, blocks->pending, 1);
        pending = 0;
    }
    memset(blocks->pending + pending, 0, SHA_BLOCK_SIZE - sizeof(bits) - pending);
    store(blocks->pending + SHA_BLOCK_SIZE - 8, (uint32_t)(bits >> 32));
    store(blocks->pending + SHA_BLOCK_SIZE - 4, (uint32_t)bits);
    compress(h, blocks->pending, 1);
    for (size_t i = 0; i < word_count; i++) {
        store(result + 4 * i, h[i]);
    }
}
