/* SPDX-License-Identifier: BSD-2-Clause */
/* The few functions of <string.h> that the stand-ins and their compilers call. */
#include <stdint.h>
#include <string.h>

/* By words where there are as many bytes left: emulation takes the same time for a word as for a
 * byte. */
typedef uintptr_t __attribute__((may_alias, aligned(1))) word;

void *memcpy(void *to, const void *from, size_t length)
{
    unsigned char *target = to;
    const unsigned char *source = from;
    for (; length >= sizeof(word); length -= sizeof(word)) {
        *(word *)target = *(const word *)source;
        target += sizeof(word);
        source += sizeof(word);
    }
    for (; length > 0; length--) {
        *target++ = *source++;
    }
    return to;
}

void *memset(void *to, int value, size_t length)
{
    unsigned char *target = to;
    word pattern = (uintptr_t)-1 / 0xff * (unsigned char)value;
    for (; length >= sizeof(word); length -= sizeof(word)) {
        *(word *)target = pattern;
        target += sizeof(word);
    }
    for (; length > 0; length--) {
        *target++ = (unsigned char)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    const unsigned char *a = left, *b = right;
    for (; length; a++, b++, length--) {
        if (*a != *b) {
            return *a - *b;
        }
    }
    return 0;
}

size_t strlen(const char *string)
{
    size_t length = 0;
    while (string[length]) {
        length++;
    }
    return length;
}

int strcmp(const char *left, const char *right)
{
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return (unsigned char)*left - (unsigned char)*right;
}
