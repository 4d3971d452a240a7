/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-over: load the boot manager with LoadImage(), show it the volume, start it with
 * StartImage(), and undo everything if it returns.
 *
 * The boot manager reads itself back from the volume, from the path that it was loaded from, and
 * checks that file's signature: path and bytes must match the disk.
 */
#include "handover.h"

#include "base/log.h"
#include "base/machine.h"
#include "base/memory.h"
#include "efi/firmware.h"
#include "efi/graphics.h"
#include "efi/memory_attributes.h"
#include "efi/memory_map.h"
#include "efi/virtual_disk.h"
#include "efi/watchdog.h"
#include "files/pe.h"
#include "options.h"
#include "verdict/boot_status.h"
#include "volume/disk.h"

static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID loaded_path_guid = EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID;

struct manager {
    const struct file *file;
    EFI_HANDLE image;      /* NULL: it has been started, and returned */
    bool is_nx_compatible; /* does not need pages that are both writable and executable */
};

/* Unload a boot manager that was never started, and remove the virtual disk. */
static void release(void *object)
{
    struct manager *manager = object;
    if (manager->image != NULL) {
        efi_services->UnloadImage(manager->image);
    }
    efi_disk_close();
}

static EFI_STATUS load_image(EFI_DEVICE_PATH *device_path, const void *bytes, size_t size,
                             EFI_HANDLE *image)
{
    *image = NULL;
    EFI_STATUS status =
        efi_services->LoadImage(FALSE, efi_image, device_path, (void *)bytes, size, image);
    if (EFI_ERROR(status) && *image != NULL) {
        /* EFI_SECURITY_VIOLATION leaves it loaded, though it must not start (chapter 7.4.1). */
        efi_services->UnloadImage(*image);
    }
    return status;
}

static EFI_STATUS load_image_of_disk(const char *path, const void *bytes, size_t size,
                                     EFI_HANDLE *image)
{
    EFI_DEVICE_PATH *device_path = efi_disk_file_path(path);
    if (device_path == NULL) {
        return EFI_OUT_OF_RESOURCES;
    }
    EFI_STATUS status = load_image(device_path, bytes, size, image);
    memory_free(device_path);
    return status;
}

static const char *refusal(EFI_STATUS status)
{
    switch (status) {
    case EFI_SECURITY_VIOLATION:
    case EFI_ACCESS_DENIED:
        return "Secure Boot does not trust its signature";
    case EFI_UNSUPPORTED:
        return "it is not built for this processor";
    case EFI_LOAD_ERROR:
        return "it is damaged, or not an application for UEFI";
    case EFI_OUT_OF_RESOURCES:
        return "out of memory";
    default:
        return "the firmware could not load it";
    }
}

/* Load the boot manager's image. The firmware copies it, so its bytes are no longer needed. */
static int load(const struct file *file, const char *path, EFI_HANDLE *image, struct error *error)
{
    struct pool *pool = pool_create();
    if (pool == NULL) {
        return error_no_memory(error, "loading %s", file->name);
    }
    const void *bytes = file_load(pool, file, error);
    EFI_STATUS status = EFI_ABORTED;
    if (bytes != NULL) {
        status = load_image_of_disk(path, bytes, (size_t)file->size, image);
    }
    pool_destroy(pool);
    if (bytes == NULL) {
        return -1;
    }
    if (status == EFI_OUT_OF_RESOURCES) {
        memory_note_shortage();
    }
    if (EFI_ERROR(status)) {
        return error_set(error, "%s: %s (LoadImage: %s)", file->name, refusal(status),
                         efi_status_name(status));
    }
    return 0;
}

/* Firmware trusts or not by what kind of device a program comes from, too. This path is of none, so
 * the strictest rule counts. */
static const struct {
    EFI_DEVICE_PATH node;
    CHAR16 name[8];
    EFI_DEVICE_PATH end;
} __attribute__((packed)) script_path = {
    {MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {sizeof(EFI_DEVICE_PATH) + 8 * sizeof(CHAR16), 0}},
    {'\\', 's', 'c', 'r', 'i', 'p', 't', 0},
    {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {sizeof(EFI_DEVICE_PATH), 0}},
};

int platform_check_signature(const char *name, const void *bytes, size_t size, bool *is_trusted,
                             struct error *error)
{
    EFI_HANDLE image;
    *is_trusted = false;
    if (!platform_machine()->secure_boot) {
        return 0;
    }
    EFI_STATUS status = load_image((EFI_DEVICE_PATH *)&script_path, bytes, size, &image);
    if (EFI_ERROR(status)) {
        return error_set(error, "%s: %s (LoadImage: %s)", name, refusal(status),
                         efi_status_name(status));
    }
    efi_services->UnloadImage(image);
    *is_trusted = true;
    return 0;
}

