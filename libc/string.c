/* SPDX-License-Identifier: BSD-2-Clause */
/* NUL-terminated strings, for bare metal. Not memcpy() and its relatives: memory.c. */
#include <stdint.h>
#include <string.h>

size_t strlen(const char *text)
{
    const char *end = text;
    while (*end != '\0') {
        end++;
    }
    return end - text;
}

int strncmp(const char *left, const char *right, size_t length)
{
    for (; length > 0; left++, right++, length--) {
        if (*left != *right) {
            return (uint8_t)*left - (uint8_t)*right;
        }
        if (*left == '\0') {
            break;
        }
    }
    return 0;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX);
}

/* There is one locale, and it sorts by bytes. */
int strcoll(const char *left, const char *right)
{
    return strcmp(left, right);
}

char *strchr(const char *text, int character)
{
    for (;; text++) {
        if (*text == (char)character) {
            return (char *)text;
        }
        if (*text == '\0') {
            return NULL;
        }
    }
}

char *strcpy(char *restrict to, const char *restrict from)
{
    memcpy(to, from, strlen(from) + 1);
    return to;
}

size_t strspn(const char *text, const char *accepted)
{
    size_t length = 0;
    while (text[length] != '\0' && strchr(accepted, text[length]) != NULL) {
        length++;
    }
    return length;
}

char *strpbrk(const char *text, const char *wanted)
{
    for (; *text != '\0'; text++) {
        if (strchr(wanted, *text) != NULL) {
            return (char *)text;
        }
    }
    return NULL;
}

char *strstr(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);
    for (;; text++) {
        if (strncmp(text, wanted, length) == 0) {
            return (char *)text;
        }
        if (*text == '\0') {
            return NULL;
        }
    }
}

char *strerror(int number)
{
    return "no such file";
}
