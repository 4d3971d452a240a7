/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk and partition: handles, device paths, and BlockIo as the UEFI specification has it. */
#include <string.h>

#include "arena.h"
#include "efi.h"
#include "report.h"

enum {
    NODE_HARDWARE = 1,
    NODE_MESSAGING = 3,
    NODE_MEDIA = 4,
    NODE_END = 0x7f,
    HARDWARE_VENDOR = 4,
    MESSAGING_ATAPI = 1,
    MEDIA_HARD_DRIVE = 1,
    FORMAT_MBR = 1,
    SIGNATURE_MBR = 1,
    READ_MAX = 128, /* sectors: 64 KiB */
};

struct __attribute__((packed)) node {
    uint8_t type, subtype;
    uint16_t length;
};

struct __attribute__((packed)) hard_drive_node {
    struct node node;
    uint32_t number;
    uint64_t start, sectors;
    uint32_t signature;
    uint8_t rest_of_signature[12];
    uint8_t format, signature_type;
};
_Static_assert(sizeof(struct hard_drive_node) == 42, "size of a hard drive node");

static EFI_BLOCK_IO *partition_io, *disk_io;

/* The end node of a device path. */
static const struct node *end_of(const struct node *node)
{
    while (node->type != NODE_END) {
        node = (const struct node *)((const uint8_t *)node + node->length);
    }
    return node;
}

static EFI_STATUS read_blocks(EFI_BLOCK_IO *io, uint64_t lba, UINTN size, void *buffer)
{
    return io->ReadBlocks(io, io->Media->MediaId, lba, size, buffer);
}

static const struct hard_drive_node *check_path(const struct node *node)
{
    check(node->type == NODE_HARDWARE && node->subtype == HARDWARE_VENDOR && node->length == 20,
          "the path starts with a vendor node");
    node = (const struct node *)((const uint8_t *)node + node->length);
    check(node->type == NODE_MESSAGING && node->subtype == MESSAGING_ATAPI && node->length == 8,
          "then an ATAPI node");
    node = (const struct node *)((const uint8_t *)node + node->length);
    const struct hard_drive_node *drive = (const struct hard_drive_node *)node;
    if (!check(node->type == NODE_MEDIA && node->subtype == MEDIA_HARD_DRIVE &&
                   node->length == sizeof(*drive),
               "then a hard drive node")) {
        return NULL;
    }
    node = (const struct node *)((const uint8_t *)node + node->length);
    check(node->type == NODE_END, "then the end");
    check(drive->number == 1 && drive->format == FORMAT_MBR &&
              drive->signature_type == SIGNATURE_MBR,
          "the hard drive node is of MBR partition 1");
    return drive;
}

/* The handle whose path is the partition's without its last node. */
static EFI_HANDLE find_disk(const struct node *partition_path, size_t length)
{
    EFI_GUID block_io = EFI_BLOCK_IO_PROTOCOL_GUID, path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_HANDLE *handles = NULL;
    UINTN count = 0;
    boot_services->LocateHandleBuffer(ByProtocol, &block_io, NULL, &count, &handles);
    for (UINTN i = 0; i < count; i++) {
        const struct node *path = protocol_of(handles[i], &path_guid);
        if (path && (size_t)((const uint8_t *)end_of(path) - (const uint8_t *)path) == length &&
            memcmp(path, partition_path, length) == 0) {
            return handles[i];
        }
    }
    return NULL;
}

static void check_alone(EFI_HANDLE handle, const char *name)
{
    EFI_GUID file_system = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_GUID byte_access = EFI_DISK_IO_PROTOCOL_GUID;
    check(!protocol_of(handle, &file_system), "%s: no file system driver is on it", name);
    check(!protocol_of(handle, &byte_access), "%s: no DiskIo is on it", name);
}

static void check_media(const EFI_BLOCK_IO *io, const char *name, bool is_partition)
{
    const EFI_BLOCK_IO_MEDIA *media = io->Media;
    check(media->MediaPresent && media->ReadOnly && !media->RemovableMedia && !media->WriteCaching,
          "%s: present, read-only, fixed", name);
    check(media->LogicalPartition == is_partition, "%s: logical partition %u", name,
          media->LogicalPartition);
    check(media->BlockSize == SECTOR_SIZE && media->IoAlign <= 1, "%s: 512-byte blocks", name);
    check(media->LastBlock > 0, "%s: last block %llu", name, media->LastBlock);
}

