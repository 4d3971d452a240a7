/* SPDX-License-Identifier: BSD-2-Clause */
/* The counter of the processor's time. */
#ifndef ARCH_TIME_STAMP_H
#define ARCH_TIME_STAMP_H

#include <stdint.h>

/** Ticks since the machine was switched on, at a rate that does not change. */
static inline uint64_t time_stamp(void)
{
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

#endif
