/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: files of the volume that we were started from, by file: URLs. So one script serves a
 * server and a stick: relative URLs are relative to the loader on both.
 */
#include <string.h>

#include "base/unicode.h"
#include "efi/boot_device.h"
#include "transport/transport.h"

enum { READ_SIZE = 64 * 1024 };

static bool serves(const char *scheme)
{
    return strcmp(scheme, "file") == 0 && efi_boot_file_system() != NULL;
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

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    CHAR16 path[URL_PATH_SIZE];
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system = efi_boot_file_system();
    EFI_FILE *root, *file;
    if (!make_path(url, path, error)) {
        return TRANSPORT_FAILED;
    }
    if (url->host[0] != '\0') {
        error_set(error, "file: URLs have no server: write file:///");
        return TRANSPORT_FAILED;
    }
    EFI_STATUS status = file_system->OpenVolume(file_system, &root);
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

PLUGIN(transport, efi_file) = {
    .name = "the firmware's file system",
    .rank = 1,
    .has_ranges = true,
    .serves = serves,
    .fetch = fetch,
};
