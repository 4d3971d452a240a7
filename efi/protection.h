/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data is not executable, and code is not writable, where the firmware can see to that: through
 * EFI_MEMORY_ATTRIBUTE_PROTOCOL (chapter 37.7.1). Elsewhere these functions do nothing, and memory
 * is as the firmware hands it out.
 */
#ifndef EFI_PROTECTION_H
#define EFI_PROTECTION_H

#include <stddef.h>

/** Look for the protocol, and protect our own image. Once, first. */
void efi_protection_start(void);

/** Leave our own image as the firmware loaded it. */
void efi_protection_end(void);

/** Pages that were just allocated for data: nothing in them can be run. */
void efi_forbid_execution(void *memory, size_t page_count);

/** The same pages before they are freed: whoever gets them next may put code there. */
void efi_allow_execution(void *memory, size_t page_count);

#endif
