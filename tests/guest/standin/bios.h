/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the BIOS stand-in share. */
#ifndef STANDIN_BIOS_H
#define STANDIN_BIOS_H

#include <stdbool.h>
#include <stdint.h>

#include "fat.h"

/* ---- the processor (bios_entry.asm) ---- */

struct __attribute__((packed)) descriptor_register {
    uint16_t limit;
    uint32_t base;
};

struct __attribute__((packed)) cpu_state {
    uint32_t cr0, cr3, cr4, flags, esp;
    uint16_t cs, ds, es, fs, gs, ss;
    struct descriptor_register gdtr, idtr;
};

enum {
    CR0_PROTECTION = 1u << 0,
    CR0_PAGING = 1u << 31,
    CR4_LARGE_PAGES = 1u << 4,
    CR4_OSFXSR = 1u << 9,
    FLAG_CARRY = 1u << 0,
    FLAG_INTERRUPTS = 1u << 9,
    FLAG_DIRECTION = 1u << 10,
};

extern uint64_t entry_time; /* time stamp counter at the first instruction */
extern struct cpu_state entry_state;
void read_cpu_state(struct cpu_state *state);
uint32_t call_back(uint32_t function, void *registers);
void empty_call(void *registers);

/* ---- what the loader handed over (bios_block.c) ---- */

struct region {
    uint64_t start, end; /* bytes */
};

enum { REGIONS_MAX = 64 };

struct handover {
    struct region regions[REGIONS_MAX]; /* memory that the loader says is taken */
    uint32_t region_count;
    uint64_t partition_start; /* bytes */
    uint32_t signature;       /* of the disk's MBR */
    uint32_t call_interrupt, call_real;
    uint32_t drive;
    uint32_t image_start, image_end; /* with the raw copy of the file */
};

/** Check the parameter block field by field. False if it cannot be used at all. */
bool handover_read(const uint8_t *block, struct handover *handover);

/** Whether a stretch lies in memory that the loader says is taken. */
bool handover_covers(const struct handover *handover, uint64_t start, uint64_t end);

/* ---- calls into the firmware (bios_callback.c) ---- */

/** The register block of the callbacks. */
struct registers {
    uint32_t vector; /* for a far call: offset, and segment in the upper half */
    uint32_t eax, ebx, ecx, edx, esp, ebp, esi, edi;
    uint32_t cs, ds, ss, es, fs, gs, flags;
};

enum {
    /* The region that boot managers use for everything that real-mode code has to reach. */
    BUFFER = 0x30000,
    BUFFER_END = 0x40000,
};

void callback_set(const struct handover *handover);

/**
 * A software interrupt through the loader. The register block lies at `at`, within the buffer, as
 * boot managers place it. Every call checks that the processor is as it was.
 */
void call_interrupt(uint8_t vector, struct registers *registers, uint32_t at);

/** A far call to real-mode code. */
void call_real(uint16_t segment, uint16_t offset, struct registers *registers, uint32_t at);

/** Check what does not belong to disk or memory: clock, keyboard, far calls, calls with paging. */
void check_callbacks(void);

/** Check which graphics modes the firmware admits to. */
void check_video(bool graphics_wanted);

/* ---- timing (bios_timing.c) ---- */

/** Report what 4,000 calls of some interrupts took, and as many of a function that does nothing. */
void time_calls(const struct handover *handover);

/* ---- disk (bios_disk.c) ---- */

/** Find the drive with this signature among all drives, checking every function on the way. */
bool find_drive(const struct handover *handover, struct disk *disk);

/* ---- memory (bios_memory.c) ---- */

/**
 * Walk E820, check the regions against it, overwrite everything that is neither the loader's nor
 * ours, and take the biggest of it as our own memory.
 */
void take_memory(const struct handover *handover);

#endif
