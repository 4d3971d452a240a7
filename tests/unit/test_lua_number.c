/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as text (lua/port/number.c), compared with the C library of the host. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lua/port/number.h"
#include "tests/unit/unit.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static double double_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void check_format(const char *format, double value)
{
    char expected[512], got[512];
    int length;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(expected, sizeof(expected), format, value);
    length = number_format(got, sizeof(got), format, value);
#pragma GCC diagnostic pop
    ck_assert_str_eq(got, expected);
    ck_assert_int_eq(length, (int)strlen(expected));
}

static const char *const float_formats[] = {
    "%.14g", "%.17g", "%g",      "%e",      "%f",       "%.0f",  "%.0e",  "%.0g",  "%#.3g", "%+.3f",
    "% .2e", "%10g",  "%-12.3f", "%012.4f", "%+015.2e", "%#.0f", "%.30f", "%.99e", "%G",    "%E",
};

static const double special[] = {
    0.0,
    -0.0,
    1,
    0.5,
    1.5,
    2.5,
    0.1,
    1e15,
    1e16,
    123456789012345678.0,
    1e22,
    1e23,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    9.995,
    99999.5,
    0.0001,
    0.00001234,
    9.9999e-5,
    999999.5,
    1e100,
    1.0 / 3,
    -2.0 / 3,
    1.0 / 0.0,
    -1.0 / 0.0,
};

START_TEST(floats_as_the_c_library)
{
    for (size_t f = 0; f < sizeof(float_formats) / sizeof(*float_formats); f++) {
        for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++) {
            check_format(float_formats[f], special[i]);
        }
        for (int i = 0; i < 300; i++) {
            double value = double_from_bits(random_bits());
            if (value == value) {
                check_format(float_formats[f], value);
            }
            check_format(float_formats[f], (double)(int64_t)random_bits() / 65536);
        }
    }
}
END_TEST

START_TEST(integers_as_the_c_library)
{
    static const long long values[] = {0, 1, -1, 255, INT32_MIN, INT64_MAX, INT64_MIN};

    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char expected[200], got[200];
        long long v = values[i];

#define BOTH(...)                                                                                  \
    snprintf(expected, sizeof(expected), __VA_ARGS__);                                             \
    number_format(got, sizeof(got), __VA_ARGS__);                                                  \
    ck_assert_str_eq(got, expected)
        BOTH("%lld|%5lld|%-5lld|%05lld|%+lld|% lld|%.3lld|%8.3lld", v, v, v, v, v, v, v, v);
        BOTH("%llx|%#llx|%llX|%#10llx|%-#10llx|%010llx|%llo|%#llo", v, v, v, v, v, v, v, v);
        BOTH("%d|%u|%c|%5c|%-5c|%%", (int)v, (unsigned)v, 'x', 'y', 'z');
        BOTH("%s|%10s|%-10s|%.2s|%10.2s|", "text", "text", "text", "text", "text");
    }
}
END_TEST

START_TEST(output_is_cut_at_the_buffer)
{
    char buffer[5] = "####";
    ck_assert_int_eq(number_format(buffer, sizeof(buffer), "%d", 1234567), 7);
    ck_assert_str_eq(buffer, "1234");
    ck_assert_int_eq(number_format(buffer, sizeof(buffer), "%20d", 5), 20);
    ck_assert_str_eq(buffer, "    ");
}
END_TEST

static void check_parse(const char *text)
{
    char *end, *expected_end;
    double expected = strtod(text, &expected_end);
    double got = number_parse(text, &end);
    ck_assert_msg(memcmp(&got, &expected, sizeof(got)) == 0, "%s: %.17g instead of %.17g", text,
                  got, expected);
    ck_assert_int_eq(end - text, expected_end - text);
}

START_TEST(parses_as_the_c_library)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "1.",
        ".5",
        "1e5",
        "1e",
        "1e+",
        "1.5e-3x",
        "  12",
        "+7",
        "-",
        ".",
        "",
        "e5",
        "0.1",
        "3.14159265358979323846",
        "1e308",
        "1.8e308",
        "1e309",
        "1e99999",
        "1e-99999",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "5e-324",
        "1e-400",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "9007199254740993",
        "00012.500",
        "9007199254740992.99999999999999999999999",
        "1.7976931348623158e308",
        "0.000000e10",
        "0.3e-2147483648999",
        "123456789012345678901234567890e-20",
        "1e23",
        "8.5",
        "1..2",
    };
    char text[1200];
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        check_parse(texts[i]);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "%.*g", 1 + (int)(random_bits() % 20),
                 double_from_bits(random_bits() & 0x7fffffffffffffff));
        if (strchr(text, 'n') == NULL) {
            check_parse(text);
        }
    }
    /* Exactly between two doubles, and a digit far to the right that decides. */
    snprintf(text, sizeof(text), "%.0f.%0900d1", 9007199254740993.0 - 1, 0);
    check_parse(text);
    memset(text, '9', 1100);
    text[1100] = '\0';
    check_parse(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lua numbers");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, floats_as_the_c_library);
    tcase_add_test(tests, integers_as_the_c_library);
    tcase_add_test(tests, output_is_cut_at_the_buffer);
    tcase_add_test(tests, parses_as_the_c_library);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
