/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-1 as FIPS 180-4 defines it. */
#include "digest/sha1.h"

#include "arch/sha1.h"
#include "arch/sha1_rounds.h"

/* Word t of the message schedule, which is a ring of sixteen: from the block, then from the ring.
 */
#define WORD(t)                                                                                    \
    ({                                                                                             \
        uint32_t word;                                                                             \
        if ((t) < 16) {                                                                            \
            word = sha_load(bytes + 4 * ((t)&15));                                                 \
        } else {                                                                                   \
            word = w[((t) + 13) & 15] ^ w[((t) + 8) & 15] ^ w[((t) + 2) & 15] ^ w[(t)&15];         \
            word = sha1_rotate(word, 1);                                                           \
        }                                                                                          \
        w[(t)&15] = word;                                                                          \
        SHA1_FINISH_RING(w);                                                                       \
        word;                                                                                      \
    })

void sha1_compress_portable(uint32_t *h, const uint8_t *bytes, size_t block_count)
{
    uint32_t w[16];
    for (; block_count; block_count--, bytes += SHA_BLOCK_SIZE) {
        SHA1_BLOCK(h, WORD, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6);
    }
}

static void compress(uint32_t *h, const uint8_t *bytes, size_t block_count)
{
    sha1_blocks *native = sha1_native(0);
    (native != NULL ? native : sha1_compress_portable)(h, bytes, block_count);
}

void sha1_start(struct sha1 *sha1)
{
    static const uint32_t initial[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(sha1->h, initial, sizeof(initial));
    sha1->blocks.length = 0;
}

void sha1_update(struct sha1 *sha1, const void *bytes, size_t length)
{
    sha_blocks_update(&sha1->blocks, compress, sha1->h, bytes, length);
}

void sha1_finish(struct sha1 *sha1, uint8_t result[SHA1_SIZE])
{
    sha_blocks_finish(&sha1->blocks, compress, sha1->h, 5, result);
}
