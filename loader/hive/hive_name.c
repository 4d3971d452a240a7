/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of keys' names. */
#include "hive/hive.h"

#include "base/unicode.h"

static unsigned char upcase(unsigned char character)
{
    return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
}

int hive_compare_names(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t common = left_length < right_length ? left_length : right_length;
    for (size_t i = 0; i < common; i++) {
        unsigned char l = (unsigned char)left[i], r = (unsigned char)right[i];
        if ((l | r) & 0x80) {
            uint16_t left_units[HIVE_KEY_NAME_MAX], right_units[HIVE_KEY_NAME_MAX];
            size_t left_count =
                utf16_from_utf8(left + i, left_length - i, left_units, HIVE_KEY_NAME_MAX);
            size_t right_count =
                utf16_from_utf8(right + i, right_length - i, right_units, HIVE_KEY_NAME_MAX);
            if (left_count > HIVE_KEY_NAME_MAX) {
                left_count = HIVE_KEY_NAME_MAX;
            }
            if (right_count > HIVE_KEY_NAME_MAX) {
                right_count = HIVE_KEY_NAME_MAX;
            }
            return utf16_compare(left_units, left_count, right_units, right_count);
        }
        if (l != r && upcase(l) != upcase(r)) {
            return upcase(l) - upcase(r);
        }
    }
    return (left_length > right_length) - (left_length < right_length);
}
