/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mathematics for Lua's math library and its arithmetic, on the x87 unit: it has an instruction for
 * each of these, works in 80 bits, and is there on every processor that boots Windows. Results are
 * within one unit in the last place of a double; infinities and NaN follow the C standard where the
 * instructions do not by themselves.
 */
#include <math.h>
#include <stdint.h>

typedef long double extended;

static extended round_by_control_word(extended x, uint16_t rounding)
{
    uint16_t saved, changed;
    asm volatile("fnstcw %0" : "=m"(saved));
    changed = (uint16_t)((saved & ~0x0c00u) | rounding);
    asm volatile("fldcw %1\n\tfrndint\n\tfldcw %2" : "+t"(x) : "m"(changed), "m"(saved));
    return x;
}

double floor(double x)
{
    return (double)round_by_control_word(x, 0x0400);
}

double ceil(double x)
{
    return (double)round_by_control_word(x, 0x0800);
}

double trunc(double x)
{
    return (double)round_by_control_word(x, 0x0c00);
}

double fabs(double x)
{
    return __builtin_fabs(x);
}

double sqrt(double x)
{
    extended result = x;
    asm("fsqrt" : "+t"(result));
    return (double)result;
}

double fmod(double x, double y)
{
    extended result = x;
    uint16_t status;
    /* Each round reduces the exponent by up to 63; bit C2 says that there is more to do. */
    for (;;) {
        asm volatile("fprem\n\tfnstsw %%ax" : "+t"(result), "=a"(status) : "u"((extended)y));
        // cppcheck-suppress uninitvar ; the instruction sets it
        if ((status & 0x0400) == 0) {
            return (double)result;
        }
    }
}

/* 2 to the power of x, which may be large. */
static extended power_of_two(extended x)
{
    extended whole = x, result;
    if (x > 16384 || x < -16500) {
        return x > 0 ? (extended)HUGE_VAL : 0;
    }
    asm("frndint" : "+t"(whole));
    result = x - whole;
    asm("f2xm1" : "+t"(result));
    result += 1;
    asm("fscale" : "+t"(result) : "u"(whole));
    return result;
}

/* factor * log2(x). */
static extended scaled_logarithm(extended factor, extended x)
{
    extended result;
    asm("fyl2x" : "=t"(result) : "0"(x), "u"(factor) : "st(1)");
    return result;
}

static extended constant_log2_e(void)
{
    extended value;
    asm("fldl2e" : "=t"(value));
    return value;
}

static extended constant_ln_2(void)
{
    extended value;
    asm("fldln2" : "=t"(value));
    return value;
}

static extended constant_log10_2(void)
{
    extended value;
    asm("fldlg2" : "=t"(value));
    return value;
}

double exp(double x)
{
    return (double)power_of_two(x * constant_log2_e());
}

double log(double x)
{
    return (double)scaled_logarithm(constant_ln_2(), x);
}

double log2(double x)
{
    return (double)scaled_logarithm(1, x);
}

double log10(double x)
{
    return (double)scaled_logarithm(constant_log10_2(), x);
}

/* x to a whole power, by squaring: exact as long as the result fits 64 bits. */
static extended whole_power(extended x, unsigned exponent)
{
    extended result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) {
            result *= x;
        }
        x *= x;
    }
    return result;
}

double pow(double x, double y)
{
    double magnitude = fabs(x);
    int is_whole = fabs(y) >= 0x1p53 || floor(y) == y;
    int is_odd = is_whole && fabs(y) < 0x1p53 && fmod(y, 2) != 0;
    extended result;
    if (y == 0 || x == 1) {
        return 1;
    }
    if (x != x || y != y) {
        return x + y;
    }
    if (is_whole && fabs(y) <= 1024) {
        result = whole_power(x, (unsigned)fabs(y));
        return (double)(y < 0 ? 1 / result : result);
    }
    if (fabs(y) == HUGE_VAL) {
        if (magnitude == 1) {
            return 1;
        }
        return (magnitude > 1) == (y > 0) ? HUGE_VAL : 0;
    }
    if (magnitude == 0 || magnitude == HUGE_VAL) {
        result = (magnitude == 0) == (y < 0) ? (extended)HUGE_VAL : 0;
    } else if (x < 0 && !is_whole) {
        return __builtin_nan("");
    } else {
        result = power_of_two(scaled_logarithm(y, magnitude));
    }
    return (double)(x < 0 && is_odd ? -result : result);
}

/* The trigonometric instructions leave arguments of 2^63 and more alone; scripts that ask for the
 * sine of such a number get that of its remainder. */
static extended reduced_angle(double x)
{
    return fabs(x) < 0x1p63 ? x : fmod(x, 6.283185307179586);
}

double sin(double x)
{
    extended result = reduced_angle(x);
    asm("fsin" : "+t"(result));
    return (double)result;
}

double cos(double x)
{
    extended result = reduced_angle(x);
    asm("fcos" : "+t"(result));
    return (double)result;
}

double tan(double x)
{
    extended angle = reduced_angle(x), sine = angle, cosine = angle;
    asm("fsin" : "+t"(sine));
    asm("fcos" : "+t"(cosine));
    return (double)(sine / cosine);
}

static extended arc_tangent(extended y, extended x)
{
    extended result;
    asm("fpatan" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
    return result;
}

double atan2(double y, double x)
{
    return (double)arc_tangent(y, x);
}

double asin(double x)
{
    extended cosine = ((extended)1 - x) * ((extended)1 + x);
    asm("fsqrt" : "+t"(cosine));
    return (double)arc_tangent(x, cosine);
}

double acos(double x)
{
    extended sine = ((extended)1 - x) * ((extended)1 + x);
    asm("fsqrt" : "+t"(sine));
    return (double)arc_tangent(sine, x);
}

/* A double as IEEE 754 lays it out. */
union double_bits {
    double value;
    uint64_t bits;
};

double frexp(double x, int *exponent)
{
    union double_bits parts = {x};
    unsigned biased = parts.bits >> 52 & 0x7ff;
    *exponent = 0;
    if (x == 0 || biased == 0x7ff) {
        return x;
    }
    if (biased == 0) { /* subnormal: make it normal first */
        parts.value *= 0x1p54;
        biased = parts.bits >> 52 & 0x7ff;
        *exponent = -54;
    }
    *exponent += (int)biased - 1022;
    parts.bits = (parts.bits & ~(0x7ffull << 52)) | 1022ull << 52;
    return parts.value;
}

double ldexp(double x, int exponent)
{
    extended result = x;
    asm("fscale" : "+t"(result) : "u"((extended)exponent));
    return (double)result;
}
