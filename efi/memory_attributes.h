/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of pages: EFI_MEMORY_ATTRIBUTE_PROTOCOL (chapter 7.2.6). Firmware before about 2023
 * does not have it; then these functions do nothing, which is not an error.
 */
#ifndef EFI_MEMORY_ATTRIBUTES_H
#define EFI_MEMORY_ATTRIBUTES_H

#include <stdbool.h>

#include "efi/firmware.h"

/** Make the pages of `size` bytes at `memory`, page-aligned, data: not executable. */
void efi_make_data(void *memory, UINTN size);

/** Undo this before the pages are freed: their next owner may put code there. */
void efi_make_free(void *memory, UINTN size);

/** Protect our own image: code is not writable, data is not executable. */
void efi_protect_own_image(void);

/** Restore the attributes with which the firmware loaded our own image. */
void efi_release_own_image(void);

/**
 * Make a loaded image's pages readable, writable and executable, as the firmware's own LoadImage()
 * does for images that do not declare that they need less.
 *
 * @return false if that was refused
 */
bool efi_make_all_allowed(const EFI_LOADED_IMAGE_PROTOCOL *image);

#endif
