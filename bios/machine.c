/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts about the machine: SMBIOS, the hard disks' signatures, and what other parts found out.
 */
#include "bios/machine.h"

#include <string.h>

#include "arch/time_stamp.h"
#include "base/machine.h"
#include "bios/boot_parameters.h"
#include "bios/memory.h"
#include "bios/real_mode.h"

enum {
    SMBIOS_AREA_START = 0xF0000, /* where BIOSes put the entry point, at multiples of 16 */
    SMBIOS_AREA_END = 0x100000,
    SMBIOS_STEP = 16,
    ANCHOR_2 = 0x5F4D535F, /* "_SM_" */
    ANCHOR_3 = 0x334D535F, /* "_SM3", then "_" */

    BDA_TICKS = 0x46C,
    FIRST_HARD_DISK = 0x80,
    DISK_READ_ONE_SECTOR = 0x0201,
    MBR_SIGNATURE = 0x1B8, /* offset in the MBR */
};

static struct machine machine;

/* The two entry points: "_SM_" of version 2 with a 32-bit table address, "_SM3_" with a 64-bit one.
 * DMTF DSP0134, 5.2. */
struct smbios_2 {
    char anchor[4];
    uint8_t checksum, length;
    uint8_t unused[10];
    char middle_anchor[5];
    uint8_t middle_checksum;
    uint16_t table_size;
    uint32_t table;
} __attribute__((packed));

struct smbios_3 {
    char anchor[5];
    uint8_t checksum, length;
    uint8_t unused[5];
    uint32_t table_size;
    uint64_t table;
} __attribute__((packed));

static bool adds_up(const uint8_t *bytes, size_t length)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < length; i++) {
        sum += bytes[i];
    }
    return sum == 0;
}

static bool use_smbios_2(const struct smbios_2 *entry, size_t room)
{
    if (entry->length > room || !adds_up((const uint8_t *)entry, entry->length)) {
        return false;
    }
    machine.smbios = physical(entry->table);
    machine.smbios_size = entry->table_size;
    return true;
}

static bool use_smbios_3(const struct smbios_3 *entry, size_t room)
{
    if (entry->length > room || !adds_up((const uint8_t *)entry, entry->length) ||
        entry->table >> 32 != 0) {
        return false;
    }
    machine.smbios = physical((uint32_t)entry->table);
    machine.smbios_size = entry->table_size;
    return true;
}

/* Look for an entry point. Where there are both kinds, they lead to the same table. */
static void find_smbios(void)
{
    for (uint32_t at = SMBIOS_AREA_START; at < SMBIOS_AREA_END; at += SMBIOS_STEP) {
        const uint32_t *anchor = physical(at);
        size_t room = SMBIOS_AREA_END - at;
        if ((*anchor == ANCHOR_2 && room >= sizeof(struct smbios_2) &&
             use_smbios_2(physical(at), room)) ||
            (*anchor == ANCHOR_3 && room >= sizeof(struct smbios_3) &&
             use_smbios_3(physical(at), room))) {
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

    for (unsigned i = 0; i < disk_count && count < capacity; i++) {
        if (read_signature((uint8_t)(FIRST_HARD_DISK + i), &signatures[count])) {
            count++;
        }
    }
    return count;
}
