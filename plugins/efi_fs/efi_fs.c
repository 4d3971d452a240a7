/*
 * Source: the files in the root of the file system that we were started from. iPXE shows its images
 * there; a USB stick has them there.
 *
 * Not here: initrds that are handed over without a file system (efi_initrd).
 */
#include "source.h"

#include <string.h>

#include "efi/firmware.h"
#include "firmware_file.h"
#include "own_image.h"

static EFI_GUID file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

struct listing {
    struct file_list *list;
    struct firmware_volume *volume;
};

static int add_file(void *context, const CHAR16 *name, uint64_t size, struct error *error)
{
    struct listing *listing = context;
    const struct file *file = firmware_file(listing->volume, name, size, error);
    if (file == NULL) {
        return -1;
    }
    if (is_own_image(file)) {
        return 0;
    }
    return file_list_add(listing->list, file, error);
}

static int enumerate(struct file_list *list, struct error *error)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system =
        image == NULL ? NULL : efi_protocol(image->DeviceHandle, &file_system_guid);
    if (file_system == NULL) {
        return 0; /* started from memory, or from a network without a file system */
    }
    struct listing listing = {list, firmware_volume_open(list->pool, file_system, error)};
    if (listing.volume == NULL) {
        return -1;
    }
    return firmware_volume_list(listing.volume, add_file, &listing, error);
}

PLUGIN(source, efi_fs) = {
    .version = SOURCE_VERSION,
    .name = "efi_fs",
    .summary = "files in the root of the file system that wimboot was started from",
    .enumerate = enumerate,
};
