/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows paths taken apart and brought into their normal form. */
#include "base/path.h"

#include <string.h>

#include "tests/unit/unit.h"

START_TEST(last_components)
{
    static const char *const expected[][2] = {
        {"a", "a"},  {"a\\b", "b"}, {"a/b\\c", "c"}, {"\\a", "a"},
        {"a\\", ""}, {"a/b/", ""},  {"", ""},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_str_eq(path_last_component(expected[i][0]), expected[i][1]);
    }
}
END_TEST

START_TEST(normal_forms)
{
    static const char *const expected[][2] = {
        {"", ""},
        {"a", "a"},
        {"/", ""},
        {".", ""},
        {"./.", ""},
        {"\\a", "a"},
        {"a//b\\/c/", "a\\b\\c"},
        {"./a/./b/.", "a\\b"},
        {"..", ".."},
        {"a/../b", "a\\..\\b"},
        {"...", "..."},
        {".a/b.", ".a\\b."},
        {"//server//share", "server\\share"},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        /* In memory of just the right size, for the sanitizer. */
        char *path = malloc(strlen(expected[i][0]) + 1);
        strcpy(path, expected[i][0]);
        path_normalize(path);
        ck_assert_str_eq(path, expected[i][1]);
        path_normalize(path);
        ck_assert_str_eq(path, expected[i][1]);
        free(path);
    }
}
END_TEST

START_TEST(components_in_turn)
{
    const char *path = "/Windows/./System32\\..\\x", *component;
    static const char *const expected[] = {"Windows", "System32", "..", "x"};
    size_t length;
    for (size_t i = 0; i < 4; i++) {
        component = path_next_component(&path, &length);
        ck_assert_uint_eq(length, strlen(expected[i]));
        ck_assert_mem_eq(component, expected[i], length);
        ck_assert(path_is_parent(component, length) == (i == 2));
    }
    ck_assert_ptr_null(path_next_component(&path, &length));
    ck_assert_ptr_null(path_next_component(&path, &length));
}
END_TEST

START_TEST(forbidden_units)
{
    for (unsigned unit = 0; unit < 0x10000; unit++) {
        bool forbidden = unit < 0x20 || unit == '"' || unit == '*' || unit == ':' || unit == '<' ||
                         unit == '>' || unit == '?' || unit == '|';
        ck_assert_msg(path_forbids((uint16_t)unit) == forbidden, "0x%x", unit);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *tests = tcase_create("path");
    tcase_add_test(tests, last_components);
    tcase_add_test(tests, normal_forms);
    tcase_add_test(tests, components_in_turn);
    tcase_add_test(tests, forbidden_units);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
