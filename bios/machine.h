/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts about this machine for base/machine.h, and ways to go on without a boot. */
#ifndef BIOS_MACHINE_H
#define BIOS_MACHINE_H

/** Find them out. Once, after memory_initialise(). */
void machine_initialise(void);

/** Let the BIOS try its next boot device. Returns if it has none. */
void machine_boot_next(void);

/** Switch the machine off. Returns if the BIOS has no power management (APM) that can. */
void machine_power_off(void);

#endif
