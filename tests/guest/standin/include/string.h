/* SPDX-License-Identifier: BSD-2-Clause */
/* For compilers without a C library: what string.c defines. */
#ifndef STANDIN_STRING_H
#define STANDIN_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);
size_t strlen(const char *string);
int strcmp(const char *left, const char *right);

#endif
