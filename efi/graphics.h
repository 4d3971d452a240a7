/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeping the boot manager in text mode.
 *
 * Windows' boot manager draws its messages with fonts that are often missing in a network boot;
 * then the screen stays empty. If its first attempt to open a display's graphics fails, it writes
 * text instead. Later attempts must succeed, or Windows itself would have no display.
 */
#ifndef EFI_GRAPHICS_H
#define EFI_GRAPHICS_H

/** From now on the first open of each handle's graphics fails. */
void efi_graphics_hide(void);

/** Undo efi_graphics_hide(). */
void efi_graphics_show(void);

#endif
