/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8, UTF-16 and case folding. See unicode.h. */
#include "base/unicode.h"

#include "base/fnv.h"
#include "base/little_endian.h"

#include <string.h>

enum { REPLACEMENT = 0xFFFD };

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Decode one character; ill-formed input gives U+FFFD and consumes one byte. Three-byte sequences
 * of single surrogates are accepted (unicode.h). */
static uint32_t decode_utf8(const uint8_t *bytes, size_t length, size_t *consumed)
{
    uint32_t first = bytes[0];
    *consumed = 1;
    if (first < 0x80) {
        return first;
    }
    if (first >= 0xC2 && first < 0xE0 && length >= 2 && is_continuation(bytes[1])) {
        *consumed = 2;
        return (first & 0x1F) << 6 | (bytes[1] & 0x3F);
    }
    if (first >= 0xE0 && first < 0xF0 && length >= 3 && is_continuation(bytes[1]) &&
        is_continuation(bytes[2])) {
        uint32_t character =
            (first & 0x0F) << 12 | (uint32_t)(bytes[1] & 0x3F) << 6 | (bytes[2] & 0x3F);
        if (character >= 0x800) {
            *consumed = 3;
            return character;
        }
    }
    if (first >= 0xF0 && first < 0xF5 && length >= 4 && is_continuation(bytes[1]) &&
        is_continuation(bytes[2]) && is_continuation(bytes[3])) {
        uint32_t character = (first & 0x07) << 18 | (uint32_t)(bytes[1] & 0x3F) << 12 |
                             (uint32_t)(bytes[2] & 0x3F) << 6 | (bytes[3] & 0x3F);
        if (character >= 0x10000 && character < 0x110000) {
            *consumed = 4;
            return character;
        }
    }
    return REPLACEMENT;
}

size_t utf16_from_utf8(const char *text, size_t length, uint16_t *units, size_t capacity)
{
    size_t count = 0;
    if (units == NULL) {
        capacity = 0;
    }
    while (length > 0) {
        size_t consumed;
        uint32_t character = decode_utf8((const uint8_t *)text, length, &consumed);
        text += consumed;
        length -= consumed;
        if (character >= 0x10000) {
            if (count + 1 < capacity) {
                units[count] = (uint16_t)(0xD800 + ((character - 0x10000) >> 10));
                units[count + 1] = (uint16_t)(0xDC00 + (character & 0x3FF));
            }
            count += 2;
        } else {
            if (count < capacity) {
                units[count] = (uint16_t)character;
            }
            count++;
        }
    }
    return count;
}

static uint16_t unit_at(const void *units, size_t index)
{
    return get_u16((const uint8_t *)units + index * 2);
}

static size_t encode_utf8(uint32_t character, uint8_t bytes[4])
{
    if (character < 0x80) {
        bytes[0] = (uint8_t)character;
        return 1;
    }
    if (character < 0x800) {
        bytes[0] = (uint8_t)(0xC0 | character >> 6);
        bytes[1] = (uint8_t)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        bytes[0] = (uint8_t)(0xE0 | character >> 12);
        bytes[1] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
        bytes[2] = (uint8_t)(0x80 | (character & 0x3F));
        return 3;
    }
    bytes[0] = (uint8_t)(0xF0 | character >> 18);
    bytes[1] = (uint8_t)(0x80 | (character >> 12 & 0x3F));
    bytes[2] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
    bytes[3] = (uint8_t)(0x80 | (character & 0x3F));
    return 4;
}

size_t utf8_from_utf16(const void *units, size_t unit_count, char *text, size_t capacity)
{
    size_t length = 0, end = 0;
    for (size_t i = 0; i < unit_count; i++) {
        uint32_t character = unit_at(units, i);
        if (character >= 0xD800 && character < 0xDC00 && i + 1 < unit_count) {
            uint16_t low = unit_at(units, i + 1);
            if (low >= 0xDC00 && low < 0xE000) {
                character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00u);
                i++;
            }
        }
        uint8_t bytes[4];
        size_t size = encode_utf8(character, bytes);
        /* A cut text ends with a whole character. */
        if (length + size < capacity) {
            memcpy(text + length, bytes, size);
            end = length + size;
        }
        length += size;
    }
    if (capacity > 0) {
        text[end] = '\0';
    }
    return length;
}

/* Ranges of lower-case letters and the distance to their upper case. `step` 2: pairs, of which the
 * lower one is odd or even as `first` is. */
