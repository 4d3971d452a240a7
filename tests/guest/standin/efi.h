/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the UEFI stand-in share. The protocol headers are gnu-efi's. */
#ifndef STANDIN_EFI_H
#define STANDIN_EFI_H

#include <efi.h>
#include <stdbool.h>
#include <stdint.h>

#include "fat.h"

extern EFI_SYSTEM_TABLE *system_table;
extern EFI_BOOT_SERVICES *boot_services;
extern EFI_HANDLE own_image;

/** A protocol of a handle, or NULL. */
void *protocol_of(EFI_HANDLE handle, EFI_GUID *guid);

/* ---- efi_disk.c ---- */

struct efi_volume {
    struct disk disk;
    uint64_t partition_start; /* bytes, as the device path says */
    uint32_t signature;       /* the same */
};

/** Check the handles that we were started from, and their BlockIo. */
bool find_volume(const EFI_LOADED_IMAGE *image, struct efi_volume *volume);

/* ---- efi_image.c ---- */

/** Read ourselves back from the volume and compare, as boot managers do before they go on. */
void check_own_image(struct fat *fat, const EFI_LOADED_IMAGE *image);

/* ---- efi_attributes.c ---- */

/** Check that the loader's code is not written and its data are not run, if the firmware can tell.
 */
void check_loader_pages(const EFI_LOADED_IMAGE *loader);

/* ---- efi_timer.c ---- */

/** Read the partition again and again from a timer, until it is stopped. */
void start_timer(EFI_HANDLE partition);

/** Stop, and check that all these reads were good. */
void stop_timer(void);

/* ---- efi_memory.c ---- */

/** Overwrite all free memory, and take some for us. */
void take_memory(void);

#endif
