/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy() and its relatives, for bare metal. The string instructions of the processor are the
 * fastest way without SSE, which BIOS code may not touch, and the shortest in code.
 *
 * Compiled without the compiler's idea that such a loop "is" a call to memcpy() (lua/lua.mk).
 */
#include <stdint.h>
#include <string.h>

#include "arch/string_instructions.h"

enum { WORD_SIZE = sizeof(size_t) };

/* An unaligned word that may alias anything. */
typedef size_t __attribute__((may_alias, aligned(1))) any_word;

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    void *target = to;
    size_t words = length / WORD_SIZE;
    size_t rest = length % WORD_SIZE;
    asm volatile(REP_MOVE_WORDS : "+D"(target), "+S"(from), "+c"(words) : : "memory");
    asm volatile("rep movsb" : "+D"(target), "+S"(from), "+c"(rest) : : "memory");
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
        memcpy(to, from, length);
    } else {
        copy_backwards(to, from, length);
    }
    return to;
}

void *memset(void *to, int value, size_t length)
{
    void *target = to;
    size_t pattern = SIZE_MAX / 0xff * (uint8_t)value;
    size_t words = length / WORD_SIZE;
    size_t rest = length % WORD_SIZE;
    asm volatile(REP_STORE_WORDS : "+D"(target), "+c"(words) : "a"(pattern) : "memory");
    asm volatile("rep stosb" : "+D"(target), "+c"(rest) : "a"(pattern) : "memory");
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
