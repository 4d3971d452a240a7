/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The volumes that the firmware has mounted, as containers: disks and sticks with FAT, and what its
 * other drivers know (OVMF and most machines: UDF). With `sanhook`, iPXE makes a disk of an ISO on
 * a server.
 */
#include <string.h>

#include "base/unicode.h"
#include "container/container.h"
#include "efi/boot_device.h"
#include "plugins/efi_fs/firmware_file.h"
#include "plugins/efi_fs/volume_label.h"

enum {
    PATH_UNITS = 1024,
    VOLUMES_MAX = 256,
    ENTRIES_MAX = 20000, /* of a directory */
    NODE_ISCSI = 0x13,   /* chapter 10.3.4 */
    NODE_URI = 0x18,
};

static EFI_GUID file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static const EFI_DEVICE_PATH *path_of(EFI_HANDLE handle)
{
    return efi_sound_path(efi_protocol(handle, &device_path_guid));
}

/* Whether a device is reached over the network: its path has an address. */
static bool is_remote(const EFI_DEVICE_PATH *path)
{
    for (const EFI_DEVICE_PATH *node = path; node != NULL; node = efi_next_node(node)) {
        unsigned kind = DevicePathSubType(node);
        if (DevicePathType(node) == MESSAGING_DEVICE_PATH &&
            (kind == MSG_MAC_ADDR_DP || kind == NODE_ISCSI || kind == NODE_URI)) {
            return true;
        }
    }
    return false;
}

/* Bytes of a path up to its partition: what all partitions of a device have in common. */
static size_t device_length(const EFI_DEVICE_PATH *path)
{
    size_t length = 0;
    for (const EFI_DEVICE_PATH *node = path; node != NULL; node = efi_next_node(node)) {
        if (DevicePathType(node) == MEDIA_DEVICE_PATH) {
            break;
        }
        length += DevicePathNodeLength(node);
    }
    return length;
}

static bool is_own(EFI_HANDLE handle)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    if (image == NULL || handle == image->DeviceHandle) {
        return image != NULL;
    }
    const EFI_DEVICE_PATH *own = path_of(image->DeviceHandle), *path = path_of(handle);
    if (own == NULL || path == NULL) {
        return false;
    }
    size_t length = device_length(own);
    return length > 0 && device_length(path) == length && memcmp(own, path, length) == 0;
}

/* UTF-16 as text in the pool; NULL without memory. */
static char *text_of(struct pool *pool, const CHAR16 *units, size_t unit_count)
{
    size_t size = utf8_from_utf16(units, unit_count, NULL, 0) + 1;
    char *text = pool_allocate(pool, size);
    if (text != NULL) {
        utf8_from_utf16(units, unit_count, text, size);
    }
    return text;
}

static size_t length_of(const CHAR16 *units, size_t most)
{
    size_t length = 0;
    while (length < most && units[length] != 0) {
        length++;
    }
    return length;
}

/* The device path as the firmware writes it; "" if it cannot. */
static char *describe(struct pool *pool, EFI_HANDLE handle)
{
    static EFI_GUID text_guid = EFI_DEVICE_PATH_TO_TEXT_PROTOCOL_GUID;
    enum { TEXT_UNITS_MAX = 4096 };
    const EFI_DEVICE_PATH *path = path_of(handle);
    EFI_DEVICE_PATH_TO_TEXT_PROTOCOL *converter = NULL;
    CHAR16 *units = NULL;
    if (path != NULL &&
        !EFI_ERROR(efi_services->LocateProtocol(&text_guid, NULL, (void **)&converter))) {
        units = converter->ConvertDevicePathToText((EFI_DEVICE_PATH *)path, FALSE, FALSE);
    }
    if (units == NULL) {
        return pool_copy_string(pool, "");
    }
    char *text = text_of(pool, units, length_of(units, TEXT_UNITS_MAX));
    efi_services->FreePool(units);
    return text;
}

/* ---- the container: a place is the size of a file ---- */

/* A directory that was listed. The firmware is asked once: it may have to ask a server. */
struct listed_entry {
    struct listed_entry *next;
    struct container_entry entry; /* without a path */
};

struct listed_directory {
    struct listed_directory *next;
    const char *path;
    size_t entry_count;
    struct listed_entry *first, **end; /* where the next entry goes */
};

struct mounted {
    struct pool *pool;
    struct firmware_volume *volume;
    struct listed_directory *directories;
};

/* A directory that is being listed. */
struct listing {
    struct pool *pool;
    struct listed_directory *directory;
};

/* A path for the firmware. False if it is too long. */
static bool convert_path(const char *path, CHAR16 units[PATH_UNITS])
{
    size_t count = utf16_from_utf8(path, strlen(path), (uint16_t *)units, PATH_UNITS - 1);
    if (count >= PATH_UNITS) {
        return false;
    }
    units[count] = 0;
    return true;
}

