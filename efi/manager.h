/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of the hand-over that platform.h does not know: see manager.c. */
#ifndef EFI_MANAGER_H
#define EFI_MANAGER_H

/** Unload a boot manager that was loaded but never started, and take the virtual disk away. */
void efi_manager_release(void);

#endif
