/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mathematics for Lua's math library and its arithmetic, for processors with square root, rounding
 * and fused multiply-add in their instruction set (arch/rounding.h). Where a double is not exact
 * enough on the way, a number is the sum of two. Results are within two units in the last place of
 * a double; infinities and NaN follow the C standard.
 *
 * The methods are those of any textbook of elementary functions: J.-M. Muller, "Elementary
 * Functions"; T. J. Dekker, "A floating-point technique for extending the available precision".
 */
#include <math.h>
#include <stdint.h>

#include "arch/rounding.h"

#define INFINITE  HUGE_VAL
#define UNDEFINED __builtin_nan("")

double floor(double x)
{
    return arch_floor(x);
}

double ceil(double x)
{
    return arch_ceil(x);
}

double trunc(double x)
{
    return arch_trunc(x);
}

double fabs(double x)
{
    return __builtin_fabs(x);
}

double sqrt(double x)
{
    return arch_sqrt(x);
}

static int is_nan(double x)
{
    return x != x;
}

/* ---- a double as IEEE 754 lays it out ---- */

union double_bits {
    double value;
    uint64_t bits;
};

enum { MANTISSA_BITS = 52, EXPONENT_MASK = 0x7ff, EXPONENT_BIAS = 1023 };

static uint64_t bits_of(double x)
{
    return (union double_bits){x}.bits;
}

double frexp(double x, int *exponent)
{
    uint64_t bits = bits_of(x);
    unsigned biased = bits >> MANTISSA_BITS & EXPONENT_MASK;

    *exponent = 0;
    if (x == 0 || biased == EXPONENT_MASK) {
        return x;
    }
    if (biased == 0) { /* subnormal: make it normal first */
        bits = bits_of(x * 0x1p54);
        biased = bits >> MANTISSA_BITS & EXPONENT_MASK;
        *exponent = -54;
    }
    *exponent += (int)biased - (EXPONENT_BIAS - 1);
    bits = (bits & ~((uint64_t)EXPONENT_MASK << MANTISSA_BITS)) | (uint64_t)(EXPONENT_BIAS - 1)
                                                                      << MANTISSA_BITS;
    return (union double_bits){.bits = bits}.value;
}

static double power_of_two(int exponent) /* from -1022 to 1023 */
{
    return (union double_bits){.bits = (uint64_t)(exponent + EXPONENT_BIAS) << MANTISSA_BITS}.value;
}

double ldexp(double x, int exponent)
{
    /* In steps that do not overflow; rounding happens once, at the last one. */
    if (exponent > 2200) {
        exponent = 2200;
    } else if (exponent < -2200) {
        exponent = -2200;
    }
    int own;
    double mantissa = frexp(x, &own);
    int target = own + exponent;
    if (mantissa == 0 || mantissa - mantissa != 0) {
        return x;
    }
    if (target > 1024) {
        return mantissa * 2 * 0x1p1023 * 2;
    }
    if (target >= -1021) {
        return mantissa * 2 * power_of_two(target - 1);
    }
    return target < -1080 ? mantissa * 0x1p-1000 * 0x1p-1000
                          : mantissa * power_of_two(target + 200) * 0x1p-200;
}

double fmod(double x, double y)
{
    double left = fabs(x), step = fabs(y);
    int left_exponent, step_exponent;

    if (is_nan(x) || is_nan(y) || left == INFINITE || step == 0) {
        return UNDEFINED;
    }
    if (left < step || step == INFINITE) {
        return x;
    }
    frexp(left, &left_exponent);
    frexp(step, &step_exponent);
    for (int shift = left_exponent - step_exponent; shift >= 0; shift--) {
        double multiple = ldexp(step, shift);
        if (left >= multiple) {
            left -= multiple; /* exact: they differ by less than a factor of two */
        }
    }
    return __builtin_copysign(left, x);
}

/* ---- sums of two doubles ---- */

struct pair {
    double high, low;
};

static struct pair quick_sum(double a, double b) /* |a| >= |b| */
{
    double sum = a + b;
    return (struct pair){sum, b - (sum - a)};
}

static struct pair sum_of(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct pair){sum, (a - (sum - part)) + (b - part)};
}

