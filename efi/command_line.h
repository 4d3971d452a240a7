/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line from a loaded image's load options. */
#ifndef EFI_COMMAND_LINE_H
#define EFI_COMMAND_LINE_H

#include "efi/firmware.h"

/**
 * The arguments as NUL-terminated UTF-8, valid until the next call, never NULL.
 *
 * Load options may be anything: firmware stores binary data in boot entries. Only UTF-16 text
 * counts. Its first word is dropped if it is the program's name, which iPXE and the UEFI shell
 * put there and systemd-boot, GRUB and QEMU do not.
 */
const char *efi_command_line(const EFI_LOADED_IMAGE_PROTOCOL *image);

#endif
