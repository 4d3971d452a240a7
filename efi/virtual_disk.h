/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two handles of the virtual disk and its partition in the firmware, and their device
 * paths. They exist before there is a volume, because the boot manager is loaded from a path on the
 * partition; the disk plugin then puts BlockIo on them.
 */
#ifndef EFI_VIRTUAL_DISK_H
#define EFI_VIRTUAL_DISK_H

#include "base/error.h"
#include "efi/firmware.h"
#include "volume/volume.h"

/** Make the handles, unless they exist already. */
int efi_disk_open(struct error *error);

/** Remove the handles. Only what efi_disk_open() installed may be on them. */
void efi_disk_close(void);

/** NULL before efi_disk_open(). */
EFI_HANDLE efi_disk_handle(void);
EFI_HANDLE efi_partition_handle(void);

/** Put the volume's signature and size into the partition's device path. */
void efi_disk_describe(const struct volume *volume);

/**
 * Bring the partition's node in another device path up to date: the firmware keeps a copy of the
 * one that the boot manager was loaded by.
 */
void efi_disk_update_path(EFI_DEVICE_PATH *path);

/**
 * The device path of a file on the partition.
 *
 * @param path Windows path, UTF-8
 * @return to be freed with memory_free(); NULL without memory
 */
EFI_DEVICE_PATH *efi_disk_file_path(const char *path);

#endif
