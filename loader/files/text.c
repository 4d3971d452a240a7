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

/* The length of ASCII at the start. */
static size_t ascii_length(const uint8_t *bytes, size_t size)
{
    size_t length = 0;

    while (length < size && bytes[length] < 0x80) {
        length++;
    }
    return length;
}

/* The length of a well-formed sequence of UTF-8 at the start; 0 if there is none. */
static size_t sequence_length(const uint8_t *bytes, size_t size)
{
    size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;

    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > size) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

static bool is_utf8(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t length = ascii_length(bytes, size);

        if (length == 0) {
            length = sequence_length(bytes, size);
            if (length == 0) {
                return false;
            }
        }
        bytes += length;
        size -= length;
    }
    return true;
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
    } else if (is_utf8(bytes, size)) {
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