static const struct {
    uint16_t first, last;
    int16_t distance;
    uint8_t step;
} lower_ranges[] = {
    {0x00E0, 0x00F6, -32, 1},   {0x00F8, 0x00FE, -32, 1}, {0x00FF, 0x00FF, 121, 1},
    {0x0101, 0x012F, -1, 2},    {0x0133, 0x0137, -1, 2},  {0x013A, 0x0148, -1, 2},
    {0x014B, 0x0177, -1, 2},    {0x017A, 0x017E, -1, 2},  {0x01CE, 0x01DC, -1, 2},
    {0x01DF, 0x01EF, -1, 2},    {0x01F9, 0x021F, -1, 2},  {0x0223, 0x0233, -1, 2},
    {0x03AC, 0x03AC, -38, 1},   {0x03AD, 0x03AF, -37, 1}, {0x03B1, 0x03C1, -32, 1},
    {0x03C3, 0x03CB, -32, 1},   {0x03CC, 0x03CC, -64, 1}, {0x03CD, 0x03CE, -63, 1},
    {0x03D9, 0x03EF, -1, 2},    {0x0430, 0x044F, -32, 1}, {0x0450, 0x045F, -80, 1},
    {0x0461, 0x0481, -1, 2},    {0x048B, 0x04BF, -1, 2},  {0x04C2, 0x04CE, -1, 2},
    {0x04D1, 0x052F, -1, 2},    {0x0561, 0x0586, -48, 1}, {0x1E01, 0x1E95, -1, 2},
    {0x1EA1, 0x1EFF, -1, 2},    {0x2170, 0x217F, -16, 1}, {0x24D0, 0x24E9, -26, 1},
    {0x2D00, 0x2D25, -7264, 1}, {0xFF41, 0xFF5A, -32, 1},
};

uint16_t utf16_upcase(uint16_t unit)
{
    if (unit < 0x80) {
        return unit >= 'a' && unit <= 'z' ? (uint16_t)(unit - 32) : unit;
    }
    for (size_t i = 0; i < sizeof(lower_ranges) / sizeof(lower_ranges[0]); i++) {
        if (unit < lower_ranges[i].first) {
            break;
        }
        if (unit <= lower_ranges[i].last) {
            bool lower = (unit - lower_ranges[i].first) % lower_ranges[i].step == 0;
            return lower ? (uint16_t)(unit + lower_ranges[i].distance) : unit;
        }
    }
    return unit;
}

int utf16_compare(const void *left, size_t left_count, const void *right, size_t right_count)
{
    for (size_t i = 0; i < left_count && i < right_count; i++) {
        int difference = utf16_upcase(unit_at(left, i)) - utf16_upcase(unit_at(right, i));
        if (difference != 0) {
            return difference;
        }
    }
    return left_count < right_count ? -1 : left_count > right_count;
}

/* The next character of NUL-terminated text, folded. A NUL ends a sequence like any other byte that
 * does not continue it, so four bytes may be offered to decode_utf8() without measuring. */
static uint32_t next_folded(const char **text)
{
    size_t consumed;
    uint32_t character = decode_utf8((const uint8_t *)*text, 4, &consumed);
    *text += consumed;
    return character < 0x10000 ? utf16_upcase((uint16_t)character) : character;
}

bool utf8_equal(const char *left, const char *right)
{
    while (*left != '\0' && *right != '\0') {
        /* ASCII letters, by far the most frequent, need no decoding. */
        if (((*left | *right) & 0x80) == 0) {
            if (utf16_upcase((uint16_t)*left++) != utf16_upcase((uint16_t)*right++)) {
                return false;
            }
        } else if (next_folded(&left) != next_folded(&right)) {
            return false;
        }
    }
    return *left == *right;
}

static uint32_t hash_unit(uint32_t hash, uint16_t unit)
{
    return fnv_add(hash, utf16_upcase(unit));
}

uint32_t utf8_hash(uint32_t hash, const char *text, size_t length)
{
    while (length > 0) {
        size_t consumed;
        uint32_t character = decode_utf8((const uint8_t *)text, length, &consumed);
        text += consumed;
        length -= consumed;
        if (character >= 0x10000) {
            hash = hash_unit(hash, (uint16_t)(0xD800 + ((character - 0x10000) >> 10)));
            hash = hash_unit(hash, (uint16_t)(0xDC00 + (character & 0x3FF)));
        } else {
            hash = hash_unit(hash, (uint16_t)character);
        }
    }
    return hash;
}

uint32_t utf16_hash(uint32_t hash, const void *units, size_t unit_count)
{
    for (size_t i = 0; i < unit_count; i++) {
        hash = hash_unit(hash, unit_at(units, i));
    }
    return hash;
}

bool utf8_match(const char *pattern, const char *name)
{
    const char *star = NULL, *star_name = NULL; /* where to continue when the rest does not match */
    while (*name != '\0') {
        const char *next_pattern = pattern, *next_name = name;
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
            continue;
        }
        if (*pattern != '\0') {
            uint32_t wanted = next_folded(&next_pattern);
            if (next_folded(&next_name) == wanted || wanted == '?') {
                pattern = next_pattern;
                name = next_name;
                continue;
            }
        }
        if (star == NULL) {
            return false;
        }
        next_folded(&star_name);
        name = star_name;
        pattern = star;
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
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

bool utf8_is_well_formed(const uint8_t *bytes, size_t size)
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