static struct pair add(struct pair a, struct pair b)
{
    struct pair sum = sum_of(a.high, b.high);
    return quick_sum(sum.high, sum.low + a.low + b.low);
}

static struct pair multiply(struct pair a, struct pair b)
{
    double product = a.high * b.high;
    double rest = __builtin_fma(a.high, b.high, -product);
    return quick_sum(product, rest + (a.high * b.low + a.low * b.high));
}

static struct pair divide(struct pair a, struct pair b)
{
    double quotient = a.high / b.high;
    double rest = __builtin_fma(-quotient, b.high, a.high) - quotient * b.low + a.low;
    return quick_sum(quotient, rest / b.high);
}

static struct pair scale(struct pair a, double factor) /* a power of two */
{
    return (struct pair){a.high * factor, a.low * factor};
}

static double sum(struct pair a)
{
    return a.high + a.low;
}

static const struct pair ln_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const struct pair log2_e = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
static const struct pair log10_e = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
static const struct pair log10_2 = {0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59};

/* ---- logarithms ---- */

/* The natural logarithm of m in [1/2, 1) * 2 or so, by 2 artanh((m - 1) / (m + 1)). */
static struct pair logarithm_near_one(double m)
{
    struct pair s = divide(sum_of(m, -1), sum_of(m, 1)), square = multiply(s, s);
    double q = square.high, tail = 0;

    for (int k = 27; k >= 5; k -= 2) {
        tail = tail * q + 1.0 / k;
    }
    /* s + s^3 / 3 + s^5 (1/5 + s^2 / 7 + …) */
    struct pair third = divide((struct pair){1, 0}, (struct pair){3, 0});
    struct pair inner = add(third, multiply(square, (struct pair){tail, 0}));
    struct pair half = add(s, multiply(multiply(s, square), inner));
    return scale(half, 2);
}

/* x as m * 2^exponent with m from 0.7 to 1.4: no digits are lost where the logarithm is near 0. */
static double split(double x, int *exponent)
{
    double m = frexp(x, exponent);
    if (m < 0.7071067811865476) {
        m *= 2;
        (*exponent)--;
    }
    return m;
}

/* What is to be said of an argument that has no finite logarithm; 0: it has. */
static int is_special(double x, double *result)
{
    if (is_nan(x) || x < 0) {
        *result = UNDEFINED;
    } else if (x == 0 || x == INFINITE) {
        *result = x == 0 ? -INFINITE : x;
    } else {
        return 0;
    }
    return 1;
}

static double logarithm(double x, struct pair of_two, struct pair of_e)
{
    double result;
    int exponent;

    if (is_special(x, &result)) {
        return result;
    }
    struct pair near = logarithm_near_one(split(x, &exponent));
    struct pair whole = multiply(of_two, (struct pair){exponent, 0});
    return sum(add(whole, multiply(near, of_e)));
}

double log(double x)
{
    return logarithm(x, ln_2, (struct pair){1, 0});
}

double log2(double x)
{
    return logarithm(x, (struct pair){1, 0}, log2_e);
}

double log10(double x)
{
    return logarithm(x, log10_2, log10_e);
}

/* ---- powers ---- */

/* e to the power of x. */
static double exponential(struct pair x)
{
    if (x.high > 710) {
        return INFINITE;
    }
    if (x.high < -746) {
        return 0;
    }
    double whole = arch_floor(x.high * log2_e.high + 0.5);
    struct pair rest = add(x, multiply(ln_2, (struct pair){-whole, 0}));
    double r = rest.high, series = 0;
    for (int k = 14; k >= 3; k--) {
        series = (series + 1) * r / k;
    }
    /* 1 + r + r^2 / 2 (1 + series), the small parts first */
    double small = r * r / 2 * (1 + series) + rest.low;
    struct pair result = sum_of(1, r);
    return ldexp(result.high + (result.low + small), (int)whole);
}

double exp(double x)
{
    return is_nan(x) ? x : exponential((struct pair){x, 0});
}

