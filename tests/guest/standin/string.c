/* SPDX-License-Identifier: BSD-2-Clause */
/* The few functions of <string.h> that the stand-ins and their compilers call. */
#include <stdint.h>
#include <string.h>

void *memcpy(void *to, const void *from, size_t length)
{
    /* By words first: emulation takes the same time for a word as for a byte. */
    void *result = to;
    size_t words = length / 4;
    length %= 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return result;
}

void *memset(void *to, int value, size_t length)
{
    void *result = to;
    size_t words = length / 4;
    length %= 4;
    uint32_t word = (uint8_t)value * 0x01010101u;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(word) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(word) : "memory");
    return result;
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
