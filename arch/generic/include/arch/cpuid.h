/* SPDX-License-Identifier: BSD-2-Clause */
/* Only x86 says in one instruction what it can do. */
#ifndef ARCH_CPUID_H
#define ARCH_CPUID_H

#include <stdbool.h>
#include <stdint.h>

static inline bool cpuid(uint32_t leaf, uint32_t registers[4])
{
    return false;
}

#endif