/* x to a whole power, by squaring; the exponent is kept apart, so that nothing overflows. */
static double whole_power(double x, unsigned power, int is_inverse)
{
    int exponent = 0, base_exponent, shift;
    struct pair result = {1, 0}, base = {frexp(x, &base_exponent), 0};

    for (; power > 0; power >>= 1) {
        if (power & 1) {
            result = multiply(result, base);
            exponent += base_exponent;
            frexp(result.high, &shift);
            result = scale(result, power_of_two(-shift));
            exponent += shift;
        }
        base = multiply(base, base);
        base_exponent *= 2;
        frexp(base.high, &shift);
        base = scale(base, power_of_two(-shift));
        base_exponent += shift;
        if (base_exponent > 1 << 20 || base_exponent < -(1 << 20)) {
            base_exponent = base_exponent > 0 ? 1 << 20 : -(1 << 20);
        }
    }
    if (is_inverse) {
        result = divide((struct pair){1, 0}, result);
        exponent = -exponent;
    }
    return ldexp(sum(result), exponent);
}

/* x to the power of y, for a positive finite x. */
static double any_power(double x, double y)
{
    int exponent;
    struct pair near = logarithm_near_one(split(x, &exponent));
    struct pair whole = multiply(ln_2, (struct pair){exponent, 0});
    struct pair base = add(whole, near);
    if (fabs(base.high * y) > 1000) { /* too large for a product of pairs, and for the result */
        return base.high * y > 0 ? INFINITE : 0;
    }
    return exponential(multiply(base, (struct pair){y, 0}));
}

double pow(double x, double y)
{
    double magnitude = fabs(x), result;
    int is_whole = fabs(y) >= 0x1p53 || arch_floor(y) == y;
    int is_odd = is_whole && fabs(y) < 0x1p53 && fmod(y, 2) != 0;

    if (y == 0 || x == 1) {
        return 1;
    }
    if (is_nan(x) || is_nan(y)) {
        return x + y;
    }
    if (fabs(y) == INFINITE) {
        return magnitude == 1 ? 1 : (magnitude > 1) == (y > 0) ? INFINITE : 0;
    }
    if (magnitude == 0 || magnitude == INFINITE) {
        result = (magnitude == 0) == (y < 0) ? INFINITE : 0;
    } else if (x < 0 && !is_whole) {
        return UNDEFINED;
    } else if (is_whole && fabs(y) <= 1024) {
        result = whole_power(magnitude, (unsigned)fabs(y), y < 0);
    } else {
        result = any_power(magnitude, y);
    }
    return __builtin_signbit(x) && is_odd ? -result : result;
}

/* ---- angles ---- */

/* Pi / 2 in three parts. */
static const double half_pi[3] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54,
                                  -0x1.f1976b7ed8fbcp-110};
static const struct pair half_pi_pair = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/* An angle less a multiple of pi / 2, at most pi / 4; which quadrant it was in. */
static struct pair reduce(double x, unsigned *quadrant)
{
    if (fabs(x) >= 0x1p53) {
        x = fmod(x, 6.283185307179586);
    }
    double turns = arch_floor(x / half_pi[0] + 0.5);
    struct pair rest = {x, 0};
    for (int i = 0; i < 3; i++) {
        rest = add(rest, multiply((struct pair){half_pi[i], 0}, (struct pair){-turns, 0}));
    }
    *quadrant = (unsigned)(int64_t)fmod(turns, 4) & 3;
    return rest;
}

static double sine_near_zero(struct pair x)
{
    double r = x.high, q = r * r, series = 0;
    for (int k = 19; k >= 3; k -= 2) {
        series = -q / (k * (k - 1)) * (1 + series);
    }
    return r + (r * series + x.low * (1 - q / 2));
}

static double cosine_near_zero(struct pair x)
{
    double r = x.high, q = r * r, series = 0;
    for (int k = 20; k >= 4; k -= 2) {
        series = -q / (k * (k - 1)) * (1 + series);
    }
    struct pair square = multiply(x, x);
    struct pair result = add((struct pair){1, 0}, scale(square, -0.5));
    return result.high + (result.low - q / 2 * series);
}

