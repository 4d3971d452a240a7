/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions of the freestanding C library (libc/string.c;
 * memory.c in the processor's folder, arch/). */
#ifndef LIBC_STRING_H
#define LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);
void *memchr(const void *bytes, int value, size_t length);

size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t length);
int strcoll(const char *left, const char *right);
char *strchr(const char *text, int character);
char *strcpy(char *restrict to, const char *restrict from);
size_t strspn(const char *text, const char *accepted);
char *strpbrk(const char *text, const char *wanted);
char *strstr(const char *text, const char *wanted);
char *strerror(int number);

#endif
