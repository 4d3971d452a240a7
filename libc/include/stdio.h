/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Lua's auxiliary library expects of <stdio.h> to compile. There are no streams: every open
 * fails (libc/stdio.c), and the loader offers no function that would call it.
 */
#ifndef LIBC_STDIO_H
#define LIBC_STDIO_H

#include <stddef.h>

typedef struct libc_stream FILE;

#define EOF    (-1)
#define BUFSIZ 256
#define stdin  ((FILE *)0)

FILE *fopen(const char *name, const char *mode);
FILE *freopen(const char *name, const char *mode, FILE *stream);
size_t fread(void *buffer, size_t size, size_t count, FILE *stream);
int getc(FILE *stream);
int feof(FILE *stream);
int ferror(FILE *stream);
int fclose(FILE *stream);

#endif