/* Every argument that the specification has an answer for. */
static void check_arguments(EFI_BLOCK_IO *io, const char *name)
{
    static uint8_t buffer[2 * SECTOR_SIZE];
    uint32_t media = io->Media->MediaId;
    uint64_t last = io->Media->LastBlock;
    memset(buffer, 0x55, sizeof(buffer));
    check(io->ReadBlocks(io, media + 1, 0, SECTOR_SIZE, buffer) == EFI_MEDIA_CHANGED,
          "%s: another MediaId", name);
    check(io->ReadBlocks(io, media, 0, SECTOR_SIZE - 1, buffer) == EFI_BAD_BUFFER_SIZE,
          "%s: part of a block", name);
    check(io->ReadBlocks(io, media, last + 1, SECTOR_SIZE, buffer) == EFI_INVALID_PARAMETER,
          "%s: a read beyond the end", name);
    check(io->ReadBlocks(io, media, last, 2 * SECTOR_SIZE, buffer) == EFI_INVALID_PARAMETER,
          "%s: a read across the end", name);
    check(io->ReadBlocks(io, media, UINT64_MAX, 2 * SECTOR_SIZE, buffer) == EFI_INVALID_PARAMETER,
          "%s: an LBA that wraps", name);
    check(io->ReadBlocks(io, media, 0, SECTOR_SIZE, NULL) == EFI_INVALID_PARAMETER, "%s: no buffer",
          name);
    check(io->ReadBlocks(io, media, 0, 0, buffer) == EFI_SUCCESS, "%s: no bytes", name);
    bool untouched = true;
    for (unsigned i = 0; i < sizeof(buffer); i++) {
        untouched &= buffer[i] == 0x55;
    }
    check(untouched, "%s: refused reads write nothing", name);
    check(io->ReadBlocks(io, media, last, SECTOR_SIZE, buffer) == EFI_SUCCESS,
          "%s: the last block can be read", name);
    check(io->WriteBlocks(io, media, 0, SECTOR_SIZE, buffer) == EFI_WRITE_PROTECTED,
          "%s: writes are refused", name);
    check(io->Reset(io, FALSE) == EFI_SUCCESS && io->Reset(io, TRUE) == EFI_SUCCESS, "%s: reset",
          name);
    check(io->FlushBlocks(io) == EFI_SUCCESS, "%s: flush", name);
}

static bool read_disk(struct disk *disk, uint64_t lba, uint32_t count, void *buffer)
{
    return read_blocks(disk_io, lba, count * SECTOR_SIZE, buffer) == EFI_SUCCESS;
}

bool find_volume(const EFI_LOADED_IMAGE *image, struct efi_volume *volume)
{
    EFI_GUID block_io = EFI_BLOCK_IO_PROTOCOL_GUID, path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_HANDLE partition = image->DeviceHandle;
    if (!check(partition != NULL, "the image has a device")) {
        return false;
    }
    const struct node *path = protocol_of(partition, &path_guid);
    partition_io = protocol_of(partition, &block_io);
    if (!check(path && partition_io, "the device has a path and BlockIo")) {
        return false;
    }
    const struct hard_drive_node *drive = check_path(path);
    if (!drive) {
        return false;
    }
    check_media(partition_io, "partition", true);
    check_arguments(partition_io, "partition");
    check_alone(partition, "partition");
    check(drive->sectors == partition_io->Media->LastBlock + 1,
          "the partition has the size of its node");

    EFI_HANDLE disk = find_disk(path, (size_t)((const uint8_t *)drive - (const uint8_t *)path));
    disk_io = disk ? protocol_of(disk, &block_io) : NULL;
    if (!check(disk_io != NULL, "there is a handle of the whole disk")) {
        return false;
    }
    check_media(disk_io, "disk", false);
    check_arguments(disk_io, "disk");
    check_alone(disk, "disk");

    static uint8_t from_disk[SECTOR_SIZE], from_partition[SECTOR_SIZE];
    check(read_blocks(disk_io, drive->start, SECTOR_SIZE, from_disk) == EFI_SUCCESS &&
              read_blocks(partition_io, 0, SECTOR_SIZE, from_partition) == EFI_SUCCESS &&
              memcmp(from_disk, from_partition, SECTOR_SIZE) == 0,
          "the partition is that part of the disk");
    volume->disk = (struct disk){
        .read = read_disk, .sectors = disk_io->Media->LastBlock + 1, .read_max = READ_MAX};
    volume->partition_start = drive->start * SECTOR_SIZE;
    volume->signature = drive->signature;
    return true;
}
