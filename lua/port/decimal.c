/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decimal numbers of many digits: multiply and divide by powers of two, round, convert from and to
 * doubles. Slow for huge exponents, small, and exact.
 */
#include "lua/port/decimal.h"

#include <string.h>

/* The largest shift at which ten times a shifted digit fits 32 bits. */
enum { SHIFT_MAX = 28 };

/* A double as IEEE 754 lays it out: 52 bits of fraction, 11 of exponent, sign. */
union double_bits {
    double value;
    uint64_t bits;
};
enum { FRACTION_BITS = 52, EXPONENT_MAX = 0x7ff, EXPONENT_BIAS = 1075 };

void decimal_append(struct decimal *decimal, unsigned digit)
{
    if (decimal->count < DECIMAL_DIGITS_MAX) {
        decimal->digits[decimal->count++] = (uint8_t)digit;
    } else if (digit != 0) {
        decimal->digits[DECIMAL_DIGITS_MAX - 1] |= 1;
    }
}

void decimal_trim(struct decimal *decimal)
{
    while (decimal->count > 0 && decimal->digits[decimal->count - 1] == 0) {
        decimal->count--;
    }
    if (decimal->count == 0) {
        decimal->point = 0;
    }
}

static void multiply(struct decimal *decimal, unsigned shift)
{
    uint32_t carry = 0;
    uint8_t front[10];
    int front_count = 0;
    for (int i = decimal->count - 1; i >= 0; i--) {
        carry += (uint32_t)decimal->digits[i] << shift;
        decimal->digits[i] = carry % 10;
        carry /= 10;
    }
    for (; carry > 0; carry /= 10) {
        front[front_count++] = carry % 10;
    }

    struct decimal product = {.point = decimal->point + front_count};

    while (front_count > 0) {
        decimal_append(&product, front[--front_count]);
    }
    for (int i = 0; i < decimal->count; i++) {
        decimal_append(&product, decimal->digits[i]);
    }
    decimal_trim(&product);
    *decimal = product;
}

static void divide(struct decimal *decimal, unsigned shift)
{
    int count = decimal->count;
    uint32_t rest = 0;
    decimal->count = 0;
    /* Each round reads at most one digit and writes at most one, so it can be done in place. */
    for (int i = 0; i < count || rest != 0; i++) {
        rest = rest * 10 + (i < count ? decimal->digits[i] : 0);
        if (decimal->count == 0 && rest >> shift == 0) {
            decimal->point--;
        } else {
            decimal_append(decimal, rest >> shift);
        }
        rest &= (1u << shift) - 1;
    }
    decimal_trim(decimal);
}

/* Multiply by a power of two, of any size and sign. */
static void scale(struct decimal *decimal, int power)
{
    bool up = power > 0;
    for (int left = up ? power : -power; left > 0 && decimal->count > 0; left -= SHIFT_MAX) {
        unsigned shift = left < SHIFT_MAX ? (unsigned)left : SHIFT_MAX;
        if (up) {
            multiply(decimal, shift);
        } else {
            divide(decimal, shift);
        }
    }
}

void decimal_round(struct decimal *decimal, int count)
{
    bool up;
    if (count >= decimal->count) {
        return;
    }
    if (count < 0) {
        decimal->count = 0;
        decimal_trim(decimal);
        return;
    }
    if (decimal->digits[count] == 5 && count + 1 == decimal->count) {
        up = count > 0 && decimal->digits[count - 1] % 2 != 0;
    } else {
        up = decimal->digits[count] >= 5;
    }
    decimal->count = count;
    if (up) {
        while (decimal->count > 0 && decimal->digits[decimal->count - 1] == 9) {
            decimal->count--;
        }
        if (decimal->count > 0) {
            decimal->digits[decimal->count - 1]++;
        } else {
            decimal->digits[0] = 1;
            decimal->count = 1;
            decimal->point++;
        }
    }
    decimal_trim(decimal);
}

void decimal_from_double(struct decimal *decimal, double value)
{
    union double_bits parts = {value};
    int exponent = parts.bits >> FRACTION_BITS & EXPONENT_MAX;
    uint64_t mantissa = parts.bits & ((1ull << FRACTION_BITS) - 1);
    uint8_t reversed[20];
    int count = 0;
    if (exponent != 0) {
        mantissa |= 1ull << FRACTION_BITS;
    } else {
        exponent = 1; /* subnormal */
    }
    for (; mantissa > 0; mantissa /= 10) {
        reversed[count++] = mantissa % 10;
    }
    decimal->count = 0;
    decimal->point = count;
    while (count > 0) {
        decimal_append(decimal, reversed[--count]);
    }
    decimal_trim(decimal);
    scale(decimal, exponent - EXPONENT_BIAS);
}

/* The value, rounded to a whole number, ties to even; it is below 2^54. */
static uint64_t to_integer(struct decimal *decimal)
{
    uint64_t integer = 0;
    decimal_round(decimal, decimal->point);
    for (int i = 0; i < decimal->point; i++) {
        integer = integer * 10 + (i < decimal->count ? decimal->digits[i] : 0);
    }
    return integer;
}

double decimal_to_double(struct decimal *decimal)
{
    union double_bits parts = {0};
    int exponent = 0; /* the value is decimal * 2^exponent */
    uint64_t mantissa;
    if (decimal->count == 0 || decimal->point < -400) {
        return 0;
    }
    if (decimal->point > 400) {
        return __builtin_huge_val();
    }
    /* Bring it into [1/2, 1). */
    while (decimal->point > 0) {
        int power = decimal->point < 8 ? 3 * decimal->point + 1 : SHIFT_MAX;
        scale(decimal, -power);
        exponent += power;
    }
    while (decimal->point < 0 || decimal->digits[0] < 5) {
        int power = decimal->point < -8 ? SHIFT_MAX : decimal->point < 0 ? -3 * decimal->point : 1;
        scale(decimal, power);
        exponent -= power;
    }
    /* 53 bits of mantissa, fewer for a subnormal. */
    int bits = FRACTION_BITS + 1;

    if (exponent - bits < 1 - EXPONENT_BIAS) {
        bits = exponent + EXPONENT_BIAS - 1;
    }
    if (bits < 0) {
        return 0;
    }
    scale(decimal, bits);
    exponent -= bits;
    mantissa = to_integer(decimal);
    if (mantissa >> (FRACTION_BITS + 1) != 0) {
        mantissa >>= 1;
        exponent++;
    }
    if (exponent + EXPONENT_BIAS >= EXPONENT_MAX) {
        return __builtin_huge_val();
    }
    if (mantissa >> FRACTION_BITS == 0) {
        parts.bits = mantissa; /* subnormal */
    } else {
        parts.bits = (uint64_t)(exponent + EXPONENT_BIAS) << FRACTION_BITS |
                     (mantissa & ((1ull << FRACTION_BITS) - 1));
    }
    return parts.value;
}
