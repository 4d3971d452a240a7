/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-1 as FIPS 180-4 defines it.
 *
 * A boot hashes everything that it reads from a WIM, so the block function is unrolled: the five
 * working variables change their names from round to round instead of their values, and the message
 * schedule is a ring of sixteen words.
 */
#include "digest/sha1.h"

#include "arch/sha1.h"
#include "arch/sha1_rounds.h"

static inline uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/* Word t of the message schedule: from the block for the first sixteen, then from the ring. */
#define LOAD(t) (w[t] = sha_load(bytes + 4 * (t)))
#define NEXT(t)                                                                                    \
    ({                                                                                             \
        uint32_t next = w[((t) + 13) & 15] ^ w[((t) + 8) & 15] ^ w[((t) + 2) & 15] ^ w[(t)&15];    \
        next = rotate(next, 1);                                                                    \
        w[(t)&15] = next;                                                                          \
        SHA1_FINISH_RING(w);                                                                       \
        next;                                                                                      \
    })

/* The standard's Ch, Parity and Maj. The two halves of Maj have no bit in common, so that they can
 * be added one after the other, off the path on which the next round waits. */
#define CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) + ((d) & ((b) ^ (c))))

#define ROUND(a, b, c, d, e, function, constant, word)                                             \
    do {                                                                                           \
        (e) += (word);                                                                             \
        SHA1_FINISH(e);                                                                            \
        (e) += rotate(a, 5) + (constant);                                                          \
        SHA1_FINISH(e);                                                                            \
        (e) += function(b, c, d);                                                                  \
        SHA1_FINISH(e);                                                                            \
        (b) = rotate(b, 30);                                                                       \
    } while (0)

/* Five rounds, after which each variable has its own name again. */
#define FIVE_ROUNDS(t, function, constant, word)                                                   \
    do {                                                                                           \
        ROUND(a, b, c, d, e, function, constant, word(t));                                         \
        ROUND(e, a, b, c, d, function, constant, word((t) + 1));                                   \
        ROUND(d, e, a, b, c, function, constant, word((t) + 2));                                   \
        ROUND(c, d, e, a, b, function, constant, word((t) + 3));                                   \
        ROUND(b, c, d, e, a, function, constant, word((t) + 4));                                   \
    } while (0)

void sha1_compress_portable(uint32_t h[5], const uint8_t *bytes, size_t block_count)
{
    const uint32_t k1 = 0x5a827999, k2 = 0x6ed9eba1, k3 = 0x8f1bbcdc, k4 = 0xca62c1d6;
    uint32_t w[16];
    for (; block_count; block_count--, bytes += SHA_BLOCK_SIZE) {
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        FIVE_ROUNDS(0, CHOOSE, k1, LOAD);
        FIVE_ROUNDS(5, CHOOSE, k1, LOAD);
        FIVE_ROUNDS(10, CHOOSE, k1, LOAD);
        ROUND(a, b, c, d, e, CHOOSE, k1, LOAD(15));
        ROUND(e, a, b, c, d, CHOOSE, k1, NEXT(16));
        ROUND(d, e, a, b, c, CHOOSE, k1, NEXT(17));
        ROUND(c, d, e, a, b, CHOOSE, k1, NEXT(18));
        ROUND(b, c, d, e, a, CHOOSE, k1, NEXT(19));

        FIVE_ROUNDS(20, PARITY, k2, NEXT);
        FIVE_ROUNDS(25, PARITY, k2, NEXT);
        FIVE_ROUNDS(30, PARITY, k2, NEXT);
        FIVE_ROUNDS(35, PARITY, k2, NEXT);

        FIVE_ROUNDS(40, MAJORITY, k3, NEXT);
        FIVE_ROUNDS(45, MAJORITY, k3, NEXT);
        FIVE_ROUNDS(50, MAJORITY, k3, NEXT);
        FIVE_ROUNDS(55, MAJORITY, k3, NEXT);

        FIVE_ROUNDS(60, PARITY, k4, NEXT);
        FIVE_ROUNDS(65, PARITY, k4, NEXT);
        FIVE_ROUNDS(70, PARITY, k4, NEXT);
        FIVE_ROUNDS(75, PARITY, k4, NEXT);

        h[0] += a;
        h[1] += b;
        h[2] += c;
        h[3] += d;
        h[4] += e;
    }
}

static void compress(uint32_t *h, const uint8_t *bytes, size_t block_count)
{
    if (!sha1_compress_native(h, bytes, block_count)) {
        sha1_compress_portable(h, bytes, block_count);
    }
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
