/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answers of the virtual disk to INT 13. Resident: allocates nothing, calls nothing but
 * volume_read().
 *
 * Boot managers use functions 08, 15, 41, 42 and 48, and need all of them: without any one of them,
 * they do not find the disk. Everything else fails with a status. The register conventions are
 * those of the Enhanced Disk Drive specification, version 1.1.
 */
#include "plugins/int13/int13.h"

#include <string.h>

#include "bios/real_mode.h"

enum {
    STATUS_OK = 0x00,
    STATUS_INVALID = 0x01,
    STATUS_SECTOR_NOT_FOUND = 0x04,
    STATUS_BUFFER_BOUNDARY = 0x09,
    STATUS_CONTROLLER = 0x20,

    FUNCTION_PARAMETERS = 0x08,
    FUNCTION_TYPE = 0x15,
    FUNCTION_EXTENSIONS = 0x41,
    FUNCTION_EXTENDED_READ = 0x42,
    FUNCTION_EXTENDED_PARAMETERS = 0x48,

    /* The geometry that every disk over 8 GB has. */
    CYLINDERS = 1024,
    HEADS = 255,
    SECTORS_PER_TRACK = 63,

    TYPE_HARD_DISK = 3,
    EXTENSIONS_ASKED = 0x55AA,
    EXTENSIONS_PRESENT = 0xAA55,
    EXTENSIONS_VERSION_1 = 0x01,
    EXTENSIONS_ACCESS = 1, /* functions 42 and 48 */
    DMA_BOUNDARIES_HANDLED = 1,
    READ_COUNT_MAX = 127,
    HARD_DISK = 0x80, /* bit of a drive number */
    BDA_END = 0x500,
    BASE_MEMORY_END = 0x100000,
};

struct address_packet {
    uint8_t size;
    uint8_t reserved;
    uint8_t count; /* sectors; after an error: sectors that were read */
    uint8_t reserved_2;
    uint16_t offset, segment;
    uint64_t lba;
} __attribute__((packed));

struct disk_parameters {
    uint16_t size;
    uint16_t flags;
    uint32_t cylinders, heads, sectors_per_track;
    uint64_t sector_count;
    uint16_t sector_size;
} __attribute__((packed));

_Static_assert(sizeof(struct address_packet) == 0x10, "EDD 1.1");
_Static_assert(sizeof(struct disk_parameters) == 0x1A, "EDD 1.1");

static const struct volume *volume;
static uint8_t drive;

void int13_show(const struct volume *shown, uint8_t number)
{
    volume = shown;
    drive = number;
}

static uint8_t disk_count(void)
{
    return (drive & 0x7F) + 1;
}

/* The address of a buffer in base memory; NULL if it wraps around in its segment, or overlaps the
 * BIOS's data or ours. */
static void *real_mode_memory(uint32_t segment, uint32_t offset, uint32_t length)
{
    uint32_t start = real_mode_linear(segment, offset);
    uint32_t end = start + length;
    uint32_t ours = (uint32_t)resident_start;
    if (length > 0x10000 - (offset & 0xFFFF) || start < BDA_END || end > BASE_MEMORY_END) {
        return NULL;
    }
    if ((start < ours + 0x10000 && end > ours) ||
        (start < (uint32_t)low_memory_end && end > (uint32_t)page_tables)) {
        return NULL;
    }
    return physical(start);
}

static uint8_t parameters(struct registers *registers)
{
    uint16_t last_cylinder = CYLINDERS - 1;
    register_set_word(&registers->ecx, (uint16_t)(last_cylinder << 8) | (last_cylinder >> 8 << 6) |
                                           SECTORS_PER_TRACK);
    register_set_word(&registers->edx, (HEADS - 1) << 8 | disk_count());
    return STATUS_OK;
}