static int add_entry(void *context, const struct firmware_entry *found, struct error *error)
{
    struct listing *listing = context;
    struct listed_directory *directory = listing->directory;
    if (directory->entry_count == ENTRIES_MAX) {
        return error_set(error, "more than %d files", ENTRIES_MAX);
    }
    struct listed_entry *listed = pool_allocate(listing->pool, sizeof(*listed));
    char *name = text_of(listing->pool, found->name, length_of(found->name, PATH_UNITS));
    if (listed == NULL || name == NULL) {
        return error_no_memory(error, "the files of a directory");
    }
    listed->entry = (struct container_entry){
        .name = name, .is_directory = found->is_directory, .place = found->size};
    *directory->end = listed;
    directory->end = &listed->next;
    directory->entry_count++;
    return 0;
}

static struct listed_directory *list_firmware(struct mounted *mounted, const char *path,
                                              struct error *error)
{
    struct listed_directory *directory = pool_allocate(mounted->pool, sizeof(*directory));
    struct listing listing = {.pool = mounted->pool, .directory = directory};
    CHAR16 units[PATH_UNITS];
    if (directory == NULL || (directory->path = pool_copy_string(mounted->pool, path)) == NULL) {
        error_no_memory(error, "the files of a directory");
        return NULL;
    }
    directory->end = &directory->first;
    if (!convert_path(path, units)) {
        error_set(error, "the path is too long");
        return NULL;
    }
    if (firmware_volume_list(mounted->volume, units, add_entry, &listing, error) != 0) {
        return NULL;
    }
    directory->next = mounted->directories;
    mounted->directories = directory;
    return directory;
}

static const struct listed_directory *find_directory(struct mounted *mounted, const char *path,
                                                     struct error *error)
{
    for (const struct listed_directory *known = mounted->directories; known != NULL;
         known = known->next) {
        if (strcmp(known->path, path) == 0) {
            return known;
        }
    }
    return list_firmware(mounted, path, error);
}

static int list(struct container_volume *volume, const struct container_entry *directory,
                struct container_visitor *visitor, struct error *error)
{
    const struct listed_directory *found = find_directory(volume->data, directory->path, error);
    if (found == NULL) {
        return error_prefix(error, "%s: \\%s: ", volume->name, directory->path);
    }
    for (const struct listed_entry *listed = found->first; listed != NULL; listed = listed->next) {
        if (!visitor->visit(visitor, &listed->entry)) {
            break;
        }
    }
    return 0;
}

static int make_file(struct container_volume *volume, const struct container_entry *entry,
                     struct file **file, struct error *error)
{
    CHAR16 path[PATH_UNITS];
    if (!convert_path(entry->path, path)) {
        return error_set(error, "%s: %s: the path is too long", volume->name, entry->path);
    }
    const struct mounted *mounted = volume->data;
    struct file *made = firmware_file(mounted->volume, path, entry->place, error);
    if (made == NULL) {
        return -1;
    }
    *file = file_rename(volume->pool, made, entry->name);
    return *file != NULL ? 0 : error_no_memory(error, "a file of %s", volume->name);
}

static int find_mounted(struct container_volumes *list, struct error *error);

PLUGIN(container, efi_volumes) = {
    .name = "mounted by the firmware",
    .find_mounted = find_mounted,
    .list = list,
    .file = make_file,
};

static int add_volume(struct container_volumes *list, EFI_HANDLE handle, struct error *error)
{
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system = efi_protocol(handle, &file_system_guid);
    struct container_volume *volume = pool_allocate(list->pool, sizeof(*volume));
    struct mounted *mounted = pool_allocate(list->pool, sizeof(*mounted));
    bool remote = is_remote(path_of(handle));
    struct firmware_volume *opened =
        file_system == NULL
            ? NULL
            : firmware_volume_open(list->pool, file_system,
                                   remote ? FIRMWARE_REMOTE_BLOCK_SIZE : FIRMWARE_BLOCK_SIZE,
                                   error);
    if (opened == NULL) {
        return 0; /* a drive without a medium, or that does not work */
    }
    char text[VOLUME_LABEL_SIZE];
    volume_label(file_system, text);
    char *label = pool_copy_string(list->pool, text);
    char *device = describe(list->pool, handle);
    if (volume == NULL || mounted == NULL || device == NULL || label == NULL) {
        return error_no_memory(error, "the list of mounted volumes");
    }
    *mounted = (struct mounted){.pool = list->pool, .volume = opened};
    *volume = (struct container_volume){
        .kind = &efi_volumes_plugin,
        .pool = list->pool,
        .name = label[0] != '\0'    ? label
                : device[0] != '\0' ? device
                                    : "a volume",
        .label = label,
        .device = device,
        .is_remote = remote,
        .is_own = is_own(handle),
        .data = mounted,
    };
    return container_add_mounted(list, volume, error);
}

static int find_mounted(struct container_volumes *list, struct error *error)
{
    UINTN count = 0;
    EFI_HANDLE *handles = efi_handles(&file_system_guid, &count);
    int rc = 0;
    for (UINTN i = 0; handles != NULL && i < count && i < VOLUMES_MAX && rc == 0; i++) {
        rc = add_volume(list, handles[i], error);
    }
    if (handles != NULL) {
        efi_services->FreePool(handles);
    }
    return rc;
}
