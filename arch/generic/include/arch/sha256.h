/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 by the processor's own instructions: none are used. */
#ifndef ARCH_SHA256_H
#define ARCH_SHA256_H

#include <stddef.h>
#include <stdint.h>

/** Hash whole blocks of 64 bytes into `h`, eight words; `constants` are the rounds' (FIPS
 * 180-4, 4.2.2). */
typedef void sha256_blocks(uint32_t *h, const uint32_t constants[64], const uint8_t *bytes,
                           size_t block_count);

/** @return the block function that is written for this processor, or NULL */
static inline sha256_blocks *sha256_native(void)
{
    return NULL;
}

#endif
