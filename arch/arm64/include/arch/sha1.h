/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-1 by the processor's own instructions (arch/arm64/sha1.c). */
#ifndef ARCH_SHA1_H
#define ARCH_SHA1_H

#include <stddef.h>
#include <stdint.h>

/** Hash whole blocks of 64 bytes into `h`, five words. */
typedef void sha1_blocks(uint32_t *h, const uint8_t *bytes, size_t block_count);

/** @return the block functions that are written for this processor, the fastest with index 0, or
 * NULL beyond the last */
sha1_blocks *sha1_native(unsigned index);

#endif