struct manager *platform_load_manager(struct pool *pool, const struct file *file, const char *path,
                                      struct error *error)
{
    struct manager *manager = pool_allocate(pool, sizeof(*manager));
    if (manager == NULL || pool_on_destroy(pool, release, manager) != 0) {
        error_no_memory(error, "loading %s", file->name);
        return NULL;
    }
    struct pe pe;
    if (pe_check_machine(file, platform_machine()->arch, error) != 0 ||
        pe_read(file, &pe, error) != 0) {
        return NULL;
    }
    manager->file = file;
    manager->is_nx_compatible = (pe.dll_characteristics & PE_NX_COMPATIBLE) != 0;
    if (efi_disk_open(error) != 0 || load(file, path, &manager->image, error) != 0) {
        manager->image = NULL;
        return NULL;
    }
    return manager;
}

void platform_describe_memory(const struct manager *manager, const struct volume *volume,
                              struct memory_use *use)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    uint64_t usable;
    efi_memory_totals(&usable, &use->free);
    use->free_low = use->free;
    use->files = efi_memory_content();
    use->manager = 0; /* in the firmware's memory, which is not free */
    use->resident = efi_memory_scratch() + (image == NULL ? 0 : image->ImageSize);
}

/* Firmware may not know the device of an image that was loaded from memory; the boot manager
 * refuses to run with another one, or none. */
static void fix_loaded_image(EFI_HANDLE manager)
{
    EFI_LOADED_IMAGE_PROTOCOL *image = efi_protocol(manager, &loaded_image_guid);
    if (image != NULL) {
        image->DeviceHandle = efi_partition_handle();
    }
    EFI_DEVICE_PATH *path = efi_protocol(manager, &loaded_path_guid);
    if (path != NULL) {
        efi_disk_update_path(path);
    }
}

/*
 * shim 16 and later replace the firmware's LoadImage() with their own. It makes the pages
 * of every image read-only or not executable where the firmware can, even if the image does not say
 * that it is made for that; no boot manager of Windows 7 to 10 is, and they write to their own
 * code.
 */
static void fix_page_attributes(const struct manager *manager)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_protocol(manager->image, &loaded_image_guid);
    if (!manager->is_nx_compatible && image != NULL && !efi_make_all_allowed(image)) {
        log_warning("%s: its pages stay protected; it may crash when it writes to its own code",
                    manager->file->name);
    }
}

static EFI_STATUS start(EFI_HANDLE manager)
{
    UINTN exit_data_size = 0;
    CHAR16 *exit_data = NULL;
    if (!options.gui) {
        efi_graphics_hide();
    }
    efi_watchdog_arm();
    log_set_quiet(true); /* the screen is the boot manager's */
    EFI_STATUS status = efi_services->StartImage(manager, &exit_data_size, &exit_data);
    efi_graphics_show();
    if (exit_data != NULL) {
        efi_services->FreePool(exit_data);
    }
    return status;
}

/* Boot managers end with one of Windows' codes, which they turn into one of the firmware's
 * (ReactOS, boot/environ, EfiGetEfiStatusCode()). */
static const char *advice(EFI_STATUS status)
{
    static const struct {
        EFI_STATUS status;
        uint32_t code;
    } codes[] = {
        {EFI_ACCESS_DENIED, 0xC0000022},     {EFI_DEVICE_ERROR, 0xC0000185},
        {EFI_INVALID_PARAMETER, 0xC000000D}, {EFI_NO_MAPPING, 0xC0000272},
        {EFI_NOT_FOUND, 0xC0000225},         {EFI_OUT_OF_RESOURCES, 0xC000009A},
        {EFI_UNSUPPORTED, 0xC00000BB},
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].status == status) {
            return boot_status_advice(codes[i].code);
        }
    }
    return NULL;
}

/* The whole loader stays until the boot manager leaves boot services, or for good. */
const bool platform_keeps_readers = true;

int platform_boot(struct manager *manager, struct volume *volume, struct error *error)
{
    const struct disk *disk = disk_find(platform_machine()->firmware, error);
    if (disk == NULL) {
        return -1;
    }
    char description[80];
    if (disk->attach(volume, description, sizeof(description), error) != 0) {
        return -1;
    }
    log_info("disk: %s", description);
    fix_loaded_image(manager->image);
    fix_page_attributes(manager);
    EFI_STATUS status = start(manager->image);
    manager->image = NULL; /* an application that ends is unloaded by the firmware */
    disk->detach();
    efi_disk_close();
    const char *line = advice(status);
    return error_set(error, "%s: the boot manager returned (%s)%s%s", manager->file->name,
                     efi_status_name(status), line == NULL ? "" : ": ", line == NULL ? "" : line);
}
