/* SPDX-License-Identifier: BSD-2-Clause */
/* The hash FNV-1a, of 32 bits: one step for each value. Its upper bits are the better ones. */
#ifndef LOADER_FNV_H
#define LOADER_FNV_H

#include <stdint.h>

/** The hash of nothing. */
#define FNV_START UINT32_C(0x811C9DC5)

static inline uint32_t fnv_add(uint32_t hash, uint32_t value)
{
    return (hash ^ value) * UINT32_C(0x01000193);
}

#endif
