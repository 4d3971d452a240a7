/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block function of SHA-1 for processors with SSSE3 (2006), but without instructions for SHA-1:
 * the message schedule four words at a time, with the constants of the rounds added.
 */
#include <immintrin.h>

#include "arch/sha1_rounds.h"
#include "arch/x86/sha1.h"

enum { BLOCK_SIZE = 64, ROUNDS = 80 };

__attribute__((target("ssse3"))) static inline __m128i rotate_words(__m128i words, int bits)
{
    return _mm_or_si128(_mm_slli_epi32(words, bits), _mm_srli_epi32(words, 32 - bits));
}

/*
 * W(t) is W(t-3) ^ W(t-8) ^ W(t-14) ^ W(t-16), rotated by 1 bit. Of four words from t on the last
 * needs the first: it is made without, and what is missing is added.
 */
__attribute__((target("ssse3"))) static inline __m128i four_words(__m128i t16, __m128i t12,
                                                                  __m128i t8, __m128i t4)
{
    __m128i sum = _mm_xor_si128(_mm_xor_si128(_mm_alignr_epi8(t12, t16, 8), t16),
                                _mm_xor_si128(_mm_srli_si128(t4, 4), t8));
    return _mm_xor_si128(rotate_words(sum, 1), rotate_words(_mm_slli_si128(sum, 12), 2));
}

/*
 * From t = 32 on the same rule, applied twice, gives W(t) as W(t-6) ^ W(t-16) ^ W(t-28) ^ W(t-32),
 * rotated by 2 bits: no word needs one of the same four.
 */
__attribute__((target("ssse3"))) static inline __m128i
four_later_words(__m128i t32, __m128i t28, __m128i t16, __m128i t8, __m128i t4)
{
    __m128i sum = _mm_alignr_epi8(t4, t8, 8);
    sum = _mm_xor_si128(_mm_xor_si128(_mm_xor_si128(sum, t16), t28), t32);
    return rotate_words(sum, 2);
}

__attribute__((target("ssse3"), noinline)) static void schedule(uint32_t words[ROUNDS],
                                                                const uint8_t *block)
{
    static const uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i w[8]; /* a ring: four words each */
#pragma GCC unroll 20
    for (int i = 0; i < ROUNDS / 4; i++) {
        __m128i *now = &w[i & 7];
        if (i < 4) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)block + i);
            *now = _mm_shuffle_epi8(bytes, big_endian);
        } else if (i < 8) {
            *now = four_words(w[i - 4], w[i - 3], w[i - 2], w[i - 1]);
        } else {
            *now = four_later_words(*now, w[(i + 1) & 7], w[(i + 4) & 7], w[(i + 6) & 7],
                                    w[(i + 7) & 7]);
        }
        __m128i constant = _mm_set1_epi32((int)constants[i / 5]);
        _mm_storeu_si128((__m128i *)words + i, _mm_add_epi32(*now, constant));
    }
}

#define WORD(t) words[t]

void sha1_compress_ssse3(uint32_t *h, const uint8_t *bytes, size_t block_count)
{
    uint32_t words[ROUNDS];
    for (; block_count; block_count--, bytes += BLOCK_SIZE) {
        schedule(words, bytes);
        SHA1_BLOCK(h, WORD, 0, 0, 0, 0);
    }
}
