/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be done with pages: EFI_MEMORY_ATTRIBUTE_PROTOCOL (chapter 7.2.6). Firmware before about
 * 2023 does not have it; there, nothing is done and nothing is wrong.
 */
#ifndef EFI_MEMORY_ATTRIBUTES_H
#define EFI_MEMORY_ATTRIBUTES_H

#include <stdbool.h>

#include "efi/firmware.h"

/** Make the pages of `size` bytes at `memory`, page-aligned, data: they are never run. */
void efi_make_data(void *memory, UINTN size);

/** Such pages before they are freed: whoever gets them next may put code there. */
void efi_make_free(void *memory, UINTN size);

/** Protect our own image: code is not written, data are not run. */
void efi_protect_own_image(void);

/** Leave our own image as the firmware loaded it. */
void efi_release_own_image(void);

/**
 * Give a loaded image's pages what the firmware's own LoadImage() leaves to images that do not say
 * that they can do with less: read, write and run.
 *
 * @return false if that was refused
 */
bool efi_make_all_allowed(const EFI_LOADED_IMAGE_PROTOCOL *image);

#endif
