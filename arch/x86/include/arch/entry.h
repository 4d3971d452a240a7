/* SPDX-License-Identifier: BSD-2-Clause */
/* How the firmware's calling convention shows in a function that the firmware calls. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

/** For the first function: some firmware enters with a stack that is not aligned as the ABI
 * demands. */
#define ARCH_ENTRY __attribute__((force_align_arg_pointer))

#endif
