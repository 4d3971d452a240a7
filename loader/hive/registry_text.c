/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a .reg file as UTF-8. See registry_text.h. */
#include "hive/registry_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"

uint16_t registry_ansi_unit(uint8_t byte)
{
    /* 0x80 to 0x9F, where Windows-1252 differs from Latin-1; those without a character stay. */
    static const uint16_t units[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? units[byte - 0x80] : byte;
}

char *registry_text(const void *bytes, size_t size, size_t *length, struct error *error)
{
    const uint8_t *at = bytes;
    bool is_wide = size >= 2 && at[0] == 0xFF && at[1] == 0xFE;
    bool is_marked = size >= 3 && at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF;
    size_t capacity;
    if (!memory_array_size(is_wide ? size / 2 : size, 3, &capacity) || capacity == SIZE_MAX) {
        capacity = SIZE_MAX - 1;
    }
    char *text = memory_allocate(capacity + 1);
    if (text == NULL) {
        error_no_memory(error, "a .reg file of %zu bytes", size);
        return NULL;
    }
    if (is_wide) {
        *length = utf8_from_utf16(at + 2, size / 2 - 1, text, capacity + 1);
    } else if (is_marked || utf8_is_well_formed(at, size)) {
        *length = size - (is_marked ? 3 : 0);
        memcpy(text, at + (is_marked ? 3 : 0), *length);
    } else {
        *length = 0;
        for (size_t i = 0; i < size; i++) {
            uint16_t unit = registry_ansi_unit(at[i]);
            *length += utf8_from_utf16(&unit, 1, text + *length, capacity + 1 - *length);
        }
    }
    text[*length] = '\0';
    return text;
}
