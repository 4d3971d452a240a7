/* SPDX-License-Identifier: BSD-2-Clause */
/* The mathematics and memory functions for processors other than x86, beside the host's. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* For tests/unit/libm/arch/rounding.h. */
double libm_floor(double x);
double libm_ceil(double x);
double libm_trunc(double x);
double libm_sqrt(double x);

double libm_floor(double x)
{
    return floor(x);
}

double libm_ceil(double x)
{
    return ceil(x);
}

double libm_trunc(double x)
{
    return trunc(x);
}

double libm_sqrt(double x)
{
    return sqrt(x);
}

#define floor   generic_floor
#define ceil    generic_ceil
#define trunc   generic_trunc
#define fabs    generic_fabs
#define sqrt    generic_sqrt
#define fmod    generic_fmod
#define pow     generic_pow
#define exp     generic_exp
#define log     generic_log
#define log2    generic_log2
#define log10   generic_log10
#define sin     generic_sin
#define cos     generic_cos
#define tan     generic_tan
#define asin    generic_asin
#define acos    generic_acos
#define atan2   generic_atan2
#define frexp   generic_frexp
#define ldexp   generic_ldexp
#define memcpy  generic_memcpy
#define memmove generic_memmove
#define memset  generic_memset
#define memcmp  generic_memcmp
#define memchr  generic_memchr
double floor(double x);
double ceil(double x);
double trunc(double x);
double fabs(double x);
double sqrt(double x);
double fmod(double x, double y);
double pow(double x, double y);
double exp(double x);
double log(double x);
double log2(double x);
double log10(double x);
double sin(double x);
double cos(double x);
double tan(double x);
double asin(double x);
double acos(double x);
double atan2(double y, double x);
double frexp(double x, int *exponent);
double ldexp(double x, int exponent);
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);
void *memchr(const void *bytes, int value, size_t length);
#include "arch/generic/libc/copy.c"
#include "arch/generic/libc/math.c"
#include "libc/memory.c"
#undef floor
#undef ceil
#undef trunc
#undef fabs
#undef sqrt
#undef fmod
#undef pow
#undef exp
#undef log
#undef log2
#undef log10
#undef sin
#undef cos
#undef tan
#undef asin
#undef acos
#undef atan2
#undef frexp
#undef ldexp
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr

enum { ROUNDS = 3000 };

static uint64_t seed = 1;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Any double: also infinities, NaN, subnormal ones. */
static double any_double(void)
{
    uint64_t bits = next_random();
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Of a size that scripts have to do with. */
static double usual_double(void)
{
    double fraction = (double)(int64_t)next_random() / 0x1p63;
    return ldexp(fraction, (int)(next_random() % 40) - 15);
}

/* Distance in units of the last place; infinite where one is finite and the other is not. */
static double distance(double got, double expected)
{
    if (isnan(got) || isnan(expected)) {
        return isnan(got) && isnan(expected) ? 0 : INFINITY;
    }
    if (got == expected) {
        return signbit(got) == signbit(expected) ? 0 : INFINITY;
    }
    if (isinf(got) || isinf(expected)) {
        return INFINITY;
    }
    double magnitude = fabs(expected);
    return fabs(got - expected) / (nextafter(magnitude, INFINITY) - magnitude);
}

static void check(const char *name, double got, double expected, double x, double y)
{
    ck_assert_msg(distance(got, expected) <= 2, "%s(%a, %a) is %a, not %a", name, x, y, got,
                  expected);
}

static const double special[] = {0.0,     -0.0,   1,    -1,   INFINITY, -INFINITY, NAN,
                                 0.5,     -0.5,   2,    -2,   3,        1e308,     5e-324,
                                 -5e-324, 0x1p40, 1024, 1025, 1e-310,   0x1p-30};

typedef double (*one_argument)(double);
typedef double (*two_arguments)(double, double);

static void check_one(const char *name, one_argument ours, one_argument theirs, bool angles)
{
    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (!angles || fabs(special[i]) < 0x1p50 || isinf(special[i])) {
            check(name, ours(special[i]), theirs(special[i]), special[i], 0);
        }
    }
    for (int i = 0; i < ROUNDS; i++) {
        double x = usual_double(), near_one = 1 + x * 0x1p-30, any = any_double();
        check(name, ours(x), theirs(x), x, 0);
        check(name, ours(near_one), theirs(near_one), near_one, 0);
        if (!angles || fabs(any) < 0x1p50) {
            check(name, ours(any), theirs(any), any, 0);
        }
    }
}

