/* SPDX-License-Identifier: BSD-2-Clause */
/* Which optional instructions the processor has. */
#ifndef ARCH_INSTRUCTION_SETS_H
#define ARCH_INSTRUCTION_SETS_H

#include <stdbool.h>
#include <stdint.h>

/* Fields of ID_AA64ISAR0_EL1 (Arm ARM, D19.2): where each of four bits begins. */
enum { INSTRUCTION_SET_SHA1 = 8, INSTRUCTION_SET_SHA256 = 12 };

/** What a field says: 0 is "none". Linux lets programs ask, too. */
static inline unsigned instruction_set(unsigned field)
{
    static uint64_t value;
    static bool known; /* looking is slow in virtual machines */
    if (!known) {
        __asm__("mrs %0, id_aa64isar0_el1" : "=r"(value));
        known = true;
    }
    return value >> field & 15;
}

#endif
