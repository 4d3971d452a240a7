/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy() and its relatives, for any processor: by words that need not be aligned, four at a time.
 *
 * Compiled without the compiler's idea that such a loop "is" a call to memcpy() (lua/lua.mk).
 */
#include <stdint.h>
#include <string.h>

enum { WORD_SIZE = sizeof(size_t), BLOCK_SIZE = 4 * WORD_SIZE };

/* An unaligned word that may alias anything. */
typedef size_t __attribute__((may_alias, aligned(1))) any_word;

/* Copy from the first byte to the last. Each block is read before it is written, so the target may
 * overlap the source if it is before it. */
static void copy_forwards(uint8_t *target, const uint8_t *source, size_t length)
{
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
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    copy_forwards(to, from, length);
    return to;
}

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
        copy_forwards(to, from, length);
    } else {
        copy_backwards(to, from, length);
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
