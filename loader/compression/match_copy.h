/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies a match of an LZ77 decoder: bytes of the output are repeated, word by word if there is
 * room.
 */
#ifndef LOADER_MATCH_COPY_H
#define LOADER_MATCH_COPY_H

#include <stddef.h>
#include <stdint.h>

/**
 * Append `length` bytes, each equal to the one `offset` before it.
 *
 * May write up to two words more than the match, but never at or after `end`: bytes that the
 * decoder has yet to produce.
 *
 * @param to     end of the output so far
 * @param end    end of the output buffer
 * @param offset 1 to the bytes of output so far
 * @param length 1 to end - to
 */
static inline __attribute__((always_inline)) void match_copy(uint8_t *to, uint8_t *end,
                                                             size_t offset, size_t length)
{
    enum { WORD = sizeof(uintptr_t) };
    const uint8_t *from = to - offset;
    uint8_t *match_end = to + length;

    if (__builtin_expect((size_t)(end - to) < length + 2 * WORD, 0)) {
        do {
            *to++ = *from++;
        } while (to < match_end);
        return;
    }
    uintptr_t word;
    if (__builtin_expect(offset >= WORD, 1)) {
        /* Most matches end within two words. */
        __builtin_memcpy(&word, from, WORD);
        __builtin_memcpy(to, &word, WORD);
        __builtin_memcpy(&word, from + WORD, WORD);
        __builtin_memcpy(to + WORD, &word, WORD);
        while (__builtin_expect(length > 2 * WORD, 0)) {
            from += 2 * WORD;
            to += 2 * WORD;
            length -= 2 * WORD;
            __builtin_memcpy(&word, from, WORD);
            __builtin_memcpy(to, &word, WORD);
            __builtin_memcpy(&word, from + WORD, WORD);
            __builtin_memcpy(to + WORD, &word, WORD);
        }
    } else if (offset == 1) {
        word = *from * (UINTPTR_MAX / 255);
        do {
            __builtin_memcpy(to, &word, WORD);
            to += WORD;
        } while (to < match_end);
    } else {
        /* A word holds a whole period of the output or more: step by periods. */
        do {
            __builtin_memcpy(&word, from, WORD);
            __builtin_memcpy(to, &word, WORD);
            from += offset;
            to += offset;
        } while (to < match_end);
    }
}

#endif
