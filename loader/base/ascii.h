/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters of ASCII, whatever the locale; all others are left as they are. */
#ifndef LOADER_ASCII_H
#define LOADER_ASCII_H

#include <stdbool.h>

/** The small letter for a capital one. */
static inline char ascii_lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

/** Whether it is a space, a tab, or one of the characters that end a line. */
static inline bool ascii_is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/** The value of a hexadecimal digit; -1 for other characters. */
static inline int ascii_hex_digit(char character)
{
    char lower = ascii_lower(character);
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif
