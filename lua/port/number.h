/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as text, for Lua: exact and the same on every platform. See number.c.
 */
#ifndef LUA_PORT_NUMBER_H
#define LUA_PORT_NUMBER_H

#include <stddef.h>

/**
 * snprintf() as Lua uses it: % flags width .precision, lengths l and ll, conversions
 * d i u o x X c s p e E f F g G %. Floating point is rounded exactly, half to even.
 *
 * @return bytes that the whole text has, without the NUL
 */
int number_format(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Read a decimal number as strtod() does: correctly rounded. "inf", "nan" and hexadecimal are not
 * numbers here.
 *
 * @param end written: the end of the number; `text` if there is none
 */
double number_parse(const char *text, char **end);

#endif
