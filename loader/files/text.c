/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a file in any of Windows' encodings. See text.h. */
#include "files/text.h"

#include <string.h>

#include "base/unicode.h"
#include "base/work.h"

bool text_is_utf16(const uint8_t *bytes, size_t size)
{
    return size >= 2 &&
           ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] != 0 && bytes[1] == 0));
}

/* Most units are ASCII: these are converted here. */
static size_t convert_utf16(const uint8_t *bytes, size_t unit_count, char *text)
{
    char *to = text;
    size_t i = 0;

    while (i < unit_count) {
        const uint8_t *unit = bytes + 2 * i;

        if (unit[1] == 0 && unit[0] < 0x80) {
            *to++ = (char)unit[0];
            i++;
            continue;
        }
        size_t run = 1;

        while (i + run < unit_count && (unit[2 * run + 1] != 0 || unit[2 * run] >= 0x80)) {
            run++;
        }
        to += utf8_from_utf16(unit, run, to, 3 * run + 1);
        i += run;
    }
    return (size_t)(to - text);
}

static size_t convert_latin1(const uint8_t *bytes, size_t size, char *text)
{
    char *to = text;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] < 0x80) {
            *to++ = (char)bytes[i];
        } else {
            *to++ = (char)(0xC0 | bytes[i] >> 6);
            *to++ = (char)(0x80 | (bytes[i] & 0x3F));
        }
    }
    return (size_t)(to - text);
}

size_t text_mark_length(const uint8_t *bytes, size_t size)
{
    if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
        return 2;
    }
    return size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

size_t text_decode(const uint8_t *bytes, size_t size, bool is_utf16, char *text)
{
    size_t length;

    if (is_utf16) {
        length = convert_utf16(bytes, size / 2, text);
    } else if (utf8_is_well_formed(bytes, size)) {
        length = size;
        memmove(text, bytes, size);
    } else {
        length = convert_latin1(bytes, size, text);
    }
    text[length] = '\0';
    work_done.moved += size;
    return length;
}

int text_read(const struct file *file, char *text, size_t *length, struct error *error)
{
    size_t size = (size_t)file->size;
    uint8_t *bytes = (uint8_t *)text + text_decoded_size(size) - size;

    if (size > 0 && file_read(file, 0, bytes, size, error) != 0) {
        return -1;
    }
    size_t mark = text_mark_length(bytes, size);

    *length = text_decode(bytes + mark, size - mark, text_is_utf16(bytes, size), text);
    return 0;
}
