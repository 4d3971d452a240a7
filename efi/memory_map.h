/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rest of the UEFI platform learns from the memory allocator. */
#ifndef EFI_MEMORY_MAP_H
#define EFI_MEMORY_MAP_H

#include <stddef.h>
#include <stdint.h>

/** Bytes taken from the firmware for scratch memory and pools. */
uint64_t efi_memory_scratch(void);

/** Bytes taken from the firmware for the contents of files. */
uint64_t efi_memory_content(void);

/** Bytes of RAM: all that an operating system may use later, or only what is free now. */
void efi_memory_totals(uint64_t *usable, uint64_t *free);

/** Give all scratch memory back: the firmware does not do it when an application ends. */
void efi_memory_release_all(void);

#endif
