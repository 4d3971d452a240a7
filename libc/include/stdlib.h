/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Lua's sources and xxhash.h expect of <stdlib.h>. There is no malloc(): memory comes from
 * loader/base/memory.h, and Lua is given its own allocator. The two declared here satisfy code that
 * is compiled but never linked.
 */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

_Noreturn void abort(void);
int abs(int value);
void *malloc(size_t size);
void *realloc(void *memory, size_t size);
void free(void *memory);

#endif
