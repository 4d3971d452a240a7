/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source: the files in the root of the file system that we were started from. iPXE shows its images
 * there; a USB stick has them there.
 *
 * Names can be trusted: a file's content does not affect them. An archive is opened by its name, as
 * everywhere (initrd.h).
 *
 * Not here: initrds that are handed over without a file system (efi_initrd). If a boot loader
 * other than iPXE hands one over, it has the files that the user listed; the root of the disk that
 * the loader came from does not.
 */
#include "files/source.h"

#include "base/log.h"
#include "efi/boot_device.h"
#include "files/initrd.h"
#include "plugins/efi_fs/firmware_file.h"
#include "plugins/efi_fs/ipxe_initrd.h"
#include "plugins/efi_fs/own_image.h"

/* The files of the root, except us. */
struct listing {
    struct firmware_volume *volume;
    struct pool *pool;
    bool is_ipxe;
    size_t count, capacity;
    struct ipxe_image *images;
};

static int list_file(void *context, const struct firmware_entry *entry, struct error *error)
{
    enum { FIRST_CAPACITY = 64 };
    struct listing *listing = context;
    if (entry->is_directory) {
        return 0;
    }
    const struct file *file = firmware_file(listing->volume, entry->name, entry->size, error);
    if (file == NULL) {
        return -1;
    }
    if (is_own_image(file)) {
        return 0;
    }
    if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity == 0 ? FIRST_CAPACITY : 2 * listing->capacity;
        struct ipxe_image *images =
            memory_resize_array(listing->images, capacity, sizeof(listing->images[0]));
        if (images == NULL) {
            return error_no_memory(error, "the list of the boot device's files");
        }
        listing->images = images;
        listing->capacity = capacity;
    }
    listing->images[listing->count++] = (struct ipxe_image){.listed = file};
    return 0;
}

/* Find the names that iPXE was given. If that fails, the names that it lists are used. */
static void name_images(struct listing *listing)
{
    struct error error;
    uint64_t size;
    if (!firmware_file_size(listing->volume, IPXE_INITRD, &size)) {
        log_warning("%s", "initrd.magic cannot be opened: files have the names that iPXE lists");
        return;
    }
    const struct file *initrd = firmware_file(listing->volume, IPXE_INITRD, size, &error);
    if (initrd == NULL ||
        ipxe_name_images(listing->pool, initrd, listing->images, listing->count, &error) != 0) {
        log_warning("%s; files have the names that iPXE lists", error.text);
        for (size_t i = 0; i < listing->count; i++) {
            listing->images[i].named = NULL;
        }
    }
}

static int add_files(struct file_list *list, const struct listing *listing, struct error *error)
{
    for (size_t i = 0; i < listing->count; i++) {
        const struct ipxe_image *image = &listing->images[i];
        const struct file *file = image->named != NULL ? image->named : image->listed;
        int rc = initrd_is_archive(file) ? initrd_add_archive(list, file, error)
                                         : file_list_add(list, file, error);
        if (rc != 0) {
            return -1;
        }
    }
    return 0;
}

static int enumerate(struct file_list *list, struct error *error)
{
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system = efi_boot_file_system();
    struct listing listing = {.pool = list->pool, .is_ipxe = efi_boot_file_system_is_ipxe()};
    if (file_system == NULL || (efi_initrd_exists() && !listing.is_ipxe)) {
        return 0;
    }
    listing.volume = firmware_volume_open(list->pool, file_system, FIRMWARE_BLOCK_SIZE, error);
    if (listing.volume == NULL) {
        return -1;
    }
    int rc = firmware_volume_list(listing.volume, u"", list_file, &listing, error);
    if (rc == 0) {
        if (listing.is_ipxe) {
            name_images(&listing);
        }
        rc = add_files(list, &listing, error);
    }
    memory_free(listing.images);
    return rc;
}

PLUGIN(source, efi_fs) = {
    .name = "efi_fs",
    .enumerate = enumerate,
};
