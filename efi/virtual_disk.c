/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual disk's handles and device paths. See virtual_disk.h. */
#include "efi/virtual_disk.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"

/* The path that iPXE's wimboot uses: Windows' boot manager is known to accept it. */
#define VENDOR_GUID                                                                                \
    {                                                                                              \
        0x1322d197, 0x15dc, 0x4a45,                                                                \
        {                                                                                          \
            0xa6, 0xa4, 0xfa, 0x57, 0x05, 0x4e, 0xa6, 0x14                                         \
        }                                                                                          \
    }

/* The hard drive node (chapter 10.3.5.1); gnu-efi's structure for it has padding at its end. */
struct partition_node {
    EFI_DEVICE_PATH header;
    UINT32 number;
    UINT64 start; /* sectors */
    UINT64 size;  /* sectors */
    UINT8 signature[16];
    UINT8 format;
    UINT8 signature_type;
} __attribute__((packed));
_Static_assert(sizeof(struct partition_node) == 42, "as the specification says");

#define NODE(type, subtype, structure)                                                             \
    {                                                                                              \
        type, subtype,                                                                             \
        {                                                                                          \
            sizeof(structure), 0                                                                   \
        }                                                                                          \
    }
#define DISK_NODES                                                                                 \
    .vendor = {NODE(HARDWARE_DEVICE_PATH, HW_VENDOR_DP, VENDOR_DEVICE_PATH), VENDOR_GUID},         \
    .atapi = {NODE(MESSAGING_DEVICE_PATH, MSG_ATAPI_DP, ATAPI_DEVICE_PATH), 0, 0, 0}
#define END_NODE                                                                                   \
    {                                                                                              \
        END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE,                                      \
        {                                                                                          \
            END_DEVICE_PATH_LENGTH, 0                                                              \
        }                                                                                          \
    }

static struct {
    VENDOR_DEVICE_PATH vendor;
    ATAPI_DEVICE_PATH atapi;
    EFI_DEVICE_PATH end;
} __attribute__((packed)) disk_path = {DISK_NODES, .end = END_NODE};

static struct {
    VENDOR_DEVICE_PATH vendor;
    ATAPI_DEVICE_PATH atapi;
    struct partition_node partition;
    EFI_DEVICE_PATH end;
} __attribute__((packed)) partition_path = {
    DISK_NODES,
    .partition =
        {
            .header = NODE(MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP, struct partition_node),
            .number = 1,
            .start = VOLUME_PARTITION_LBA,
            .format = MBR_TYPE_PCAT,
            .signature_type = SIGNATURE_TYPE_MBR,
        },
    .end = END_NODE,
};

static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static EFI_HANDLE disk_handle, partition_handle;

static int install_path(EFI_HANDLE *handle, void *path, struct error *error)
{
    EFI_STATUS status = efi_services->InstallProtocolInterface(handle, &device_path_guid,
                                                               EFI_NATIVE_INTERFACE, path);
    if (EFI_ERROR(status)) {
        *handle = NULL;
        return error_set(error, "the firmware refuses the virtual disk: %s",
                         efi_status_name(status));
    }
    return 0;
}

static void uninstall_path(EFI_HANDLE *handle, void *path)
{
    if (*handle != NULL) {
        efi_services->UninstallProtocolInterface(*handle, &device_path_guid, path);
        *handle = NULL;
    }
}

int efi_disk_open(struct error *error)
{
    if (disk_handle == NULL && install_path(&disk_handle, &disk_path, error) != 0) {
        return -1;
    }
    if (partition_handle == NULL && install_path(&partition_handle, &partition_path, error) != 0) {
        return -1;
    }
    return 0;
}

void efi_disk_close(void)
{
    uninstall_path(&partition_handle, &partition_path);
    uninstall_path(&disk_handle, &disk_path);
}

EFI_HANDLE efi_disk_handle(void)
{
    return disk_handle;
}

EFI_HANDLE efi_partition_handle(void)
{
    return partition_handle;
}

void efi_disk_describe(const struct volume *volume)
{
    partition_path.partition.size = volume->partition_sector_count;
    memcpy(partition_path.partition.signature, &volume->signature, sizeof(volume->signature));
}

void efi_disk_update_path(EFI_DEVICE_PATH *path)
{
    size_t in_front = offsetof(__typeof__(partition_path), partition);
    uint8_t *node = (uint8_t *)path + in_front;
    if (memcmp(path, &partition_path, in_front) == 0 &&
        memcmp(node, &partition_path.partition.header, sizeof(EFI_DEVICE_PATH)) == 0) {
        memcpy(node, &partition_path.partition, sizeof(partition_path.partition));
    }
}

EFI_DEVICE_PATH *efi_disk_file_path(const char *path)
{
    size_t in_front = offsetof(__typeof__(partition_path), end);
    size_t units = utf16_from_utf8(path, strlen(path), NULL, 0);
    size_t node_size = SIZE_OF_FILEPATH_DEVICE_PATH + (units + 1) * sizeof(CHAR16);
    if (node_size > UINT16_MAX) {
        return NULL;
    }
    uint8_t *whole = memory_allocate_zeroed(1, in_front + node_size + sizeof(EFI_DEVICE_PATH));
    if (whole == NULL) {
        return NULL;
    }
    memcpy(whole, &partition_path, in_front);
    EFI_DEVICE_PATH *node = (EFI_DEVICE_PATH *)(whole + in_front);
    node->Type = MEDIA_DEVICE_PATH;
    node->SubType = MEDIA_FILEPATH_DP;
    node->Length[0] = (uint8_t)node_size;
    node->Length[1] = (uint8_t)(node_size >> 8);
    utf16_from_utf8(path, strlen(path),
                    (uint16_t *)(void *)((uint8_t *)node + SIZE_OF_FILEPATH_DEVICE_PATH), units);
    memcpy(whole + in_front + node_size, &partition_path.end, sizeof(partition_path.end));
    return (EFI_DEVICE_PATH *)whole;
}
