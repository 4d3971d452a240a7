/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of a real-mode call, as boot managers pass them to their callbacks. */
#ifndef BIOS_REGISTERS_H
#define BIOS_REGISTERS_H

#include <stdint.h>

/** Segment registers count with their low word. real_mode.asm knows this layout. */
struct registers {
    uint32_t target; /* interrupt vector, or far address (segment << 16 | offset) */
    uint32_t eax, ebx, ecx, edx;
    uint32_t unused_esp, unused_ebp;
    uint32_t esi, edi;
    uint32_t unused_cs;
    uint32_t ds;
    uint32_t unused_ss;
    uint32_t es, fs, gs;
    uint32_t eflags; /* only written */
};
_Static_assert(sizeof(struct registers) == 0x40, "layout that boot managers know");

enum { FLAG_CARRY = 1 << 0, FLAG_ALWAYS_SET = 1 << 1, FLAG_ZERO = 1 << 6, FLAG_INTERRUPT = 1 << 9 };

/** AH and AL of a register block, and the other byte registers where they are needed. */
static inline uint8_t register_low(uint32_t value)
{
    return (uint8_t)value;
}

static inline uint8_t register_high(uint32_t value)
{
    return (uint8_t)(value >> 8);
}

/** Replace the low word of a register. */
static inline void register_set_word(uint32_t *value, uint16_t word)
{
    *value = (*value & 0xFFFF0000) | word;
}

#endif
