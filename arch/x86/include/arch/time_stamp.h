/* SPDX-License-Identifier: BSD-2-Clause */
/* A counter that runs at a constant rate, which differs from machine to machine. */
#ifndef ARCH_TIME_STAMP_H
#define ARCH_TIME_STAMP_H

#include <stdint.h>

static inline uint64_t time_stamp(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

#endif
