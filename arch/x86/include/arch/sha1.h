/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-1 by the processor's own instructions (arch/x86/sha1.c). */
#ifndef ARCH_SHA1_H
#define ARCH_SHA1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Take whole blocks of 64 bytes into a hash value.
 * @return false, and nothing done, if this processor has no instructions for it
 */
bool sha1_compress_native(uint32_t h[5], const uint8_t *bytes, size_t block_count);

#endif
