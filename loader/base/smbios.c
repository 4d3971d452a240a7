/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SMBIOS structure table: structures of a type, a length, a handle and fields, each followed by
 * its strings, NUL-terminated and numbered from 1; an empty string ends them. The table comes from
 * the machine's firmware, and firmware has bugs, so nothing in it is trusted.
 */
#include "base/smbios.h"

#include <stdbool.h>
#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"

enum {
    HEADER_SIZE = 4,
    END_OF_TABLE = 127,
    UUID_OFFSET = 8,
    UUID_SIZE = 16,

    MEMORY_DEVICE = 17, /* DSP0134 7.18 */
    DEVICE_SIZE = 0x0C, /* 2 bytes; in MiB, or in KiB with the top bit */
    DEVICE_TECHNOLOGY = 0x12,
    DEVICE_EXTENDED_SIZE = 0x1C, /* 4 bytes, in MiB */
    SIZE_UNKNOWN = 0xFFFF,
    SIZE_IS_EXTENDED = 0x7FFF,
    SIZE_IN_KIB = 0x8000,

    MAPPED_ADDRESS = 19,         /* DSP0134 7.20 */
    RANGE_START = 0x04,          /* 4 bytes, in KiB */
    RANGE_END = 0x08,            /* likewise; of the last KiB */
    RANGE_EXTENDED_START = 0x0F, /* 8 bytes, in bytes */
    RANGE_EXTENDED_END = 0x17,
};

const struct smbios_field smbios_fields[SMBIOS_FIELD_COUNT] = {
    {"manufacturer", 1, 0x04}, {"product", 1, 0x05},     {"version", 1, 0x06},
    {"serial", 1, 0x07},       {"uuid", 1, UUID_OFFSET}, {"sku", 1, 0x19},
    {"family", 1, 0x1A},       {"asset_tag", 3, 0x08},   {"bios_vendor", 0, 0x04},
    {"bios_version", 0, 0x05}, {"bios_date", 0, 0x08},   {"board", 2, 0x05},
};

/* The end of the structure at an offset, strings included. */
static size_t structure_end(const uint8_t *table, size_t size, size_t offset)
{
    size_t end = offset + table[offset + 1];
    while (end + 1 < size && (table[end] != 0 || table[end + 1] != 0)) {
        end++;
    }
    return end + 2;
}

/* A structure of the table: from `offset` to `end`, strings included. Zero: before the first. */
struct structure {
    size_t offset, end;
};

/* Go on to the next structure of a type; false if there is none. */
static bool next_structure(const uint8_t *table, size_t size, uint8_t type,
                           struct structure *structure)
{
    size_t at = structure->end;

    while (size - at >= HEADER_SIZE && table[at + 1] >= HEADER_SIZE && table[at + 1] <= size - at &&
           table[at] != END_OF_TABLE) {
        structure->offset = at;
        structure->end = structure_end(table, size, at);
        if (structure->end > size) {
            return false;
        }
        if (table[at] == type) {
            return true;
        }
        at = structure->end;
    }
    return false;
}

static size_t format_uuid(const uint8_t *uuid, char *buffer, size_t size)
{
    bool all_zero = true, all_one = true;
    for (size_t i = 0; i < UUID_SIZE; i++) {
        all_zero = all_zero && uuid[i] == 0;
        all_one = all_one && uuid[i] == 0xff;
    }
    if (all_zero || all_one) { /* not set */
        return 0;
    }
    return format_string(
        buffer, size, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
        uuid[3], uuid[2], uuid[1], uuid[0], uuid[5], uuid[4], uuid[7], uuid[6], uuid[8], uuid[9],
        uuid[10], uuid[11], uuid[12], uuid[13], uuid[14], uuid[15]);
}

static size_t copy_string(const uint8_t *from, const uint8_t *end, unsigned number, char *buffer,
                          size_t size)
{
    size_t length;
    for (; number > 1; number--) {
        const uint8_t *next = memchr(from, 0, (size_t)(end - from));
        if (next == NULL || next == from) {
            return 0;
        }
        from = next + 1;
    }
    while (from < end && *from == ' ') {
        from++;
    }
    for (length = 0; from + length < end && from[length] != 0 && length + 1 < size; length++) {
        buffer[length] = (char)from[length];
    }
    while (length > 0 && buffer[length - 1] == ' ') {
        length--;
    }
    buffer[length] = '\0';
    return length;
}

