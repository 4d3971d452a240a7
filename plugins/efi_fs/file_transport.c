/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: files of volumes that the firmware has mounted, by file: URLs. Without a host it is
 * the volume that we were started from, so one script serves a server and a stick: relative URLs
 * are relative to the loader on both. The host is another volume's label.
 */
#include <string.h>

#include "base/unicode.h"
#include "efi/boot_device.h"
#include "plugins/efi_fs/volume_label.h"
#include "transport/transport.h"

enum { READ_SIZE = 64 * 1024 };

static EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

static bool serves(const char *scheme)
{
    return strcmp(scheme, "file") == 0;
}

/* The first volume with a label; NULL if there is none. */
static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *find_volume(const char *label)
{
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *found = NULL;
    UINTN count = 0;
    EFI_HANDLE *handles = efi_handles(&volume_guid, &count);
    for (UINTN i = 0; handles != NULL && i < count && found == NULL; i++) {
        EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume = efi_protocol(handles[i], &volume_guid);
        char text[VOLUME_LABEL_SIZE] = "";
        if (volume != NULL) {
            volume_label(volume, text);
        }
        if (utf8_equal(text, label)) {
            found = volume;
        }
    }
    if (handles != NULL) {
        efi_services->FreePool(handles);
    }
    return found;
}

/* The URL's path as the firmware wants it; false if it does not fit. */
static bool make_path(const struct url *url, CHAR16 path[URL_PATH_SIZE], struct error *error)
{
    char text[URL_PATH_SIZE];
    if (url_decode_path(url, text, error) != 0) {
        return false;
    }
    for (char *slash = text; (slash = strchr(slash, '/')) != NULL;) {
        *slash = '\\';
    }
    size_t units = utf16_from_utf8(text, strlen(text), path, URL_PATH_SIZE - 1);
    path[units < URL_PATH_SIZE ? units : URL_PATH_SIZE - 1] = 0;
    return true;
}

/* The file's size; false if it is none, but a folder. */
static bool get_size(EFI_FILE *file, uint64_t *size)
{
    static EFI_GUID file_info_guid = EFI_FILE_INFO_ID;
    _Alignas(8) uint8_t buffer[SIZE_OF_EFI_FILE_INFO + URL_PATH_SIZE * sizeof(CHAR16)];
    EFI_FILE_INFO *info = (EFI_FILE_INFO *)buffer;
    UINTN length = sizeof(buffer);
    if (EFI_ERROR(file->GetInfo(file, &file_info_guid, &length, info)) ||
        length < SIZE_OF_EFI_FILE_INFO) {
        return false;
    }
    *size = info->FileSize;
    return (info->Attribute & EFI_FILE_DIRECTORY) == 0;
}

static int expect(struct transfer *transfer, uint64_t size, uint64_t *first, uint64_t *end,
                  struct error *error)
{
    if (!transfer_range(transfer, first, end) || size == 0) {
        *end = size;
        return transfer_expect(transfer, size, error);
    }
    *end = *end < size ? *end : size;
    return transfer_expect_range(transfer, *first, *end, size, error);
}

static enum transport_outcome send_file(EFI_FILE *file, struct transfer *transfer,
                                        struct error *error)
{
    static uint8_t buffer[READ_SIZE];
    uint64_t size, first, end;
    if (!get_size(file, &size)) {
        return TRANSPORT_MISSING;
    }
    if (expect(transfer, size, &first, &end, error) != 0) {
        return TRANSPORT_FAILED;
    }
    EFI_STATUS status = file->SetPosition(file, first);
    while (!EFI_ERROR(status) && first < end) {
        size_t wanted = end - first < sizeof(buffer) ? (size_t)(end - first) : sizeof(buffer);
        UINTN length = wanted;
        status = file->Read(file, &length, buffer);
        if (!EFI_ERROR(status) && (length == 0 || length > wanted)) {
            status = EFI_END_OF_FILE;
        }
        if (!EFI_ERROR(status) && transfer_add(transfer, buffer, length, error) != 0) {
            return TRANSPORT_FAILED;
        }
        first += length;
    }
    if (EFI_ERROR(status)) {
        error_set(error, "the firmware cannot read it: %s", efi_status_name(status));
        return TRANSPORT_FAILED;
    }
    return TRANSPORT_DONE;
}

static enum transport_outcome fetch_from(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume, CHAR16 *path,
                                         struct transfer *transfer, struct error *error)
{
    EFI_FILE *root, *file;
    EFI_STATUS status = volume->OpenVolume(volume, &root);
    if (EFI_ERROR(status)) {
        error_set(error, "the firmware cannot open the volume: %s", efi_status_name(status));
        return TRANSPORT_FAILED;
    }
    enum transport_outcome outcome = TRANSPORT_MISSING;
    status = root->Open(root, &file, path, EFI_FILE_MODE_READ, 0);
    if (!EFI_ERROR(status)) {
        outcome = send_file(file, transfer, error);
        file->Close(file);
    } else if (status != EFI_NOT_FOUND) {
        error_set(error, "the firmware cannot open it: %s", efi_status_name(status));
        outcome = TRANSPORT_FAILED;
    }
    root->Close(root);
    return outcome;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    CHAR16 path[URL_PATH_SIZE];
    bool is_ours = url->host[0] == '\0';
    if (!make_path(url, path, error)) {
        return TRANSPORT_FAILED;
    }
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume =
        is_ours ? efi_boot_file_system() : find_volume(url->host);
    if (volume == NULL && is_ours) {
        error_set(error, "the loader did not come from a volume: write file://LABEL/");
        return TRANSPORT_FAILED;
    }
    return volume == NULL ? TRANSPORT_MISSING : fetch_from(volume, path, transfer, error);
}

PLUGIN(transport, efi_file) = {
    .name = "the firmware's file system",
    .rank = 1,
    .has_ranges = true,
    .serves = serves,
    .fetch = fetch,
};
