/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk under UEFI: BlockIo on two handles, one for the whole disk and one for its partition.
 *
 * Windows' boot manager has its own FAT driver and needs nothing else: no file system, no DiskIo.
 * Drivers are not connected to the handles, either: firmware was seen to hang in it when GRUB had
 * started us.
 *
 * Any driver that finds the handles may call, with any arguments: each is checked in the order that
 * the UEFI specification (2.10, chapter 13.9) lists its errors.
 */
#include "volume/disk.h"

#include <stdbool.h>

#include "base/format.h"
#include "base/log.h"
#include "efi/firmware.h"
#include "efi/virtual_disk.h"

static EFI_GUID block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;

/* What a handle shows of the volume. */
struct view {
    EFI_BLOCK_IO_PROTOCOL block_io;
    EFI_BLOCK_IO_MEDIA media;
    uint64_t first_lba; /* on the disk */
};

static struct volume *shown;
static struct view disk_view, partition_view;

static EFI_STATUS EFIAPI reset(EFI_BLOCK_IO_PROTOCOL *block_io, BOOLEAN extended)
{
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI flush(EFI_BLOCK_IO_PROTOCOL *block_io)
{
    return EFI_SUCCESS;
}

static EFI_STATUS check_arguments(const EFI_BLOCK_IO_MEDIA *media, UINT32 media_id, EFI_LBA lba,
                                  UINTN size, const void *buffer)
{
    if (media_id != media->MediaId) {
        return EFI_MEDIA_CHANGED;
    }
    if (size == 0) {
        return EFI_SUCCESS;
    }
    if (buffer == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    if (size % SECTOR_SIZE != 0) {
        return EFI_BAD_BUFFER_SIZE;
    }
    if (lba > media->LastBlock || size / SECTOR_SIZE > media->LastBlock - lba + 1) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_SUCCESS;
}

/* The boot manager will draw its own screen over our messages: give the user time to read them. */
static void report(const struct error *error)
{
    enum { READING_TIME_US = 10 * 1000 * 1000 };
    static bool is_reported; /* boot managers try again */
    log_error("%s", error->text);
    if (!is_reported) {
        is_reported = true;
        efi_services->Stall(READING_TIME_US);
    }
}

static EFI_STATUS EFIAPI read_blocks(EFI_BLOCK_IO_PROTOCOL *block_io, UINT32 media_id, EFI_LBA lba,
                                     UINTN size, void *buffer)
{
    const struct view *view = (const struct view *)block_io;
    EFI_STATUS status = check_arguments(&view->media, media_id, lba, size, buffer);
    if (EFI_ERROR(status)) {
        return status;
    }
    struct error error;
    /* Another driver's timer may read too. Only one read runs at a time: readers have buffers,
     * which a nested read would overwrite. BlockIo must not be called above this level, nor may the
     * firmware's file systems be called above it (chapter 7.1).
     */
    EFI_TPL level = efi_services->RaiseTPL(TPL_CALLBACK);
    /* The disk has 32-bit sector numbers, so the count fits. */
    int rc =
        volume_read(shown, view->first_lba + lba, (uint32_t)(size / SECTOR_SIZE), buffer, &error);
    efi_services->RestoreTPL(level);
    if (rc != 0) {
        report(&error);
        return EFI_DEVICE_ERROR;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI write_blocks(EFI_BLOCK_IO_PROTOCOL *block_io, UINT32 media_id, EFI_LBA lba,
                                      UINTN size, void *buffer)
{
    const struct view *view = (const struct view *)block_io;
    EFI_STATUS status = check_arguments(&view->media, media_id, lba, size, buffer);
    return EFI_ERROR(status) ? status : EFI_WRITE_PROTECTED;
}

static void set_up(struct view *view, bool is_partition, uint64_t first_lba, uint64_t sector_count)
{
    view->first_lba = first_lba;
    view->media = (EFI_BLOCK_IO_MEDIA){
        .MediaId = shown->signature,
        .MediaPresent = TRUE,
        .LogicalPartition = is_partition,
        .ReadOnly = TRUE,
        .BlockSize = SECTOR_SIZE,
        .LastBlock = sector_count - 1,
    };
    view->block_io = (EFI_BLOCK_IO_PROTOCOL){
        .Revision = EFI_BLOCK_IO_PROTOCOL_REVISION,
        .Media = &view->media,
        .Reset = reset,
        .ReadBlocks = read_blocks,
        .WriteBlocks = write_blocks,
        .FlushBlocks = flush,
    };
}

static int install(EFI_HANDLE handle, struct view *view, struct error *error)
{
    EFI_STATUS status = efi_services->InstallProtocolInterface(
        &handle, &block_io_guid, EFI_NATIVE_INTERFACE, &view->block_io);
    if (EFI_ERROR(status)) {
        return error_set(error, "the firmware refuses the virtual disk's BlockIo: %s",
                         efi_status_name(status));
    }
    return 0;
}

static void uninstall(EFI_HANDLE handle, struct view *view)
{
    efi_services->UninstallProtocolInterface(handle, &block_io_guid, &view->block_io);
}

static int attach(struct volume *volume, char *description, size_t size, struct error *error)
{
    if (efi_disk_open(error) != 0) {
        return -1;
    }
    shown = volume;
    efi_disk_describe(volume);
    set_up(&disk_view, false, 0, volume->sector_count);
    set_up(&partition_view, true, VOLUME_PARTITION_LBA, volume->partition_sector_count);
    if (install(efi_disk_handle(), &disk_view, error) != 0) {
        return -1;
    }
    if (install(efi_partition_handle(), &partition_view, error) != 0) {
        uninstall(efi_disk_handle(), &disk_view);
        return -1;
    }
    format_string(description, size, "BlockIo, signature %08x", (unsigned)volume->signature);
    return 0;
}

static void detach(void)
{
    uninstall(efi_partition_handle(), &partition_view);
    uninstall(efi_disk_handle(), &disk_view);
}

PLUGIN(disk, blockio) = {
    .name = "blockio",
    .serves = "efi",
    .attach = attach,
    .detach = detach,
};
