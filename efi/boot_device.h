/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader that started us provides: a file system on the device that we were loaded
 * from, an initrd, or both. The source plugins take the files from there.
 */
#ifndef EFI_BOOT_DEVICE_H
#define EFI_BOOT_DEVICE_H

#include <stdbool.h>

#include "efi/firmware.h"

/** The file system that we were started from; NULL if there is none. */
EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *efi_boot_file_system(void);

/**
 * Is this the file system of iPXE? Since 2021 it has a hidden file of this name, in which all its
 * images follow each other. The same bytes may be offered as an initrd.
 */
#define IPXE_INITRD u"initrd.magic"
bool efi_boot_file_system_is_ipxe(void);

/**
 * The URL of the file that we were started from, "file:///EFI/BOOT/BOOTX64.EFI". Valid until the
 * loader ends.
 *
 * @return NULL if it was no file of a volume
 */
const char *efi_boot_file_url(void);

/** Did iPXE start us? Its file system may lack that file, and it may have no files at all. */
bool efi_started_by_ipxe(void);

/** iPXE's protocol to download files, on the handle that it starts programs from. */
extern const EFI_GUID efi_ipxe_download_guid;

/**
 * Does the boot loader hand over an initrd in the way that Linux defined: LoadFile2 on a vendor
 * media device path (Linux, Documentation/arch/x86/boot.rst)?
 */
bool efi_initrd_exists(void);

/**
 * Read that initrd.
 *
 * @param size bytes of the buffer; written: bytes that it has
 * @return EFI_BUFFER_TOO_SMALL if the buffer is
 */
EFI_STATUS efi_initrd_read(UINTN *size, void *buffer);

#endif
