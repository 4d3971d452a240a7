/* SPDX-License-Identifier: BSD-2-Clause */
/* INT 13: every function that boot managers call, and everything else refused. */
#include <string.h>

#include "bios.h"
#include "report.h"

enum {
    VECTOR_DISK = 0x13,
    FIRST_DRIVE = 0x80,
    READ_MAX = 127, /* sectors */
    BDA_DRIVE_COUNT = 0x475,
    STATUS_BAD_COMMAND = 1,
};

struct __attribute__((packed)) address_packet {
    uint8_t size, reserved;
    uint16_t count, offset, segment;
    uint64_t lba;
};

struct __attribute__((packed)) drive_parameters {
    uint16_t size, flags;
    uint32_t cylinders, heads, sectors_per_track;
    uint64_t sectors;
    uint16_t sector_size;
};

static uint8_t drive;

static bool int13(struct registers *registers, uint32_t at)
{
    call_interrupt(VECTOR_DISK, registers, at);
    return !(registers->flags & FLAG_CARRY);
}

static uint8_t status(const struct registers *registers)
{
    return (uint8_t)(registers->eax >> 8);
}

/* AH = 42, laid out as boot managers do: data, then registers, then the packet. */
static bool read_sectors(uint8_t from, uint64_t lba, uint32_t count)
{
    uint32_t registers_at = BUFFER + count * SECTOR_SIZE;
    uint32_t packet_at = registers_at + 0x40;
    struct address_packet packet = {
        .size = sizeof(packet), .count = (uint16_t)count, .segment = BUFFER >> 4, .lba = lba};
    memcpy((void *)(uintptr_t)packet_at, &packet, sizeof(packet));
    struct registers registers = {
        .eax = 0x4200, .edx = from, .ds = packet_at >> 4, .esi = packet_at & 15};
    return int13(&registers, registers_at) && status(&registers) == 0;
}

static bool read_drive(struct disk *disk, uint64_t lba, uint32_t count, void *buffer)
{
    if (!read_sectors(drive, lba, count)) {
        return false;
    }
    if (!disk->discards) {
        memcpy(buffer, (void *)BUFFER, count * SECTOR_SIZE);
    }
    return true;
}

static uint32_t mbr_signature(void)
{
    uint32_t signature;
    memcpy(&signature, (void *)(BUFFER + 0x1b8), 4);
    return signature;
}

/* Is there a fixed disk of this number, with everything that boot managers ask for? */
static bool probe(uint8_t number, uint64_t *sectors, uint32_t *drives)
{
    struct registers registers = {.eax = 0x0800, .edx = number};
    if (!int13(&registers, BUFFER) || status(&registers) != 0) {
        return false;
    }
    *drives = registers.edx & 0xff;
    registers = (struct registers){.eax = 0x1500, .edx = number};
    if (!int13(&registers, BUFFER) || status(&registers) != 3) {
        return false;
    }
    registers = (struct registers){.eax = 0x4100, .ebx = 0x55aa, .edx = number};
    if (!int13(&registers, BUFFER) || (registers.ebx & 0xffff) != 0xaa55 || !(registers.ecx & 1)) {
        return false;
    }
    struct drive_parameters parameters = {.size = sizeof(parameters)};
    memcpy((void *)BUFFER, &parameters, sizeof(parameters));
    registers = (struct registers){.eax = 0x4800, .edx = number, .ds = BUFFER >> 4};
    if (!int13(&registers, BUFFER + 0x200) || status(&registers) != 0) {
        return false;
    }
    memcpy(&parameters, (void *)BUFFER, sizeof(parameters));
    *sectors = parameters.sectors;
    return parameters.sector_size == SECTOR_SIZE;
}

