/* SPDX-License-Identifier: BSD-2-Clause */
/* The block function of SHA-256 with the SHA instructions of AArch64, if the processor has
 * them. */
#include <arm_neon.h>

#include "arch/instruction_sets.h"
#include "arch/sha256.h"

enum { BLOCK_SIZE = 64, VECTOR_COUNT = 16 };

static void compress(uint32_t *h, const uint32_t constants[64], const uint8_t *bytes,
                     size_t block_count)
{
    uint32x4_t abcd = vld1q_u32(h), efgh = vld1q_u32(h + 4);
    for (; block_count != 0; block_count--, bytes += BLOCK_SIZE) {
        uint32x4_t old_abcd = abcd, old_efgh = efgh, w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
        }
        /* Four rounds each. `w` is a ring of four vectors of the message schedule. */
        for (int t = 0; t < VECTOR_COUNT; t++) {
            if (t >= 4) {
                w[t & 3] = vsha256su1q_u32(vsha256su0q_u32(w[t & 3], w[(t + 1) & 3]),
                                           w[(t + 2) & 3], w[(t + 3) & 3]);
            }
            uint32x4_t sum = vaddq_u32(w[t & 3], vld1q_u32(constants + 4 * t));
            uint32x4_t before = abcd;
            abcd = vsha256hq_u32(abcd, efgh, sum);
            efgh = vsha256h2q_u32(efgh, before, sum);
        }
        abcd = vaddq_u32(abcd, old_abcd);
        efgh = vaddq_u32(efgh, old_efgh);
    }
    vst1q_u32(h, abcd);
    vst1q_u32(h + 4, efgh);
}

sha256_blocks *sha256_native(void)
{
    return instruction_set(INSTRUCTION_SET_SHA256) != 0 ? compress : NULL;
}