static void check_two(const char *name, two_arguments ours, two_arguments theirs)
{
    enum { COUNT = sizeof(special) / sizeof(special[0]) };
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            check(name, ours(special[i], special[j]), theirs(special[i], special[j]), special[i],
                  special[j]);
        }
    }
    for (int i = 0; i < ROUNDS; i++) {
        double x = usual_double(), y = usual_double(), any = any_double(), other = any_double();
        double whole = (double)((int)(next_random() % 2200) - 1100);
        check(name, ours(x, y), theirs(x, y), x, y);
        check(name, ours(fabs(x), y), theirs(fabs(x), y), fabs(x), y);
        check(name, ours(any, other), theirs(any, other), any, other);
        check(name, ours(x, whole), theirs(x, whole), x, whole);
        check(name, ours(2, whole), theirs(2, whole), 2, whole);
    }
}

START_TEST(functions_of_one_argument)
{
    check_one("floor", generic_floor, floor, false);
    check_one("ceil", generic_ceil, ceil, false);
    check_one("trunc", generic_trunc, trunc, false);
    check_one("sqrt", generic_sqrt, sqrt, false);
    check_one("fabs", generic_fabs, fabs, false);
    check_one("exp", generic_exp, exp, false);
    check_one("log", generic_log, log, false);
    check_one("log2", generic_log2, log2, false);
    check_one("log10", generic_log10, log10, false);
    check_one("sin", generic_sin, sin, true);
    check_one("cos", generic_cos, cos, true);
    check_one("tan", generic_tan, tan, true);
    check_one("asin", generic_asin, asin, false);
    check_one("acos", generic_acos, acos, false);
}
END_TEST

START_TEST(functions_of_two_arguments)
{
    check_two("pow", generic_pow, pow);
    check_two("fmod", generic_fmod, fmod);
    check_two("atan2", generic_atan2, atan2);
    ck_assert(generic_pow(10, 15) == 1e15 && generic_pow(3, 33) == 5559060566555523.0);
    ck_assert(generic_log10(1000) == 3 && generic_log2(8) == 3);
}
END_TEST

START_TEST(exponents)
{
    for (int i = 0; i < 10 * ROUNDS; i++) {
        double x = any_double();
        int shift = (int)(next_random() % 4400) - 2200, ours = 0, theirs = 0;
        check("ldexp", generic_ldexp(x, shift), ldexp(x, shift), x, shift);
        double got = generic_frexp(x, &ours), expected = frexp(x, &theirs);
        check("frexp", got, expected, x, 0);
        ck_assert(ours == theirs || isnan(x) || isinf(x));
    }
}
END_TEST

START_TEST(memory_functions)
{
    enum { SIZE = 300 };
    uint8_t bytes[SIZE], ours[SIZE], theirs[SIZE];
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < SIZE; i++) {
            bytes[i] = (uint8_t)next_random();
        }
        size_t from = next_random() % 100, to = next_random() % 100, length = next_random() % 200;
        memcpy(ours, bytes, SIZE);
        memcpy(theirs, bytes, SIZE);
        ck_assert_ptr_eq(generic_memmove(ours + to, ours + from, length), ours + to);
        memmove(theirs + to, theirs + from, length);
        ck_assert_mem_eq(ours, theirs, SIZE);
        generic_memset(ours + from, (int)length, to);
        memset(theirs + from, (int)length, to);
        ck_assert_mem_eq(ours, theirs, SIZE);
        generic_memcpy(ours + from, bytes + to, length);
        memcpy(theirs + from, bytes + to, length);
        ck_assert_mem_eq(ours, theirs, SIZE);
        int order = generic_memcmp(ours + from, bytes + from, length);
        int expected = memcmp(ours + from, bytes + from, length);
        ck_assert((order < 0) == (expected < 0) && (order > 0) == (expected > 0));
        ck_assert_ptr_eq(generic_memchr(ours, (int)from, length), memchr(ours, (int)from, length));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("generic");
    TCase *tests = tcase_create("generic");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, functions_of_one_argument);
    tcase_add_test(tests, functions_of_two_arguments);
    tcase_add_test(tests, exponents);
    tcase_add_test(tests, memory_functions);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
