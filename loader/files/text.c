/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a file in any of Windows' encodings. See text.h. */
#include "files/text.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"
#include "base/work.h"

/* UTF-16LE: with a byte order mark; or without, if the first character is ASCII. */
static bool is_utf16(const uint8_t *bytes, size_t size)
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

/* Convert all bytes; `*text` is NULL without memory. */
static size_t convert(const uint8_t *bytes, size_t size, char **text)
{
    size_t length;

    if (is_utf16(bytes, size)) {
        size_t mark = bytes[0] == 0xFF ? 1 : 0;
        size_t unit_count = size / 2 - mark;

        *text = memory_allocate_array(unit_count + 1, 3);
        length = *text == NULL ? 0 : convert_utf16(bytes + 2 * mark, unit_count, *text);
    } else if (is_utf8(bytes, size)) {
        size_t mark = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

        *text = memory_allocate(size - mark + 1);
        length = *text == NULL ? 0 : size - mark;
        if (length > 0) {
            memcpy(*text, bytes + mark, length);
        }
    } else {
        *text = memory_allocate_array(size + 1, 2);
        length = *text == NULL ? 0 : convert_latin1(bytes, size, *text);
    }
    if (*text != NULL) {
        (*text)[length] = '\0';
    }
    work_done.moved += size;
    return length;
}

int text_read(const struct file *file, uint64_t size_max, char **text, size_t *length,
              struct error *error)
{
    size_t size = (size_t)file->size;
    void *copy = NULL;

    *text = NULL;
    if (file->size > size_max) {
        return error_set(error, "%s: a text of %llu bytes is too long: at most %llu are possible",
                         file->name, (unsigned long long)file->size, (unsigned long long)size_max);
    }
    const void *bytes = file_view(file, 0, size);

    if (bytes == NULL) {
        copy = memory_allocate(size + 1);
        if (copy == NULL) {
            return error_no_memory(error, "reading %s", file->name);
        }
        if (file_read(file, 0, copy, size, error) != 0) {
            memory_free(copy);
            return -1;
        }
        bytes = copy;
    } else {
        work_done.read += size;
    }
    *length = convert(bytes, size, text);
    memory_free(copy);
    return *text != NULL ? 0 : error_no_memory(error, "reading %s", file->name);
}
