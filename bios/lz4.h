/* SPDX-License-Identifier: BSD-2-Clause */
/* LZ4's block format, in which the BIOS half of the loader is packed (tools/pack.c). */
#ifndef BIOS_LZ4_H
#define BIOS_LZ4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Unpack a block. Uses no memory but its buffers, and calls nothing.
 *
 * @return whether it is valid and has exactly `out_size` bytes
 */
bool lz4_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size);

#endif
