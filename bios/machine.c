/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts about the machine: SMBIOS, the hard disks' signatures, and facts from other files.
 */
#include "bios/machine.h"

#include <string.h>

#include "arch/cpuid.h"
#include "arch/time_stamp.h"
#include "base/machine.h"
#include "base/smbios_entry.h"
#include "bios/boot_parameters.h"
#include "bios/memory.h"
#include "bios/real_mode.h"

enum {
    SMBIOS_AREA_START = 0xF0000, /* where BIOSes put the entry point, at multiples of 16 */
    SMBIOS_AREA_END = 0x100000,
    SMBIOS_STEP = 16,

    BDA_TICKS = 0x46C,
    FIRST_HARD_DISK = 0x80,
    DISK_COUNT_MAX = 0x80, /* numbers have eight bits */
    DISK_READ_ONE_SECTOR = 0x0201,
    MBR_SIGNATURE = 0x1B8, /* offset in the MBR */
};

static struct machine machine;

/* Look for an entry point. Where there are both kinds, they lead to the same table. */
static void find_smbios(void)
{
    for (uint32_t at = SMBIOS_AREA_START; at < SMBIOS_AREA_END; at += SMBIOS_STEP) {
        uint64_t address;
        uint32_t size;
        if (smbios_read_entry(physical(at), SMBIOS_AREA_END - at, &address, &size) &&
            address + size <= UINT32_MAX) {
            machine.smbios = physical((uint32_t)address);
            machine.smbios_size = size;
            return;
        }
    }
}

void machine_initialise(void)
{
    uint64_t now = time_stamp();
    machine.firmware = "bios";
    machine.arch = WIMBOOT_ARCH;
    machine.memory = memory_map_total(&usable_memory);
    processor_identify(&machine.processor, cpuid);
    machine.command_line = boot_parameters.command_line;
    machine.seed = (uint32_t)now ^ (uint32_t)(now >> 32) ^ *(const uint32_t *)physical(BDA_TICKS);
    find_smbios();
}

const struct machine *platform_machine(void)
{
    return &machine;
}

/* The signature in a hard disk's MBR. @return false if it cannot be read */
static bool read_signature(uint8_t drive, uint32_t *signature)
{
    struct registers registers = {
        .eax = DISK_READ_ONE_SECTOR,
        .ecx = 0x0001, /* cylinder 0, sector 1 */
        .edx = drive,  /* head 0 */
        .es = (uintptr_t)real_mode_buffer >> 4,
    };
    real_mode_interrupt(0x13, &registers);
    memcpy(signature, real_mode_buffer + MBR_SIGNATURE, sizeof(*signature));
    return (registers.eflags & FLAG_CARRY) == 0;
}

size_t platform_disk_signatures(uint32_t *signatures, size_t capacity)
{
    unsigned disk_count = *(const uint8_t *)physical(BDA_DISK_COUNT);
    size_t count = 0;
    for (unsigned i = 0; i < disk_count && i < DISK_COUNT_MAX && count < capacity; i++) {
        if (read_signature((uint8_t)(FIRST_HARD_DISK + i), &signatures[count])) {
            count++;
        }
    }
    return count;
}

/* INT 18, which the BIOS's boot loop waits for (BIOS Boot Specification 1.01, 6.3). */
void machine_boot_next(void)
{
    struct registers registers = {0};

    real_mode_interrupt(0x18, &registers);
}

/* Advanced Power Management 1.2, chapter 4. */
void machine_power_off(void)
{
    enum { ALL_DEVICES = 1, OFF = 3, VERSION_1_2 = 0x0102 };
    struct registers connect = {.eax = 0x5301}, version = {.eax = 0x530E, .ecx = VERSION_1_2},
                     off = {.eax = 0x5307, .ebx = ALL_DEVICES, .ecx = OFF};

    real_mode_interrupt(0x15, &connect);
    real_mode_interrupt(0x15, &version); /* version 1.0 cannot switch off */
    real_mode_interrupt(0x15, &off);
}