size_t smbios_fact(const uint8_t *table, size_t table_size, const struct smbios_field *field,
                   char *buffer, size_t size)
{
    uint8_t offset_in_structure = field->offset;
    struct structure found = {0};

    if (table == NULL || !next_structure(table, table_size, field->type, &found)) {
        return 0;
    }

    const uint8_t *structure = table + found.offset;
    uint8_t length = structure[1];

    if (field->type == 1 && offset_in_structure == UUID_OFFSET) {
        return length >= UUID_OFFSET + UUID_SIZE
                   ? format_uuid(structure + UUID_OFFSET, buffer, size)
                   : 0;
    }
    if (offset_in_structure >= length || structure[offset_in_structure] == 0) {
        return 0;
    }
    return copy_string(structure + length, table + found.end, structure[offset_in_structure],
                       buffer, size);
}

/* ---- memory ---- */

/* Whether a memory device is RAM: firmware is told of as well, and what it is displayed from. */
static bool is_ram(uint8_t technology)
{
    enum { VRAM = 0x05, ROM = 0x08, EPROM = 0x0C, LOGICAL_NON_VOLATILE = 0x1F };

    return technology != VRAM && !(technology >= ROM && technology <= EPROM) &&
           technology != LOGICAL_NON_VOLATILE;
}

/* Bytes of a memory device; 0 for an empty slot, or if it is not RAM. */
static uint64_t device_size(const uint8_t *device)
{
    uint8_t length = device[1];

    if (length <= DEVICE_TECHNOLOGY || !is_ram(device[DEVICE_TECHNOLOGY])) {
        return 0;
    }

    uint16_t size = get_u16(device + DEVICE_SIZE);

    if (size == SIZE_UNKNOWN) {
        return 0;
    }
    if (size == SIZE_IS_EXTENDED) {
        return length < DEVICE_EXTENDED_SIZE + 4
                   ? 0
                   : (uint64_t)(get_u32(device + DEVICE_EXTENDED_SIZE) & INT32_MAX) << 20;
    }
    return (size & SIZE_IN_KIB) != 0 ? (uint64_t)(size & ~SIZE_IN_KIB) << 10 : (uint64_t)size << 20;
}

/* Bytes of a range of addresses that memory is at. */
static uint64_t range_size(const uint8_t *range)
{
    uint8_t length = range[1];

    if (length < RANGE_END + 4) {
        return 0;
    }

    uint64_t start = get_u32(range + RANGE_START), end = get_u32(range + RANGE_END);

    if (start != UINT32_MAX) {
        return end < start ? 0 : (end - start + 1) << 10;
    }
    if (length < RANGE_EXTENDED_END + 8) {
        return 0;
    }
    start = get_u64(range + RANGE_EXTENDED_START);
    end = get_u64(range + RANGE_EXTENDED_END);
    return end < start || end - start == UINT64_MAX ? 0 : end - start + 1;
}

/* The sizes of all structures of a type, in all; 0 if that is more than there can be. */
static uint64_t total(const uint8_t *table, size_t table_size, uint8_t type,
                      uint64_t (*size_of)(const uint8_t *structure))
{
    struct structure found = {0};
    uint64_t bytes = 0;

    while (next_structure(table, table_size, type, &found)) {
        uint64_t size = size_of(table + found.offset);

        if (size > SMBIOS_MEMORY_MAX - bytes) {
            return 0;
        }
        bytes += size;
    }
    return bytes;
}

uint64_t smbios_memory(const uint8_t *table, size_t table_size)
{
    uint64_t bytes = 0;

    if (table != NULL) {
        bytes = total(table, table_size, MEMORY_DEVICE, device_size);
        if (bytes == 0) {
            bytes = total(table, table_size, MAPPED_ADDRESS, range_size);
        }
    }
    return bytes;
}

uint64_t smbios_installed_memory(const struct machine *machine)
{
    uint64_t installed = smbios_memory(machine->smbios, machine->smbios_size);

    return installed > machine->memory ? installed : machine->memory;
}
