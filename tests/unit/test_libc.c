/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The freestanding C library, compiled for the host under other names and compared with the host's:
 * of x86 what is written for it.
 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/unit.h"

#if defined(__x86_64__) || defined(__i386__)
#define IS_X86 1
#else
#define IS_X86 0
#endif

/* The functions under test, renamed. The host's own come first. */
#define memcpy  libc_memcpy
#define memmove libc_memmove
#define memset  libc_memset
#define memcmp  libc_memcmp
#define memchr  libc_memchr
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#if IS_X86
#include "arch/x86/libc/copy.c"
#else
#include "arch/generic/libc/copy.c"
#endif
#include "libc/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr

#define strlen   libc_strlen
#define strncmp  libc_strncmp
#define strcmp   libc_strcmp
#define strcoll  libc_strcoll
#define strchr   libc_strchr
#define strcpy   libc_strcpy
#define strspn   libc_strspn
#define strpbrk  libc_strpbrk
#define strstr   libc_strstr
#define strerror libc_strerror
#include "libc/string.c"
#undef strlen
#undef strncmp
#undef strcmp
#undef strcoll
#undef strchr
#undef strcpy
#undef strspn
#undef strpbrk
#undef strstr
#undef strerror

#if IS_X86
/* What only 32-bit code needs works in 64-bit code as well. */
#define __udivmoddi4 libc_udivmoddi4
#define __udivdi3    libc_udivdi3
#define __umoddi3    libc_umoddi3
#define __divmoddi4  libc_divmoddi4
#define __divdi3     libc_divdi3
#define __moddi3     libc_moddi3
#include "arch/i386/libc/div64.c"
#endif

#define floor libc_floor
#define ceil  libc_ceil
#define trunc libc_trunc
#define fabs  libc_fabs
#define sqrt  libc_sqrt
#define fmod  libc_fmod
#define exp   libc_exp
#define log   libc_log
#define log2  libc_log2
#define log10 libc_log10
#define pow   libc_pow
#define sin   libc_sin
#define cos   libc_cos
#define tan   libc_tan
#define asin  libc_asin
#define acos  libc_acos
#define atan2 libc_atan2
#define frexp libc_frexp
#define ldexp libc_ldexp
#if IS_X86
#include "arch/x86/libc/math.c"
#else
#include "arch/generic/libc/math.c"
#endif
#undef floor
#undef ceil
#undef trunc
#undef fabs
#undef sqrt
#undef fmod
#undef exp
#undef log
#undef log2
#undef log10
#undef pow
#undef sin
#undef cos
#undef tan
#undef asin
#undef acos
#undef atan2
#undef frexp
#undef ldexp

#undef isdigit
#undef islower
#undef isupper
#undef isalpha
#undef isalnum
#undef isxdigit
#undef isspace
#undef isprint
#undef isgraph
#undef ispunct
#undef iscntrl
#define isdigit  libc_isdigit
#define islower  libc_islower
#define isupper  libc_isupper
#define isalpha  libc_isalpha
#define isalnum  libc_isalnum
#define isxdigit libc_isxdigit
#define isspace  libc_isspace
#define isprint  libc_isprint
#define isgraph  libc_isgraph
#define ispunct  libc_ispunct
#define iscntrl  libc_iscntrl
#undef tolower
#undef toupper
#define tolower libc_tolower
#define toupper libc_toupper
#include "libc/ctype.c"
#undef isdigit
#undef islower
#undef isupper
#undef isalpha
#undef isalnum
#undef isxdigit
#undef isspace
#undef isprint
#undef isgraph
#undef ispunct
#undef iscntrl
#undef tolower
#undef toupper
#pragma GCC diagnostic pop

enum { BUFFER_SIZE = 100 };

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

static void fill(uint8_t *bytes)
{
    for (size_t i = 0; i < BUFFER_SIZE; i++) {
        bytes[i] = (uint8_t)(random_number() % 3);
    }
}

