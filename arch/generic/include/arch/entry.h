/* SPDX-License-Identifier: BSD-2-Clause */
/* How the firmware's calling convention shows in a function that the firmware calls. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

/** For the first function: here the stack is always aligned as the ABI demands. */
#define ARCH_ENTRY

#endif
