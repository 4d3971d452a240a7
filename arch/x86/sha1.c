/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-1 with the SHA instructions of x86, and which of the block functions a processor can run.
 * They need SSE to be on: the BIOS platform switches it on.
 */
#include "arch/x86/sha1.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>

enum { BLOCK_SIZE = 64 };

/*
 * Four rounds. `w` is a ring of four vectors, each four words of the message schedule; the vectors
 * `t` = 4 and on are made from the four before. The instruction needs its function (0 to 3, for
 * each twenty rounds) as a constant.
 */
#define FOUR_ROUNDS(t, function)                                                                   \
    do {                                                                                           \
        if ((t) >= 4)                                                                              \
            w[(t)&3] = _mm_sha1msg2_epu32(                                                         \
                _mm_xor_si128(_mm_sha1msg1_epu32(w[(t)&3], w[((t) + 1) & 3]), w[((t) + 2) & 3]),   \
                w[((t) + 3) & 3]);                                                                 \
        __m128i sum = (t) ? _mm_sha1nexte_epu32(e, w[(t)&3]) : _mm_add_epi32(e, w[0]);             \
        e = abcd;                                                                                  \
        abcd = _mm_sha1rnds4_epu32(abcd, sum, function);                                           \
    } while (0)

#define TWENTY_ROUNDS(t, function)                                                                 \
    do {                                                                                           \
        FOUR_ROUNDS(t, function);                                                                  \
        FOUR_ROUNDS((t) + 1, function);                                                            \
        FOUR_ROUNDS((t) + 2, function);                                                            \
        FOUR_ROUNDS((t) + 3, function);                                                            \
        FOUR_ROUNDS((t) + 4, function);                                                            \
    } while (0)

__attribute__((target("sha,sse4.1"))) static void compress(uint32_t *h, const uint8_t *bytes,
                                                           size_t block_count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    /* The instructions keep A in the highest word. */
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)h), 0x1b);
    __m128i e = _mm_set_epi32((int)h[4], 0, 0, 0);
    for (; block_count; block_count--, bytes += BLOCK_SIZE) {
        __m128i old_abcd = abcd, old_e = e, w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), big_endian);
        }
        TWENTY_ROUNDS(0, 0);
        TWENTY_ROUNDS(5, 1);
        TWENTY_ROUNDS(10, 2);
        TWENTY_ROUNDS(15, 3);
        e = _mm_sha1nexte_epu32(e, old_e);
        abcd = _mm_add_epi32(abcd, old_abcd);
    }
    _mm_storeu_si128((__m128i *)h, _mm_shuffle_epi32(abcd, 0x1b));
    h[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

sha1_blocks *sha1_native(unsigned index)
{
    enum { SSSE3 = 1 << 9, SSE41 = 1 << 19, SHA = 1 << 29 }; /* leaf 1 ECX, ECX, leaf 7 EBX */
    enum { COUNT = 2 };
    static sha1_blocks *functions[COUNT];
    static bool known; /* looking is slow in virtual machines */
    if (!known) {
        unsigned a, b, c, d, count = 0;
        bool has_leaf_1 = __get_cpuid(1, &a, &b, &c, &d);
        unsigned vectors = has_leaf_1 ? c : 0;
        if ((vectors & SSSE3) && (vectors & SSE41) && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
            (b & SHA)) {
            functions[count++] = compress;
        }
        if (vectors & SSSE3) {
            functions[count++] = sha1_compress_ssse3;
        }
        known = true;
    }
    return index < COUNT ? functions[index] : NULL;
}
