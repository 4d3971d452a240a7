/* SPDX-License-Identifier: BSD-2-Clause */
/* The block function of SHA-1 with the SHA instructions of AArch64, if the processor has
 * them. */
#include <arm_neon.h>

#include "arch/instruction_sets.h"
#include "arch/sha1.h"

enum { BLOCK_SIZE = 64 };

/*
 * Four rounds. `w` is a ring of four vectors, each four words of the message schedule; the vectors
 * `t` = 4 and on are made from the four before. `instruction` is vsha1c (Ch), vsha1p (Parity) or
 * vsha1m (Maj).
 */
#define FOUR_ROUNDS(t, instruction, constant)                                                      \
    do {                                                                                           \
        if ((t) >= 4)                                                                              \
            w[(t)&3] = vsha1su1q_u32(vsha1su0q_u32(w[(t)&3], w[((t) + 1) & 3], w[((t) + 2) & 3]),  \
                                     w[((t) + 3) & 3]);                                            \
        uint32_t next_e = vsha1h_u32(vgetq_lane_u32(abcd, 0));                                     \
        abcd = instruction(abcd, e, vaddq_u32(w[(t)&3], vdupq_n_u32(constant)));                   \
        e = next_e;                                                                                \
    } while (0)

#define TWENTY_ROUNDS(t, instruction, constant)                                                    \
    do {                                                                                           \
        FOUR_ROUNDS(t, instruction, constant);                                                     \
        FOUR_ROUNDS((t) + 1, instruction, constant);                                               \
        FOUR_ROUNDS((t) + 2, instruction, constant);                                               \
        FOUR_ROUNDS((t) + 3, instruction, constant);                                               \
        FOUR_ROUNDS((t) + 4, instruction, constant);                                               \
    } while (0)

static void compress(uint32_t *h, const uint8_t *bytes, size_t block_count)
{
    uint32x4_t abcd = vld1q_u32(h);
    uint32_t e = h[4];
    for (; block_count != 0; block_count--, bytes += BLOCK_SIZE) {
        uint32x4_t old_abcd = abcd, w[4];
        uint32_t old_e = e;
        for (int i = 0; i < 4; i++) {
            w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
        }
        TWENTY_ROUNDS(0, vsha1cq_u32, 0x5a827999);
        TWENTY_ROUNDS(5, vsha1pq_u32, 0x6ed9eba1);
        TWENTY_ROUNDS(10, vsha1mq_u32, 0x8f1bbcdc);
        TWENTY_ROUNDS(15, vsha1pq_u32, 0xca62c1d6);
        abcd = vaddq_u32(abcd, old_abcd);
        e += old_e;
    }
    vst1q_u32(h, abcd);
    h[4] = e;
}

sha1_blocks *sha1_native(unsigned index)
{
    return index == 0 && instruction_set(INSTRUCTION_SET_SHA1) != 0 ? compress : NULL;
}
