/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that the boot manager may call while it runs. Resident.
 */
#ifndef BIOS_CALLBACK_H
#define BIOS_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "bios/registers.h"

/** A disk that answers INT 13. Must be resident, like its functions. */
struct disk_callback {
    /** Answer a call; false to leave it to the BIOS. */
    bool (*answer)(struct registers *registers);
    /** Correct what the BIOS answered to a call. */
    void (*correct)(const struct registers *call, struct registers *result);
};

/** Let a disk handle INT 13 before the BIOS; NULL to remove it. */
void callback_set_disk(const struct disk_callback *callback);

/** Whether the boot manager sees graphics modes. The default is not. */
void callback_allow_graphics(bool allow);

/** The callbacks as the boot manager gets them (handover.asm). */
void callback_interrupt_entry(struct registers *registers);
void callback_real_entry(struct registers *registers);

/** What they do, with paging off. */
void callback_interrupt(struct registers *registers);
void callback_real(struct registers *registers);

/** Enter the boot manager (handover.asm). */
_Noreturn void manager_enter(uint32_t entry_point, const void *block);

/** Where manager_enter() ends if the boot manager returns: shows a message, waits for a key,
 * reboots. */
_Noreturn void manager_returned(uint32_t status);

/** Reboot the machine. */
_Noreturn void machine_reboot(void);

#endif
