/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SMBIOS structure table: structures of a type, a length, a handle and fields, each followed by
 * its strings, NUL-terminated and numbered from 1; an empty string ends them. The table comes from
 * the machine's firmware, and firmware has bugs: nothing in it is believed.
 */
#include "lua/smbios.h"

#include <stdbool.h>
#include <string.h>

#include "base/format.h"

enum { HEADER_SIZE = 4, END_OF_TABLE = 127, UUID_OFFSET = 8, UUID_SIZE = 16 };

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

/* The first structure of a type; false if there is none. */
static bool find_structure(const uint8_t *table, size_t size, uint8_t type, size_t *offset,
                           size_t *end)
{
    size_t at = 0;

    while (size - at >= HEADER_SIZE && table[at + 1] >= HEADER_SIZE && table[at + 1] <= size - at &&
           table[at] != END_OF_TABLE) {
        *offset = at;
        *end = structure_end(table, size, at);
        if (*end > size) {
            return false;
        }
        if (table[at] == type) {
            return true;
        }
        at = *end;
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
    size_t offset, end;

    if (table == NULL || !find_structure(table, table_size, field->type, &offset, &end)) {
        return 0;
    }

    const uint8_t *structure = table + offset;
    uint8_t length = structure[1];

    if (field->type == 1 && offset_in_structure == UUID_OFFSET) {
        return length >= UUID_OFFSET + UUID_SIZE
                   ? format_uuid(structure + UUID_OFFSET, buffer, size)
                   : 0;
    }
    if (offset_in_structure >= length || structure[offset_in_structure] == 0) {
        return 0;
    }
    return copy_string(structure + length, table + end, structure[offset_in_structure], buffer,
                       size);
}
