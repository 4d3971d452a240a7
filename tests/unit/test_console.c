/* SPDX-License-Identifier: BSD-2-Clause */
/* The console that the core writes to: tabs. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/console.h"
#include "base/log.h"
#include "host/host.h"

static char *output;
static size_t output_size;
static FILE *stream;

static void start(void)
{
    stream = open_memstream(&output, &output_size);
    host_set_console(stream);
    console_clear(); /* begins a line */
}

static void check_output(const char *expected)
{
    fflush(stream);
    ck_assert_str_eq(output, expected);
    host_set_console(NULL);
    fclose(stream);
    free(output);
}

static void write_text(const char *text)
{
    console_write(text, strlen(text));
}

START_TEST(tabs_move_to_columns)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"", ""},
        {"plain\n", "plain\n"},
        {"\t|", "        |"},
        {"a\tb\n", "a       b\n"},
        {"1234567\t|", "1234567 |"},
        {"12345678\t|", "12345678        |"},
        {"a\t\tb", "a               b"},
        {"line\n\tmore", "line\n        more"},
        {"12345\r1\t|", "12345\r1       |"},
        {"123\b\b\b\b\t|", "123\b\b\b\b        |"},
        {"\xc3\xa4\xe2\x82\xac\t|", "\xc3\xa4\xe2\x82\xac      |"}, /* two characters, five bytes */
        {"end\t", "end     "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start();
        write_text(cases[i].text);
        check_output(cases[i].shown);
    }
}
END_TEST

START_TEST(columns_are_counted_from_write_to_write)
{
    start();
    write_text("abc");
    write_text("de");
    write_text("\tx");
    console_clear();
    write_text("\ty");
    check_output("abcde   x        y");
}
END_TEST

START_TEST(the_log_has_no_tabs)
{
    start();
    log_info("name\tvalue");
    log_warning("a\tb");
    check_output("name    value\nwarning: a      b\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, tabs_move_to_columns);
    tcase_add_test(tests, columns_are_counted_from_write_to_write);
    tcase_add_test(tests, the_log_has_no_tabs);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
