/* SPDX-License-Identifier: BSD-2-Clause */
/* The console that the core writes to: tabs, words at the end of a line, styles. What it asks of
 * the platform besides text is recorded in the text: see __wrap_ (tests.mk). */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/console.h"
#include "base/log.h"
#include "host/host.h"

enum { COLUMNS = 20 };

static char *output;
static size_t output_size;
static FILE *stream;

void __wrap_platform_screen_size(unsigned *columns, unsigned *rows);
void __wrap_platform_break_line(void);
void __wrap_platform_style(enum text_style style);

void __wrap_platform_screen_size(unsigned *columns, unsigned *rows)
{
    *columns = COLUMNS;
    *rows = 25;
}

void __wrap_platform_break_line(void)
{
    fputs("\n" CONSOLE_INDENT, stream);
}

void __wrap_platform_style(enum text_style style)
{
    fputs((const char *[]){"<>", "<label>", "<warning>", "<error>", "<bar>"}[style], stream);
}

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

START_TEST(words_are_not_broken)
{
    /* The last column stays empty: firmware would go on to the next line by itself. */
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"1234567890123456789\n", "1234567890123456789\n"},
        {"123456789 123456789\n", "123456789 123456789\n"},
        {"123456789 1234567890\n", "123456789 \n   1234567890\n"},
        /* The space after a word stays in front of the break. */
        {"12345678901234567 9 more\n", "12345678901234567 \n   9 more\n"},
        {"123456789012345678 more", "123456789012345678 \n   more"},
        {"one two three four five six seven", "one two three four \n   five six seven"},
        {"one two three four five six seven eight",
         "one two three four \n   five six seven \n   eight"},
        /* A word that is longer than a line is cut. */
        {"x 123456789012345678901234567890", "x 123456789012345\n   678901234567890"},
        {"a\n12345678901234567 b c\n", "a\n12345678901234567 \n   b c\n"},
        {"\r123456789 123456789\r123456789 123456789",
         "\r123456789 123456789\r123456789 123456789"},
        {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 "
         "1234567 x",
         "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 "
         "\n   1234567 x"},
        {"a\tb\tcdef", "a       b       \n   cdef"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start();
        write_text(cases[i].text);
        check_output(cases[i].shown);
    }
}
END_TEST

START_TEST(a_break_is_plain)
{
    start();
    console_write_styled(STYLE_ERROR, "one two three four five", 23);
    write_text("!\n");
    check_output("<error>one two three four <>\n   <error>five<>!\n");
}
END_TEST

START_TEST(styled_text_moves_no_cursor)
{
    start();
    console_write_styled(STYLE_WARNING, "\boot\ttools\r\n\x1b[1m", 16);
    check_output("<warning>?oot    tools???[1m<>");
}
END_TEST

START_TEST(the_log_has_no_tabs)
{
    start();
    log_text(LOG_INFO, "name\tvalue\n", 11);
    check_output("name    value\n");
}
END_TEST

START_TEST(the_log_has_styles)
{
    start();
    log_info("a: b: c");
    log_info("none");
    log_warning("bad");
    log_error("worse");
    check_output("<label>a<>: b: c\nnone\n<warning>warning: bad<>\n<error>error: worse<>\n");
}
END_TEST

START_TEST(what_to_do_has_its_own_line)
{
    static const char lines[] = "bad. Do. It!\n\ttrace. Of\n";
    struct error error;

    start();
    log_error("a.b c. d. Do it. Now");
    check_output("<error>error: a.b c. d.<> \n   <label>Do it. Now<>\n");
    start();
    error_set_lines(&error, lines);
    log_failure(&error);
    check_output("<error>error: bad.<> \n   <label>Do. It!<>\n        trace. Of\n\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, tabs_move_to_columns);
    tcase_add_test(tests, columns_are_counted_from_write_to_write);
    tcase_add_test(tests, words_are_not_broken);
    tcase_add_test(tests, a_break_is_plain);
    tcase_add_test(tests, styled_text_moves_no_cursor);
    tcase_add_test(tests, the_log_has_no_tabs);
    tcase_add_test(tests, the_log_has_styles);
    tcase_add_test(tests, what_to_do_has_its_own_line);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
