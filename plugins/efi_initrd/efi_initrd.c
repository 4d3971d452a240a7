/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source: the initrd that GRUB (2.12 and later), systemd-boot and QEMU hand over through the
 * firmware. It has the same contents as the memory that a BIOS boot loader fills.
 *
 * Not here: iPXE, which also provides the same images as a file system, without a second copy of
 * them in memory (efi_fs).
 */
#include "efi/boot_device.h"
#include "files/initrd.h"
#include "files/source.h"

enum { TRIES = 3 };

/* GRUB before July 2025 first returned a wrong size: the second answer counts. */
static EFI_STATUS load(struct pool *pool, void **bytes, UINTN *size)
{
    UINTN capacity = 0;
    EFI_STATUS status = EFI_BUFFER_TOO_SMALL;
    *bytes = NULL;
    *size = 0;
    for (int i = 0; i < TRIES && status == EFI_BUFFER_TOO_SMALL; i++) {
        if (*size > capacity) {
            *bytes = pool_allocate_content(pool, *size);
            if (*bytes == NULL) {
                return EFI_OUT_OF_RESOURCES;
            }
            capacity = *size;
        }
        *size = capacity;
        status = efi_initrd_read(size, *bytes);
        if (status == EFI_BUFFER_TOO_SMALL && *size == 0) {
            return EFI_SUCCESS; /* an empty one */
        }
    }
    /* More bytes than the buffer has: none of them counts. */
    return !EFI_ERROR(status) && *size > capacity ? EFI_BAD_BUFFER_SIZE : status;
}

static int enumerate(struct file_list *list, struct error *error)
{
    if (!efi_initrd_exists() || efi_boot_file_system_is_ipxe()) {
        return 0;
    }
    void *bytes;
    UINTN size;
    EFI_STATUS status = load(list->pool, &bytes, &size);
    if (status == EFI_OUT_OF_RESOURCES) {
        memory_note_shortage();
        return error_no_memory(error, "a copy of the initrd, %zu bytes, which the boot loader has",
                               (size_t)size);
    }
    if (EFI_ERROR(status)) {
        return error_set(error, "cannot read the initrd, %zu bytes, from the boot loader: %s",
                         (size_t)size, efi_status_name(status));
    }
    return initrd_add_files(list, bytes, size, INITRD_GIVEN, error);
}

PLUGIN(source, efi_initrd) = {
    .name = "efi_initrd",
    .enumerate = enumerate,
};
