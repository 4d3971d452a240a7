/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy() and memset(), for any processor: by words that need not be aligned, four at a time.
 *
 * Compiled without the compiler's idea that such a loop "is" a call to memcpy() (lua/lua.mk).
 */
#include <stdint.h>
#include <string.h>

#include "arch/word.h"

enum { BLOCK_SIZE = 4 * WORD_SIZE };

/* Each block is read before it is written, so the target may overlap the source if it is before it:
 * libc/memory.c relies on that, so the compiler is not told that they don't (restrict). */
void *memcpy(void *to, const void *from, size_t length)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    for (; length >= BLOCK_SIZE; length -= BLOCK_SIZE) {
        any_word *words = (any_word *)target;
        const any_word *sources = (const any_word *)source;
        size_t first = sources[0], second = sources[1], third = sources[2], fourth = sources[3];
        words[0] = first;
        words[1] = second;
        words[2] = third;
        words[3] = fourth;
        target += BLOCK_SIZE;
        source += BLOCK_SIZE;
    }
    for (; length >= WORD_SIZE; length -= WORD_SIZE) {
        *(any_word *)target = *(const any_word *)source;
        target += WORD_SIZE;
        source += WORD_SIZE;
    }
    for (; length > 0; length--) {
        *target++ = *source++;
    }
    return to;
}

void *memset(void *to, int value, size_t length)
{
    uint8_t *target = to;
    size_t pattern = SIZE_MAX / 0xff * (uint8_t)value;

    for (; length >= WORD_SIZE; length -= WORD_SIZE) {
        *(any_word *)target = pattern;
        target += WORD_SIZE;
    }
    for (; length > 0; length--) {
        *target++ = (uint8_t)value;
    }
    return to;
}
