/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's tables, and small queries that several files need. See firmware.h. */
#include "efi/firmware.h"

#include "base/format.h"

EFI_HANDLE efi_image;
EFI_SYSTEM_TABLE *efi_system;
EFI_BOOT_SERVICES *efi_services;

static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

void *efi_protocol(EFI_HANDLE handle, const EFI_GUID *protocol)
{
    void *interface = NULL;
    EFI_GUID guid = *protocol;
    EFI_STATUS status = handle == NULL
                            ? EFI_NOT_FOUND
                            : efi_services->OpenProtocol(handle, &guid, &interface, efi_image, NULL,
                                                         EFI_OPEN_PROTOCOL_GET_PROTOCOL);
    return EFI_ERROR(status) ? NULL : interface;
}

EFI_LOADED_IMAGE_PROTOCOL *efi_loaded_image(void)
{
    return efi_protocol(efi_image, &loaded_image_guid);
}

EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count)
{
    EFI_HANDLE *handles = NULL;
    EFI_GUID guid = *protocol;
    *count = 0;
    EFI_STATUS status = efi_services->LocateHandleBuffer(ByProtocol, &guid, NULL, count, &handles);
    if (EFI_ERROR(status)) {
        *count = 0;
        return NULL;
    }
    return handles;
}

const EFI_DEVICE_PATH *efi_sound_path(const EFI_DEVICE_PATH *path)
{
    enum { PATH_SIZE_MAX = 64 * 1024 };
    const EFI_DEVICE_PATH *node = path;
    size_t size = 0;
    if (path == NULL || IsDevicePathEnd(path)) {
        return NULL;
    }
    while (!IsDevicePathEnd(node)) {
        size_t length = DevicePathNodeLength(node);
        if (length < sizeof(*node) || length > PATH_SIZE_MAX - size) {
            return NULL;
        }
        size += length;
        node = (const EFI_DEVICE_PATH *)((const uint8_t *)path + size);
    }
    return path;
}

const EFI_DEVICE_PATH *efi_next_node(const EFI_DEVICE_PATH *node)
{
    const EFI_DEVICE_PATH *next =
        (const EFI_DEVICE_PATH *)((const uint8_t *)node + DevicePathNodeLength(node));
    return IsDevicePathEnd(next) ? NULL : next;
}

const char *efi_status_name(EFI_STATUS status)
{
    static const struct {
        EFI_STATUS status;
        const char *name;
    } names[] = {
        {EFI_SUCCESS, "EFI_SUCCESS"},
        {EFI_LOAD_ERROR, "EFI_LOAD_ERROR"},
        {EFI_INVALID_PARAMETER, "EFI_INVALID_PARAMETER"},
        {EFI_UNSUPPORTED, "EFI_UNSUPPORTED"},
        {EFI_BAD_BUFFER_SIZE, "EFI_BAD_BUFFER_SIZE"},
        {EFI_BUFFER_TOO_SMALL, "EFI_BUFFER_TOO_SMALL"},
        {EFI_NOT_READY, "EFI_NOT_READY"},
        {EFI_DEVICE_ERROR, "EFI_DEVICE_ERROR"},
        {EFI_WRITE_PROTECTED, "EFI_WRITE_PROTECTED"},
        {EFI_OUT_OF_RESOURCES, "EFI_OUT_OF_RESOURCES"},
        {EFI_VOLUME_CORRUPTED, "EFI_VOLUME_CORRUPTED"},
        {EFI_VOLUME_FULL, "EFI_VOLUME_FULL"},
        {EFI_NO_MEDIA, "EFI_NO_MEDIA"},
        {EFI_MEDIA_CHANGED, "EFI_MEDIA_CHANGED"},
        {EFI_NOT_FOUND, "EFI_NOT_FOUND"},
        {EFI_ACCESS_DENIED, "EFI_ACCESS_DENIED"},
        {EFI_NO_RESPONSE, "EFI_NO_RESPONSE"},
        {EFI_NO_MAPPING, "EFI_NO_MAPPING"},
        {EFI_TIMEOUT, "EFI_TIMEOUT"},
        {EFI_NOT_STARTED, "EFI_NOT_STARTED"},
        {EFI_ALREADY_STARTED, "EFI_ALREADY_STARTED"},
        {EFI_ABORTED, "EFI_ABORTED"},
        {EFI_PROTOCOL_ERROR, "EFI_PROTOCOL_ERROR"},
        {EFI_INCOMPATIBLE_VERSION, "EFI_INCOMPATIBLE_VERSION"},
        {EFI_SECURITY_VIOLATION, "EFI_SECURITY_VIOLATION"},
        {EFI_CRC_ERROR, "EFI_CRC_ERROR"},
        {EFI_END_OF_MEDIA, "EFI_END_OF_MEDIA"},
        {EFI_END_OF_FILE, "EFI_END_OF_FILE"},
        {EFI_COMPROMISED_DATA, "EFI_COMPROMISED_DATA"},
        /* Those that gnu-efi lacks (appendix D). */
        {EFIERR(22), "EFI_ICMP_ERROR"},
        {EFIERR(23), "EFI_TFTP_ERROR"},
        {EFIERR(35), "EFI_HTTP_ERROR"},
        {EFIERR(100), "EFI_NETWORK_UNREACHABLE"},
        {EFIERR(101), "EFI_HOST_UNREACHABLE"},
        {EFIERR(104), "EFI_CONNECTION_FIN"},
        {EFIERR(105), "EFI_CONNECTION_RESET"},
        {EFIERR(106), "EFI_CONNECTION_REFUSED"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].status == status) {
            return names[i].name;
        }
    }
    static char text[32];
    format_string(text, sizeof(text), "status 0x%llx", (unsigned long long)status);
    return text;
}
