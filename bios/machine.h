/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts about this machine for base/machine.h. */
#ifndef BIOS_MACHINE_H
#define BIOS_MACHINE_H

/** Find them out. Once, after memory_initialise(). */
void machine_initialise(void);

#endif