/* This function returns the type where others return the status. */
static uint8_t type(struct registers *registers)
{
    uint32_t count =
        volume->sector_count > UINT32_MAX ? UINT32_MAX : (uint32_t)volume->sector_count;
    register_set_word(&registers->ecx, count >> 16);
    register_set_word(&registers->edx, (uint16_t)count);
    return TYPE_HARD_DISK;
}

static uint8_t extended_parameters(const struct registers *registers)
{
    struct disk_parameters *result =
        real_mode_memory(registers->ds, registers->esi, sizeof(*result));
    if (result == NULL) {
        return STATUS_BUFFER_BOUNDARY;
    }
    *result = (struct disk_parameters){
        .size = sizeof(*result),
        .flags = DMA_BOUNDARIES_HANDLED,
        .cylinders = CYLINDERS,
        .heads = HEADS,
        .sectors_per_track = SECTORS_PER_TRACK,
        .sector_count = volume->sector_count,
        .sector_size = SECTOR_SIZE,
    };
    return STATUS_OK;
}

static uint8_t read_sectors(const struct address_packet *packet)
{
    if (packet->size < sizeof(*packet) || packet->count == 0 || packet->count > READ_COUNT_MAX) {
        return STATUS_INVALID;
    }
    if (packet->lba >= volume->sector_count || packet->count > volume->sector_count - packet->lba) {
        return STATUS_SECTOR_NOT_FOUND;
    }
    void *buffer = real_mode_memory(packet->segment, packet->offset, packet->count * SECTOR_SIZE);
    if (buffer == NULL) {
        return STATUS_BUFFER_BOUNDARY;
    }
    return volume_read(volume, packet->lba, packet->count, buffer, NULL) == 0 ? STATUS_OK
                                                                              : STATUS_CONTROLLER;
}

static uint8_t extended_read(const struct registers *registers)
{
    struct address_packet *packet =
        real_mode_memory(registers->ds, registers->esi, sizeof(*packet));
    if (packet == NULL) {
        return STATUS_BUFFER_BOUNDARY;
    }
    uint8_t status = read_sectors(packet);
    if (status != STATUS_OK) {
        packet->count = 0;
    }
    return status;
}

static bool answer(struct registers *registers)
{
    uint8_t status = STATUS_INVALID; /* in AH */
    bool failed = false;
    if (register_low(registers->edx) != drive) {
        return false;
    }
    switch (register_high(registers->eax)) {
    case FUNCTION_PARAMETERS:
        status = parameters(registers);
        break;
    case FUNCTION_TYPE:
        status = type(registers);
        break;
    case FUNCTION_EXTENSIONS:
        failed = (uint16_t)registers->ebx != EXTENSIONS_ASKED;
        if (!failed) {
            register_set_word(&registers->ebx, EXTENSIONS_PRESENT);
            register_set_word(&registers->ecx, EXTENSIONS_ACCESS);
            status = EXTENSIONS_VERSION_1;
        }
        break;
    case FUNCTION_EXTENDED_READ:
        status = extended_read(registers);
        failed = status != STATUS_OK;
        break;
    case FUNCTION_EXTENDED_PARAMETERS:
        status = extended_parameters(registers);
        failed = status != STATUS_OK;
        break;
    default:
        failed = true;
        break;
    }
    register_set_word(&registers->eax, (uint16_t)(status << 8 | register_low(registers->eax)));
    registers->eflags = FLAG_ALWAYS_SET | (failed ? FLAG_CARRY : 0);
    return true;
}

/* A BIOS counts its own disks only. */
static void correct(const struct registers *call, struct registers *result)
{
    bool counts_hard_disks = register_high(call->eax) == FUNCTION_PARAMETERS &&
                             (register_low(call->edx) & HARD_DISK) != 0 &&
                             (result->eflags & FLAG_CARRY) == 0;
    if (counts_hard_disks && register_low(result->edx) < disk_count()) {
        result->edx = (result->edx & ~UINT32_C(0xFF)) | disk_count();
    }
}

const struct disk_callback int13_callback = {.answer = answer, .correct = correct};