/* Sine (0) or cosine (1) of an angle: each is the other a quadrant further. */
static double wave(double x, unsigned quadrants)
{
    unsigned quadrant;
    if (x - x != 0) {
        return UNDEFINED;
    }
    struct pair rest = reduce(x, &quadrant);
    quadrant += quadrants;
    double value = (quadrant & 1) != 0 ? cosine_near_zero(rest) : sine_near_zero(rest);
    return (quadrant & 2) != 0 ? -value : value;
}

double sin(double x)
{
    return x == 0 ? x : wave(x, 0);
}

double cos(double x)
{
    return wave(x, 1);
}

double tan(double x)
{
    return x == 0 ? x : wave(x, 0) / wave(x, 1);
}

/* atan(k / 8). */
static const struct pair arc_tangents[] = {
    {0x0.0p+0, 0x0.0p+0},
    {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
    {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
    {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
    {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
    {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
    {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
    {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
    {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55},
};

/* The arc tangent of y / x, both positive and y not more than x. */
static struct pair arc_tangent(struct pair y, struct pair x)
{
    struct pair ratio = divide(y, x);
    int k = (int)(ratio.high * 8 + 0.5);
    struct pair c = {k / 8.0, 0};
    /* atan(t) = atan(c) + atan((t - c) / (1 + t c)), and the last is small */
    struct pair t = divide(add(y, multiply(x, scale(c, -1))), add(x, multiply(y, c)));
    double r = t.high, q = r * r, series = 0;
    for (int n = 17; n >= 3; n -= 2) {
        series = -q * (1.0 / n + series);
    }
    struct pair small = quick_sum(r, r * series + t.low);
    return k == 0 ? small : add(arc_tangents[k], small);
}

static double arc_tangent_of_pairs(struct pair y, struct pair x)
{
    struct pair high = {fabs(y.high), y.high < 0 ? -y.low : y.low};
    struct pair wide = {fabs(x.high), x.high < 0 ? -x.low : x.low};
    struct pair angle;
    if (high.high <= wide.high) {
        angle = arc_tangent(high, wide);
    } else {
        angle = add(half_pi_pair, scale(arc_tangent(wide, high), -1));
    }
    if (x.high < 0) {
        angle = add(scale(half_pi_pair, 2), scale(angle, -1));
    }
    return __builtin_copysign(sum(angle), y.high);
}

double atan2(double y, double x)
{
    int is_left = __builtin_signbit(x) != 0;
    double tall = fabs(y), wide = fabs(x);

    if (is_nan(x) || is_nan(y)) {
        return x + y;
    }
    if (tall == 0) { /* an angle of 0 or pi, with its sign */
        return is_left ? __builtin_copysign(sum(scale(half_pi_pair, 2)), y) : y;
    }
    if (tall == INFINITE || wide == INFINITE) {
        tall = tall == INFINITE;
        wide = wide == INFINITE;
    }
    if (wide != 0) { /* bring both to a size where nothing overflows or gets lost */
        int exponent;
        frexp(tall > wide ? tall : wide, &exponent);
        tall = ldexp(tall, -exponent);
        wide = ldexp(wide, -exponent);
    }
    if (tall < 0x1p-900 && wide != 0 && !is_left) {
        return y / x;
    }
    return __builtin_copysign(
        arc_tangent_of_pairs((struct pair){tall, 0}, (struct pair){is_left ? -wide : wide, 0}), y);
}

/* The square root of 1 - x^2, in two parts. */
static struct pair other_side(double x)
{
    struct pair square = multiply(sum_of(1, -x), sum_of(1, x));
    double root = arch_sqrt(square.high);
    if (root == 0) {
        return (struct pair){0, 0};
    }
    double rest = __builtin_fma(-root, root, square.high) + square.low;
    return quick_sum(root, rest / (2 * root));
}

double asin(double x)
{
    if (is_nan(x) || fabs(x) > 1) {
        return UNDEFINED;
    }
    return fabs(x) < 0x1p-27 ? x : arc_tangent_of_pairs((struct pair){x, 0}, other_side(x));
}

double acos(double x)
{
    if (is_nan(x) || fabs(x) > 1) {
        return UNDEFINED;
    }
    return x == 1 ? 0 : arc_tangent_of_pairs(other_side(x), (struct pair){x, 0});
}
