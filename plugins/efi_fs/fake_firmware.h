/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware for tests: a file system in memory, and the boot services that lead to it. It uses
 * static parts of the tested files, which a test program includes before it.
 */
#ifndef EFI_FS_FAKE_FIRMWARE_H
#define EFI_FS_FAKE_FIRMWARE_H

#include <check.h>
#include <stdlib.h>

enum {
    ENTRY_COUNT_MAX = 4200,
    NAME_MAX = 300,
};

/* ---- the file system ---- */

struct entry {
    CHAR16 name[NAME_MAX];
    const uint8_t *bytes;
    uint64_t size;
    uint64_t attribute;
    bool hidden; /* not listed, but can be opened */
};

struct handle {
    EFI_FILE file;
    const struct entry *entry; /* NULL: the root */
    const char *label;         /* of the volume; NULL: it cannot be asked */
    uint64_t position;
};

static struct entry *entries;
static size_t entry_count;
static UINTN read_limit; /* bytes that one Read() delivers at most */
static EFI_STATUS read_status;
static UINTN claimed_too_much; /* bytes of a directory entry that are not there */
static uint64_t short_by;      /* bytes missing at the end of each file */
static size_t read_calls, open_handles;

static EFI_FILE *make_handle(const struct entry *entry);

static EFI_STATUS EFIAPI fake_open(EFI_FILE *file, EFI_FILE **opened, CHAR16 *name, UINT64 mode,
                                   UINT64 attributes)
{
    ck_assert_uint_eq(mode, EFI_FILE_MODE_READ);
    for (size_t i = 0; i < entry_count; i++) {
        size_t size = (name_length(name) + 1) * sizeof(CHAR16);
        if (name_length(entries[i].name) == name_length(name) &&
            memcmp(entries[i].name, name, size) == 0) {
            *opened = make_handle(&entries[i]);
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI fake_close(EFI_FILE *file)
{
    open_handles--;
    free(file);
    return EFI_SUCCESS;
}

static EFI_STATUS fill_info(const struct entry *entry, UINTN *size, void *buffer)
{
    UINTN needed = SIZE_OF_EFI_FILE_INFO + (name_length(entry->name) + 1) * sizeof(CHAR16);
    if (*size < needed) {
        *size = needed;
        return EFI_BUFFER_TOO_SMALL;
    }
    EFI_FILE_INFO *info = buffer;
    *size = needed;
    info->Size = needed;
    info->FileSize = entry->size;
    info->Attribute = entry->attribute;
    memcpy(info->FileName, entry->name, needed - SIZE_OF_EFI_FILE_INFO);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_read(EFI_FILE *file, UINTN *size, void *buffer)
{
    struct handle *handle = (struct handle *)file;
    read_calls++;
    if (EFI_ERROR(read_status)) {
        return read_status;
    }
    if (handle->entry == NULL) {
        while (handle->position < entry_count && entries[handle->position].hidden) {
            handle->position++;
        }
        if (handle->position == entry_count) {
            *size = 0;
            return EFI_SUCCESS;
        }
        EFI_STATUS status = fill_info(&entries[handle->position], size, buffer);
        *size += EFI_ERROR(status) ? 0 : claimed_too_much;
        handle->position += !EFI_ERROR(status);
        return status;
    }
    uint64_t end = handle->entry->size - short_by;
    uint64_t left = handle->position < end ? end - handle->position : 0;
    UINTN count = *size < left ? *size : (UINTN)left;
    if (read_limit != 0 && count > read_limit) {
        count = read_limit;
    }
    memcpy(buffer, handle->entry->bytes + handle->position, count);
    handle->position += count;
    *size = count;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_set_position(EFI_FILE *file, UINT64 position)
{
    ((struct handle *)file)->position = position;
    return EFI_SUCCESS;
}

static EFI_STATUS fill_system_info(const char *label, UINTN *size, EFI_FILE_SYSTEM_INFO *info)
{
    if (label == NULL) {
        return EFI_DEVICE_ERROR;
    }
    size_t units = utf16_from_utf8(label, strlen(label) + 1, info->VolumeLabel, 100);
    *size = SIZE_OF_EFI_FILE_SYSTEM_INFO + units * sizeof(CHAR16);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_get_info(EFI_FILE *file, EFI_GUID *type, UINTN *size, void *buffer)
{
    const struct handle *handle = (const struct handle *)file;
    return handle->entry == NULL ? fill_system_info(handle->label, size, buffer)
                                 : fill_info(handle->entry, size, buffer);
}

static EFI_FILE *make_handle(const struct entry *entry)
{
    struct handle *handle = calloc(1, sizeof(*handle));
    handle->file = (EFI_FILE){
        .Open = fake_open,
        .Close = fake_close,
        .Read = fake_read,
        .SetPosition = fake_set_position,
        .GetInfo = fake_get_info,
    };
    handle->entry = entry;
    open_handles++;
    return &handle->file;
}

/* ---- the boot services ---- */

static EFI_STATUS EFIAPI fake_open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *self, EFI_FILE **root);

/* That of the device that we came from; and others, with the same entries: one that has a label,
 * and a drive without a medium. */
static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL file_system = {.OpenVolume = fake_open_volume};
static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL labelled_file_system = {.OpenVolume = fake_open_volume};
static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL empty_drive = {.OpenVolume = fake_open_volume};
static const EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *opened_volume; /* the last one */

static EFI_STATUS EFIAPI fake_open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *self, EFI_FILE **root)
{
    opened_volume = self;
    if (self == &empty_drive) {
        return EFI_NO_MEDIA;
    }
    *root = make_handle(NULL);
    ((struct handle *)*root)->label = self == &labelled_file_system ? "DEPLOY-1" : NULL;
    return EFI_SUCCESS;
}

static EFI_LOADED_IMAGE_PROTOCOL loaded_image;
static bool has_file_system;
static void *device_path;                              /* NULL: none */
static int image_handle, device_handle, initrd_handle; /* their addresses are the handles */

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (handle == &image_handle && memcmp(protocol, &loaded_image_guid, sizeof(*protocol)) == 0) {
        *interface = &loaded_image;
    } else if (handle == &device_handle && has_file_system &&
               memcmp(protocol, &file_system_guid, sizeof(*protocol)) == 0) {
        *interface = &file_system;
    } else if (handle == &device_handle && device_path != NULL &&
               memcmp(protocol, &device_path_guid, sizeof(*protocol)) == 0) {
        *interface = device_path;
    } else if (handle == &initrd_handle) {
        *interface = &initrd_handle;
    } else if (handle == &labelled_file_system || handle == &empty_drive) {
        *interface = handle;
    } else {
        return EFI_UNSUPPORTED;
    }
    return EFI_SUCCESS;
}

/* Another boot loader's initrd: there, or not. */
static bool has_initrd;

static EFI_STATUS EFIAPI fake_locate_device_path(EFI_GUID *protocol, EFI_DEVICE_PATH **path,
                                                 EFI_HANDLE *handle)
{
    *handle = &initrd_handle;
    *path = (EFI_DEVICE_PATH *)((uint8_t *)*path + DevicePathNodeLength(*path));
    return has_initrd ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI fake_locate_handles(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *protocol,
                                             VOID *key, UINTN *count, EFI_HANDLE **handles)
{
    const EFI_HANDLE all[] = {&device_handle, &empty_drive, &labelled_file_system};
    *count = sizeof(all) / sizeof(all[0]);
    *handles = malloc(sizeof(all));
    memcpy(*handles, all, sizeof(all));
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_free_pool(VOID *memory)
{
    free(memory);
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {
    .OpenProtocol = fake_open_protocol,
    .LocateHandleBuffer = fake_locate_handles,
    .FreePool = fake_free_pool,
    .LocateDevicePath = fake_locate_device_path,
};

/* ---- for a test ---- */

static void start_firmware(void)
{
    efi_services = &services;
    efi_image = &image_handle;
    loaded_image = (EFI_LOADED_IMAGE_PROTOCOL){.DeviceHandle = &device_handle};
    has_file_system = true;
    has_initrd = false;
    device_path = NULL;
    entries = calloc(ENTRY_COUNT_MAX, sizeof(*entries));
    entry_count = 0;
    read_limit = 0;
    read_status = EFI_SUCCESS;
    short_by = 0;
    read_calls = 0;
}

static void finish_firmware(void)
{
    ck_assert_uint_eq(open_handles, 0);
    free(entries);
}

static struct entry *add_entry(const char *name, const void *bytes, uint64_t size)
{
    struct entry *entry = &entries[entry_count++];
    utf16_from_utf8(name, strlen(name), entry->name, NAME_MAX - 1);
    entry->bytes = bytes;
    entry->size = size;
    return entry;
}

#endif
