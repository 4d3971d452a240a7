/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's watchdog, which resets a machine that has hung. */
#ifndef EFI_WATCHDOG_H
#define EFI_WATCHDOG_H

/** Start its five minutes, or start them again. */
void efi_watchdog_arm(void);

/** Stop it: a user may take a long time to answer. */
void efi_watchdog_disarm(void);

#endif
