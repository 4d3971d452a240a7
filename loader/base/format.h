/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * printf-style formatting, the same on every platform.
 *
 * Supports %s %.*s %c %d %i %u %x %X %p %% with the flags 0, - and +, a width and a precision (also
 * *), and the lengths l, ll, z. Not floating point: only Lua prints that (lua/port).
 */
#ifndef LOADER_FORMAT_H
#define LOADER_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Format into a buffer, always NUL-terminated when size > 0.
 *
 * @param size bytes of the buffer, the NUL included
 * @return bytes that the whole text has, without the NUL: `>= size` means it was cut
 */
size_t format_string(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** format_string() with an argument list. */
size_t format_string_list(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
