/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memmove(), memcmp() and memchr(). How a processor copies best is in arch/.
 *
 * Compiled without the compiler's idea that such a loop "is" a call to itself (lua/lua.mk).
 */
#include <stdint.h>
#include <string.h>

#include "arch/word.h"

/* Copy from the last byte to the first, for a target that overlaps the end of the source. */
static void copy_backwards(uint8_t *to, const uint8_t *from, size_t length)
{
    while (length >= WORD_SIZE) {
        length -= WORD_SIZE;
        *(any_word *)(to + length) = *(const any_word *)(from + length);
    }
    while (length > 0) {
        length--;
        to[length] = from[length];
    }
}

void *memmove(void *to, const void *from, size_t length)
{
    if ((uintptr_t)to - (uintptr_t)from >= length) {
        memcpy(to, from, length); /* ours, which goes from the first byte to the last */
    } else {
        copy_backwards(to, from, length);
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    const uint8_t *a = left, *b = right;

    while (length >= WORD_SIZE && *(const any_word *)a == *(const any_word *)b) {
        a += WORD_SIZE;
        b += WORD_SIZE;
        length -= WORD_SIZE;
    }
    for (; length > 0; a++, b++, length--) {
        if (*a != *b) {
            return *a - *b;
        }
    }
    return 0;
}

void *memchr(const void *bytes, int value, size_t length)
{
    for (const uint8_t *byte = bytes; length > 0; byte++, length--) {
        if (*byte == (uint8_t)value) {
            return (void *)byte;
        }
    }
    return NULL;
}