START_TEST(memory_functions)
{
    uint8_t expected[BUFFER_SIZE], got[BUFFER_SIZE], other[BUFFER_SIZE];
    for (int i = 0; i < 3000; i++) {
        size_t to = random_number() % BUFFER_SIZE, from = random_number() % BUFFER_SIZE;
        size_t length = random_number() % (BUFFER_SIZE - (to > from ? to : from));
        int byte = (int)(random_number() % 3);
        fill(expected);
        memcpy(got, expected, BUFFER_SIZE);
        fill(other);
        ck_assert_ptr_eq(libc_memmove(got + to, got + from, length), got + to);
        memmove(expected + to, expected + from, length);
        ck_assert_mem_eq(got, expected, BUFFER_SIZE);
        ck_assert_ptr_eq(libc_memcpy(got + to, other + from, length), got + to);
        memcpy(expected + to, other + from, length);
        ck_assert_mem_eq(got, expected, BUFFER_SIZE);
        libc_memset(got + to, byte + 0x100, length);
        memset(expected + to, byte, length);
        ck_assert_mem_eq(got, expected, BUFFER_SIZE);

        int sign = memcmp(got + to, other + from, length);
        int found = libc_memcmp(got + to, other + from, length);
        ck_assert((sign < 0) == (found < 0) && (sign > 0) == (found > 0));
        ck_assert_ptr_eq(libc_memchr(got + to, byte, length), memchr(got + to, byte, length));
    }
}
END_TEST

START_TEST(string_functions)
{
    static const char *const texts[] = {"", "a", "ab", "abc", "abd", "b", "aab", "\xff", "a\xff"};
    enum { COUNT = sizeof(texts) / sizeof(*texts) };

    for (size_t i = 0; i < COUNT; i++) {
        char copy[8];
        ck_assert_uint_eq(libc_strlen(texts[i]), strlen(texts[i]));
        ck_assert_str_eq(libc_strcpy(copy, texts[i]), texts[i]);
        for (size_t j = 0; j < COUNT; j++) {
            int sign = strcmp(texts[i], texts[j]), got = libc_strcmp(texts[i], texts[j]);
            ck_assert((sign < 0) == (got < 0) && (sign > 0) == (got > 0));
            ck_assert_int_eq(libc_strcoll(texts[i], texts[j]), got);
            ck_assert_ptr_eq(libc_strstr(texts[i], texts[j]), strstr(texts[i], texts[j]));
            ck_assert_ptr_eq(libc_strpbrk(texts[i], texts[j]), strpbrk(texts[i], texts[j]));
            ck_assert_uint_eq(libc_strspn(texts[i], texts[j]), strspn(texts[i], texts[j]));
            for (size_t n = 0; n < 4; n++) {
                sign = strncmp(texts[i], texts[j], n);
                got = libc_strncmp(texts[i], texts[j], n);
                ck_assert((sign < 0) == (got < 0) && (sign > 0) == (got > 0));
            }
        }
        ck_assert_ptr_eq(libc_strchr(texts[i], 'b'), strchr(texts[i], 'b'));
        ck_assert_ptr_eq(libc_strchr(texts[i], '\0'), strchr(texts[i], '\0'));
    }
}
END_TEST

#define SAME_CLASS(name) ck_assert_int_eq(!libc_##name(c), !name(c))

START_TEST(character_classes)
{
    for (int c = 0; c < 128; c++) {
        SAME_CLASS(isalnum);
        SAME_CLASS(isalpha);
        SAME_CLASS(iscntrl);
        SAME_CLASS(isdigit);
        SAME_CLASS(isgraph);
        SAME_CLASS(islower);
        SAME_CLASS(isprint);
        SAME_CLASS(ispunct);
        SAME_CLASS(isspace);
        SAME_CLASS(isupper);
        SAME_CLASS(isxdigit);
        ck_assert_int_eq(libc_tolower(c), tolower(c));
        ck_assert_int_eq(libc_toupper(c), toupper(c));
    }
}
END_TEST

