/* SPDX-License-Identifier: BSD-2-Clause */
/* The BIOS console's characters, with the Python codec's idea of code page 437 as the oracle. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/code_page.c"

static void check_text(const char *utf8, const char *expected)
{
    const uint8_t *text = (const uint8_t *)utf8, *end = text + strlen(utf8);
    char shown[64];
    size_t length = 0;
    while (text < end) {
        shown[length++] = (char)code_page_next(&text, end);
    }
    shown[length] = '\0';
    ck_assert_str_eq(shown, expected);
}

START_TEST(texts)
{
    check_text("plain\n", "plain\n");
    /* "é ß ┌─┐ ½ √" by Python: 'é ß ┌─┐ ½ √'.encode('cp437') */
    check_text("\u00e9 \u00df \u250c\u2500\u2510 \u00bd \u221a",
               "\x82 \xe1 \xda\xc4\xbf \xab \xfb");
    check_text("\u2018a\u2019 \u201cb\u201d \u2013 \u2022", "'a' \"b\" - *");
    check_text("\u65e5\u672c \U0001F600", "?? ?");
}
END_TEST

START_TEST(ill_formed)
{
    check_text("\x80", "?");
    check_text("a\xc3", "a?");
    check_text("\xe2\x94"
               "b",
               "?b");
    check_text("\xf0\x9f\x98", "?");
    check_text("\xff"
               "c",
               "?c");
}
END_TEST

START_TEST(there_and_back)
{
    for (unsigned i = 0; i < 256; i++) {
        ck_assert_uint_eq(from_unicode(code_page_to_unicode((uint8_t)i)), i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios code page");
    TCase *tests = tcase_create("code page");
    tcase_add_test(tests, texts);
    tcase_add_test(tests, ill_formed);
    tcase_add_test(tests, there_and_back);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
