/* SPDX-License-Identifier: BSD-2-Clause */
/* The instruction with which a processor says what it can do. */
#ifndef ARCH_CPUID_H
#define ARCH_CPUID_H

#include <stdbool.h>
#include <stdint.h>

/** @param registers written: eax, ebx, ecx, edx. @return whether there is such an instruction */
static inline bool cpuid(uint32_t leaf, uint32_t registers[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]),
                       "=d"(registers[3])
                     : "a"(leaf), "c"(0));
    return true;
}

#endif
