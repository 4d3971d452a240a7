/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decimal numbers of many digits that can be multiplied and divided by powers of two: the exact
 * bridge between binary floating point and decimal text. See decimal.c.
 */
#ifndef LUA_PORT_DECIMAL_H
#define LUA_PORT_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/** More than the 767 significant digits that the longest double has. */
enum { DECIMAL_DIGITS_MAX = 800 };

/** 0.DIGITS times 10 to the power of `point`; no leading and no trailing zeros; zero has none. */
struct decimal {
    int count;
    int point;
    uint8_t digits[DECIMAL_DIGITS_MAX]; /* 0..9 */
};

/** The exact value of a finite double, without its sign. */
void decimal_from_double(struct decimal *decimal, double value);

/** The nearest double, ties to even; infinity where it is too large. */
double decimal_to_double(struct decimal *decimal);

/** Add a digit after the last one. If there is no room, it is only remembered that the number is a
 * bit larger. */
void decimal_append(struct decimal *decimal, unsigned digit);

/** Remove trailing zeros; needed after appending digits, before any other function is called. */
void decimal_trim(struct decimal *decimal);

/** Round to a number of significant digits (may be <= 0), half to even. */
void decimal_round(struct decimal *decimal, int count);

#endif
