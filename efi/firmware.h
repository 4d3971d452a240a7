/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every file of the UEFI platform shares: the tables that the firmware gave us, and how to
 * name its status codes. UEFI's types and constants come from gnu-efi's headers; nothing of its
 * library is linked. The chapter numbers in comments are those of the UEFI specification 2.10.
 */
#ifndef EFI_FIRMWARE_H
#define EFI_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

#include <efi.h>

/** Set by the entry point before anything else runs. */
extern EFI_HANDLE efi_image;
extern EFI_SYSTEM_TABLE *efi_system;
extern EFI_BOOT_SERVICES *efi_services;

/** Our own image as the firmware loaded it. */
EFI_LOADED_IMAGE_PROTOCOL *efi_loaded_image(void);

/** The interface of a protocol on a handle; NULL if it has none. */
void *efi_protocol(EFI_HANDLE handle, const EFI_GUID *protocol);

/**
 * All handles that have a protocol.
 *
 * @param count written
 * @return an array to be freed with efi_services->FreePool(), or NULL if there are none
 */
EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count);

/** "EFI_LOAD_ERROR"; "status 0x…" for one without a name, in a buffer that the next call reuses. */
const char *efi_status_name(EFI_STATUS status);

/** A device path of the firmware's, if it has nodes, each has a possible length, and an end comes
 * within 64 KiB; else NULL. */
const EFI_DEVICE_PATH *efi_sound_path(const EFI_DEVICE_PATH *path);

/** The next node of a sound device path; NULL after the last one. */
const EFI_DEVICE_PATH *efi_next_node(const EFI_DEVICE_PATH *node);

#endif