#if IS_X86
static void check_division(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;
    int64_t signed_rest;
    if (divisor == 0) {
        return;
    }
    ck_assert_uint_eq(libc_udivmoddi4(dividend, divisor, &rest), dividend / divisor);
    ck_assert_uint_eq(rest, dividend % divisor);
    ck_assert_uint_eq(libc_udivdi3(dividend, divisor), dividend / divisor);
    ck_assert_uint_eq(libc_umoddi3(dividend, divisor), dividend % divisor);
    if (dividend == (uint64_t)INT64_MIN && divisor == UINT64_MAX) {
        return;
    }
    ck_assert_int_eq(libc_divdi3((int64_t)dividend, (int64_t)divisor),
                     (int64_t)dividend / (int64_t)divisor);
    ck_assert_int_eq(libc_moddi3((int64_t)dividend, (int64_t)divisor),
                     (int64_t)dividend % (int64_t)divisor);
    ck_assert_int_eq(libc_divmoddi4((int64_t)dividend, (int64_t)divisor, &signed_rest),
                     (int64_t)dividend / (int64_t)divisor);
    ck_assert_int_eq(signed_rest, (int64_t)dividend % (int64_t)divisor);
}

/* A number of random length, often near a power of two. */
static uint64_t random_wide(void)
{
    uint64_t value =
        (uint64_t)random_number() << 40 ^ (uint64_t)random_number() << 20 ^ random_number();
    if (random_number() % 4 == 0) {
        value = (1ull << random_number() % 64) + random_number() % 3 - 1;
    }
    return value >> random_number() % 64;
}

START_TEST(division)
{
    for (int i = 0; i < 3000; i++) {
        uint64_t dividend = random_wide(), divisor = random_wide();
        check_division(dividend, divisor);
        check_division(dividend, -divisor);
        check_division(-dividend, divisor);
        check_division(divisor * (dividend >> 33) - 1, divisor);
    }
}
END_TEST
#endif

static void check_near(double got, double expected, const char *what, double x, double y)
{
    double tolerance = fabs(expected) * 4.5e-16 + 1e-300;
    bool same =
        got == expected || (isnan(got) && isnan(expected)) || fabs(got - expected) <= tolerance;
    ck_assert_msg(same, "%s(%g, %g) = %.17g, not %.17g", what, x, y, got, expected);
}

#define CHECK_ONE(name, x)    check_near(libc_##name(x), name(x), #name, x, 0)
#define CHECK_TWO(name, x, y) check_near(libc_##name(x, y), name(x, y), #name, x, y)

static const double numbers[] = {
    0,     -0.0,   1,      -1,     0.5,    -0.5,   2,         3,          -3,        10,   1.5,
    -2.5,  0.1,    100,    1e10,   1e15,   1e16,   1e22,      1e-10,      1023,      1024, -1074,
    1e300, -1e300, 1e-300, 5e-324, 0x1p53, 0x1p63, 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0,
};
enum { NUMBER_COUNT = sizeof(numbers) / sizeof(*numbers) };

START_TEST(mathematics)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        double x = numbers[i];
        int exponent, expected_exponent;
        CHECK_ONE(floor, x);
        CHECK_ONE(ceil, x);
        CHECK_ONE(trunc, x);
        CHECK_ONE(fabs, x);
        CHECK_ONE(sqrt, x);
        CHECK_ONE(log, x);
        CHECK_ONE(log2, x);
        CHECK_ONE(log10, x);
        CHECK_ONE(exp, x);
        CHECK_ONE(asin, x);
        CHECK_ONE(acos, x);
        if (fabs(x) < 1000) {
            CHECK_ONE(sin, x);
            CHECK_ONE(cos, x);
            CHECK_ONE(tan, x);
        }
        if (isfinite(x)) {
            check_near(libc_frexp(x, &exponent), frexp(x, &expected_exponent), "frexp", x, 0);
            ck_assert_int_eq(exponent, expected_exponent);
        }
        for (size_t j = 0; j < NUMBER_COUNT; j++) {
            double y = numbers[j];
            CHECK_TWO(fmod, x, y);
            CHECK_TWO(pow, x, y);
            CHECK_TWO(atan2, x, y);
            if (fabs(y) < 3000) {
                check_near(libc_ldexp(x, (int)y), ldexp(x, (int)y), "ldexp", x, y);
            }
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libc");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, memory_functions);
    tcase_add_test(tests, string_functions);
    tcase_add_test(tests, character_classes);
#if IS_X86
    tcase_add_test(tests, division);
#endif
    tcase_add_test(tests, mathematics);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
