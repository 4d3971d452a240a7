/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real mode: calling it, and the low memory that it shares with us. Paging must be off.
 */
#ifndef BIOS_REAL_MODE_H
#define BIOS_REAL_MODE_H

#include <stddef.h>
#include <stdint.h>

#include "bios/registers.h"

/** The linker script's addresses. */
extern uint8_t resident_start[], page_tables[], real_mode_buffer[], low_memory_end[];
extern uint8_t transient_end[], transient_limit[];

enum {
    /** Bytes of real_mode_buffer: for parameters of real-mode calls, until the hand-over only. */
    REAL_MODE_BUFFER_SIZE = 0x8000,
    /** The BIOS data area's number of hard disks. */
    BDA_DISK_COUNT = 0x475,
};

/** A pointer to a physical address. (The compiler distrusts constant pointers to low memory.) */
static inline void *physical(uint32_t address)
{
    asm("" : "+r"(address));
    return (void *)address;
}

/** The linear address of segment:offset. */
static inline uint32_t real_mode_linear(uint32_t segment, uint32_t offset)
{
    return ((segment & 0xFFFF) << 4) + (offset & 0xFFFF);
}

/** Call a far real-mode routine (real_mode.asm). */
void real_mode_call(struct registers *registers, uint32_t target, uint16_t entry_flags);

/** Call an interrupt as the INT instruction does. registers->target does not matter. */
static inline void real_mode_interrupt(uint8_t vector, struct registers *registers)
{
    real_mode_call(registers, *(const uint32_t *)physical(vector * 4u), FLAG_ALWAYS_SET);
}

#endif
