/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer whose function reads the disk in the middle of our own reads, as a driver's may. */
#include "crc32.h"
#include "efi.h"
#include "report.h"

enum {
    PERIOD_100NS = 10000, /* as often as the firmware's clock ticks, which is less often */
    SECTORS = 8,
    STEP =
        7919, /* sectors from one read to the next: a prime, so that all regions get their turn */
};

static EFI_EVENT timer;
static EFI_BLOCK_IO *io;
static unsigned read_count, failure_count;
static uint32_t disturbed_checksum; /* of the partition, read while the timer ran */

static VOID EFIAPI tick(EFI_EVENT event, void *context)
{
    static uint8_t buffer[SECTORS * SECTOR_SIZE];
    uint64_t lba = (uint64_t)read_count++ * STEP % (io->Media->LastBlock - SECTORS);
    if (io->ReadBlocks(io, io->Media->MediaId, lba, sizeof(buffer), buffer) != EFI_SUCCESS) {
        failure_count++;
    }
}

/* The checksum of the first 48 MiB, where the files of small samples are; behind them are zeros. */
static uint32_t checksum_partition(void)
{
    enum { AT_ONCE = 64, CHECKED = 48 * 2048 };
    static uint8_t buffer[AT_ONCE * SECTOR_SIZE];
    uint32_t checksum = 0;
    for (uint64_t lba = 0; lba < CHECKED && lba + AT_ONCE <= io->Media->LastBlock; lba += AT_ONCE) {
        EFI_STATUS status = io->ReadBlocks(io, io->Media->MediaId, lba, sizeof(buffer), buffer);
        if (status != EFI_SUCCESS) {
            check(false, "reading block %llu against the timer (%llx)", lba, (uint64_t)status);
            return 0;
        }
        checksum = crc32_add(checksum, buffer, sizeof(buffer));
    }
    return checksum;
}

void start_timer(EFI_HANDLE partition)
{
    EFI_GUID guid = EFI_BLOCK_IO_PROTOCOL_GUID;
    io = protocol_of(partition, &guid);
    EFI_STATUS status =
        boot_services->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK, tick, NULL, &timer);
    check(status == EFI_SUCCESS &&
              boot_services->SetTimer(timer, TimerPeriodic, PERIOD_100NS) == EFI_SUCCESS,
          "a timer is running");
    disturbed_checksum = checksum_partition();
}

void stop_timer(void)
{
    boot_services->CloseEvent(timer);
    check(checksum_partition() == disturbed_checksum, "the timer changes nothing that is read");
    check(failure_count == 0, "the timer's %u reads, of which %u failed", read_count,
          failure_count);
}
