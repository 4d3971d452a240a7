/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader that started us provides. See boot_device.h. */
#include "efi/boot_device.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "transport/url.h"

static EFI_GUID file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

/* LoadFile2 has the same interface as LoadFile (chapter 13.2); gnu-efi has only the latter. */
static EFI_GUID load_file2_guid = {
    0x4006c0c1, 0xfcb3, 0x403e, {0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}};

static const struct {
    VENDOR_DEVICE_PATH vendor;
    EFI_DEVICE_PATH end;
} linux_initrd_path = {
    {{MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP, {sizeof(VENDOR_DEVICE_PATH), 0}},
     {0x5568e427, 0x68fc, 0x4f3d, {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}}},
    {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {END_DEVICE_PATH_LENGTH, 0}},
};

/* With -kernel, QEMU's firmware loads us from a file system that has only us, the initrd and the
 * command line; we get the latter two in other ways. */
static const VENDOR_DEVICE_PATH qemu_kernel_path = {
    {MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP, {sizeof(VENDOR_DEVICE_PATH), 0}},
    {0x1428f772, 0xb64a, 0x441e, {0xb8, 0xc3, 0x9e, 0xbd, 0xd7, 0xf8, 0x93, 0xc7}}};

EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *efi_boot_file_system(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    if (image == NULL) {
        return NULL;
    }
    const EFI_DEVICE_PATH *path =
        efi_sound_path(efi_protocol(image->DeviceHandle, &device_path_guid));
    if (path != NULL && DevicePathNodeLength(path) == sizeof(qemu_kernel_path) &&
        memcmp(path, &qemu_kernel_path, sizeof(qemu_kernel_path)) == 0) {
        return NULL;
    }
    return efi_protocol(image->DeviceHandle, &file_system_guid);
}

const EFI_GUID efi_ipxe_download_guid = {
    0x3eaeaebd, 0xdecf, 0x493b, {0x9b, 0xd1, 0xcd, 0xb2, 0xde, 0xca, 0xe7, 0x19}};

bool efi_started_by_ipxe(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    return image != NULL && efi_protocol(image->DeviceHandle, &efi_ipxe_download_guid) != NULL;
}

bool efi_boot_file_system_is_ipxe(void)
{
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system = efi_boot_file_system();
    EFI_FILE *root, *file;
    if (file_system == NULL || EFI_ERROR(file_system->OpenVolume(file_system, &root))) {
        return false;
    }
    EFI_STATUS status = root->Open(root, &file, (CHAR16 *)IPXE_INITRD, EFI_FILE_MODE_READ, 0);
    if (!EFI_ERROR(status)) {
        file->Close(file);
    }
    root->Close(root);
    return !EFI_ERROR(status);
}

/* Append the text of a path's node, of which each has a part, with a '\\' between them. */
static void append_name(const EFI_DEVICE_PATH *node, char *path, size_t size)
{
    size_t units = (DevicePathNodeLength(node) - sizeof(*node)) / 2, length = strlen(path);
    const uint8_t *name = (const uint8_t *)(node + 1);
    size_t count = 0;
    while (count < units && get_u16(name + 2 * count) != 0) {
        count++;
    }
    bool needs_separator =
        count > 0 && get_u16(name) != '\\' && (length == 0 || path[length - 1] != '\\');
    if (needs_separator && length < size - 1) {
        path[length++] = '\\';
        path[length] = '\0';
    }
    utf8_from_utf16(name, count, path + length, size - length);
}

const char *efi_boot_file_url(void)
{
    static char text[URL_TEXT_SIZE];
    char path[URL_PATH_SIZE] = "", escaped[URL_PATH_SIZE];
    struct url url = {.scheme = "file"}, parsed;
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    if (image == NULL || efi_boot_file_system() == NULL || efi_started_by_ipxe()) {
        return NULL;
    }
    const EFI_DEVICE_PATH *node = efi_sound_path(image->FilePath);
    for (; node != NULL; node = efi_next_node(node)) {
        if (DevicePathType(node) == MEDIA_DEVICE_PATH && node->SubType == MEDIA_FILEPATH_DP) {
            append_name(node, path, sizeof(path));
        }
    }
    if (path[0] == '\0' || !url_escape_path(path, escaped, sizeof(escaped)) ||
        url_parse(escaped, &url, &parsed, NULL) != 0) {
        return NULL;
    }
    return url_format(&parsed, text);
}

/* The interface, and the path that it needs: the part after the vendor node, which is nothing.
 * NULL if there is none. */
static EFI_LOAD_FILE_PROTOCOL *find_initrd(EFI_DEVICE_PATH **rest)
{
    EFI_HANDLE handle;
    *rest = (EFI_DEVICE_PATH *)&linux_initrd_path;
    EFI_STATUS status = efi_services->LocateDevicePath(&load_file2_guid, rest, &handle);
    if (EFI_ERROR(status) || !IsDevicePathEnd(*rest)) {
        return NULL;
    }
    return efi_protocol(handle, &load_file2_guid);
}

bool efi_initrd_exists(void)
{
    EFI_DEVICE_PATH *rest;
    return find_initrd(&rest) != NULL;
}

EFI_STATUS efi_initrd_read(UINTN *size, void *buffer)
{
    EFI_DEVICE_PATH *rest;
    EFI_LOAD_FILE_PROTOCOL *initrd = find_initrd(&rest);
    return initrd == NULL ? EFI_NOT_FOUND : initrd->LoadFile(initrd, rest, FALSE, size, buffer);
}
