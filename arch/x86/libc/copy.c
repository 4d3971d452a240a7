/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy() and memset(), for bare metal. The string instructions of the processor are the
 * fastest way without SSE, which BIOS code may not touch, and the shortest in code.
 *
 * Compiled without the compiler's idea that such a loop "is" a call to memcpy() (lua/lua.mk).
 */
#include <stdint.h>
#include <string.h>

#include "arch/string_instructions.h"
#include "arch/word.h"

/* From the first byte to the last, so the target may overlap the source if it is before it:
 * libc/memory.c relies on that. */
void *memcpy(void *to, const void *from, size_t length)
{
    void *target = to;
    size_t words = length / WORD_SIZE;
    size_t rest = length % WORD_SIZE;
    asm volatile(REP_MOVE_WORDS : "+D"(target), "+S"(from), "+c"(words) : : "memory");
    asm volatile("rep movsb" : "+D"(target), "+S"(from), "+c"(rest) : : "memory");
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
