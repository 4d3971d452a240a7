/* SPDX-License-Identifier: BSD-2-Clause */
/* The digest plugin "sha256": SHA-256 as FIPS 180-4 defines it. */
#include <string.h>

#include "arch/sha256.h"
#include "digest/digest.h"
#include "digest/sha_blocks.h"

enum { SHA256_SIZE = 32 };

struct sha256 {
    uint32_t h[8];
    struct sha_blocks blocks;
};

_Static_assert(sizeof(struct sha256) <= DIGEST_STATE_SIZE_MAX, "the state must fit");

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate_right(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

/* The next word of the message schedule, a ring of sixteen, in place of word t. */
static inline uint32_t next_word(uint32_t w[16], unsigned t)
{
    uint32_t w15 = w[(t + 1) & 15], w2 = w[(t + 14) & 15];
    uint32_t s0 = rotate_right(w15, 7) ^ rotate_right(w15, 18) ^ w15 >> 3;
    uint32_t s1 = rotate_right(w2, 17) ^ rotate_right(w2, 19) ^ w2 >> 10;
    return w[t & 15] += s0 + w[(t + 9) & 15] + s1;
}

/* One round. The caller changes the names of the variables from round to round, so that only d and
 * h get a new value. */
#define ROUND(a, b, c, d, e, f, g, h, t, word)                                                     \
    do {                                                                                           \
        uint32_t sum = (h) + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) +    \
                       ((g) ^ ((e) & ((f) ^ (g)))) + constants[t] + (word);                        \
        (d) += sum;                                                                                \
        (h) = sum + (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) +             \
              (((a) & (b)) | ((c) & ((a) | (b))));                                                 \
    } while (0)

/* Eight rounds, after which each variable has its own name again. */
#define EIGHT_ROUNDS(t, word)                                                                      \
    do {                                                                                           \
        ROUND(a, b, c, d, e, f, g, h, (t), word(t));                                               \
        ROUND(h, a, b, c, d, e, f, g, (t) + 1, word((t) + 1));                                     \
        ROUND(g, h, a, b, c, d, e, f, (t) + 2, word((t) + 2));                                     \
        ROUND(f, g, h, a, b, c, d, e, (t) + 3, word((t) + 3));                                     \
        ROUND(e, f, g, h, a, b, c, d, (t) + 4, word((t) + 4));                                     \
        ROUND(d, e, f, g, h, a, b, c, (t) + 5, word((t) + 5));                                     \
        ROUND(c, d, e, f, g, h, a, b, (t) + 6, word((t) + 6));                                     \
        ROUND(b, c, d, e, f, g, h, a, (t) + 7, word((t) + 7));                                     \
    } while (0)
#define LOADED(t) w[t]
#define NEXT(t)   next_word(w, t)

static void compress_portable(uint32_t *state, const uint32_t all_constants[64],
                              const uint8_t *bytes, size_t block_count)
{
    uint32_t w[16];
    for (; block_count; block_count--, bytes += SHA_BLOCK_SIZE) {
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (unsigned i = 0; i < 16; i++) {
            w[i] = sha_load(bytes + 4 * i);
        }
        const uint32_t *constants = all_constants;
        EIGHT_ROUNDS(0, LOADED);
        EIGHT_ROUNDS(8, LOADED);
        for (unsigned i = 0; i < 3; i++) {
            constants += 16;
            EIGHT_ROUNDS(0, NEXT);
            EIGHT_ROUNDS(8, NEXT);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}

static void compress(uint32_t *state, const uint8_t *bytes, size_t block_count)
{
    sha256_blocks *native = sha256_native();
    (native != NULL ? native : compress_portable)(state, round_constants, bytes, block_count);
}

static void start(struct digest_state *state)
{
    struct sha256 *sha = (struct sha256 *)state;
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sha->h, initial, sizeof(initial));
    sha->blocks.length = 0;
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    struct sha256 *sha = (struct sha256 *)state;
    sha_blocks_update(&sha->blocks, compress, sha->h, bytes, length);
}

static void finish(struct digest_state *state, uint8_t *result)
{
    struct sha256 *sha = (struct sha256 *)state;
    sha_blocks_finish(&sha->blocks, compress, sha->h, 8, result);
}

PLUGIN(digest, sha256) = {
    .name = "sha256",
    .size = SHA256_SIZE,
    .start = start,
    .update = update,
    .finish = finish,
};
