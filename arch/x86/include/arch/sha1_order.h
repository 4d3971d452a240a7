/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the compiler is to order the rounds of arch/sha1_rounds.h. Left alone, gcc computes
 * so far ahead that it must put values aside, most of all on i386, which has seven registers. These
 * tell it to finish a value before it goes on, and to use the ring from memory: 10 % fewer
 * instructions.
 */
#ifndef ARCH_SHA1_ORDER_H
#define ARCH_SHA1_ORDER_H

#define SHA1_FINISH(value)     __asm__("" : "+r"(value))
#define SHA1_FINISH_RING(ring) __asm__ volatile("" : : "r"(ring) : "memory")

#endif