static void check_answers(uint64_t sectors, uint32_t drives_found)
{
    struct registers registers = {.eax = 0x0800, .edx = drive};
    int13(&registers, BUFFER);
    check((registers.ecx & 0xffff) == 0xffff && (registers.edx >> 8 & 0xff) == 254,
          "08: 1024 cylinders, 255 heads, 63 sectors (%x %x)", registers.ecx, registers.edx);
    check((registers.edx & 0xff) >= drives_found, "08: %u drives", registers.edx & 0xff);
    registers = (struct registers){.eax = 0x1500, .edx = drive};
    int13(&registers, BUFFER);
    check((registers.ecx << 16 | (registers.edx & 0xffff)) == (uint32_t)sectors,
          "15: the number of sectors");
    struct drive_parameters parameters;
    registers = (struct registers){.eax = 0x4800, .edx = drive, .ds = BUFFER >> 4};
    memset((void *)BUFFER, 0xee, 64);
    *(uint16_t *)BUFFER = sizeof(parameters);
    int13(&registers, BUFFER + 0x200);
    memcpy(&parameters, (void *)BUFFER, sizeof(parameters));
    check(parameters.size == sizeof(parameters) && parameters.heads == 255 &&
              parameters.sectors_per_track == 63 && parameters.sectors == sectors,
          "48: the same drive");
    check(*(const volatile uint8_t *)(BUFFER + sizeof(parameters)) == 0xee,
          "48: nothing is written after the buffer");
}

static bool refused(struct registers *registers, uint32_t at)
{
    return !int13(registers, at) && status(registers) != 0;
}

static void check_refusals(uint64_t sectors)
{
    static const uint8_t functions[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0c,
                                        0x43, 0x44, 0x46, 0x4b, 0x4e, 0xff};
    for (unsigned i = 0; i < sizeof(functions); i++) {
        struct registers registers = {
            .eax = (uint32_t)functions[i] << 8 | 1, .ecx = 1, .edx = drive, .es = BUFFER >> 4};
        memset((void *)BUFFER, 0x55, SECTOR_SIZE);
        bool good = refused(&registers, BUFFER + 0x400);
        check(good && status(&registers) == STATUS_BAD_COMMAND,
              "function %02x is refused (status %x)", functions[i], status(&registers));
    }

    static const struct {
        const char *what;
        struct address_packet packet;
        bool from_end; /* the LBA counts from the end of the disk */
    } bad[] = {
        {"a read beyond the end", {16, 0, 1, 0, BUFFER >> 4, 0}, true},
        {"a read across the end", {16, 0, 2, 0, BUFFER >> 4, (uint64_t)-1}, true},
        {"a read at an LBA that wraps", {16, 0, 2, 0, BUFFER >> 4, UINT64_MAX}, false},
        {"a read at an LBA of 64 bits", {16, 0, 1, 0, BUFFER >> 4, 1ull << 63}, false},
        {"a short packet", {8, 0, 1, 0, BUFFER >> 4, 0}, false},
        {"a buffer over the end of real mode's memory", {16, 0, 1, 0xff00, 0xffff, 0}, false},
        {"a buffer over the loader itself", {16, 0, 1, 0, 0x2000, 0}, false},
    };
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct address_packet packet = bad[i].packet;
        packet.lba += bad[i].from_end ? sectors : 0;
        memset((void *)BUFFER, 0x55, SECTOR_SIZE);
        memcpy((void *)(BUFFER + 0x440), &packet, sizeof(packet));
        struct registers registers = {
            .eax = 0x4200, .edx = drive, .ds = (BUFFER + 0x440) >> 4, .esi = 0};
        bool good = refused(&registers, BUFFER + 0x400);
        check(good, "%s is refused (status %x)", bad[i].what, status(&registers));
        check(*(const volatile uint8_t *)BUFFER == 0x55, "%s writes nothing", bad[i].what);
    }
}

bool find_drive(const struct handover *handover, struct disk *disk)
{
    uint32_t found = 0, drives = 0;
    for (unsigned number = FIRST_DRIVE; number < 0x100; number++) {
        uint64_t sectors;
        if (!probe((uint8_t)number, &sectors, &drives)) {
            break;
        }
        found++;
        bool readable = read_sectors((uint8_t)number, 0, 1);
        report("drive %02x of %llu sectors, signature %08x, one of %u", number, sectors,
               readable ? mbr_signature() : 0, drives);
        if (readable && mbr_signature() == handover->signature) {
            check(drive == 0, "only one drive has the signature");
            drive = (uint8_t)number;
            *disk = (struct disk){.read = read_drive, .sectors = sectors, .read_max = READ_MAX};
        }
    }
    if (!check(drive != 0, "the drive is found going up from 80")) {
        return false;
    }
    check(drive == handover->drive, "it is the announced drive %02x", handover->drive);
    check(*(const volatile uint8_t *)BDA_DRIVE_COUNT == found && drives >= found,
          "the BIOS counts %u drives", found);
    check_answers(disk->sectors, found);
    check_refusals(disk->sectors);
    return true;
}
