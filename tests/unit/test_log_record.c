/* SPDX-License-Identifier: BSD-2-Clause */
/* What was said: with times, without what is only drawn, and not more than there is room for. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/console.h"
#include "base/log.h"
#include "base/log_record.h"
#include "host/host.h"

static FILE *nowhere;

static void start(void)
{
    nowhere = fopen("/dev/null", "w");
    host_set_console(nowhere);
    log_record_clear();
}

static void finish(void)
{
    log_set_quiet(false);
    host_set_console(NULL);
    fclose(nowhere);
}

/* The record as a string without its times. */
static const char *recorded(void)
{
    static char text[LOG_RECORD_MAX + 1];
    size_t length, used = 0;
    const char *record = log_recorded(&length);
    bool is_start = true;
    for (size_t i = 0; i < length; i++) {
        if (is_start && record[i] == '[' && i + 11 <= length && record[i + 8] == ']') {
            ck_assert_int_eq(record[i + 4], '.');
            i += 10;
        }
        is_start = i < length && record[i] == '\n';
        if (i < length) {
            text[used++] = record[i];
        }
    }
    text[used] = '\0';
    return text;
}

START_TEST(lines)
{
    size_t length;
    log_info("one %d", 1);
    log_warning("two");
    log_text(LOG_INFO, "three", 5);
    log_text(LOG_INFO, " more\nfour\n", 11);
    console_write("a menu", 6);
    log_set_quiet(true);
    log_info("quiet");
    ck_assert_str_eq(recorded(), "one 1\nwarning: two\nthree more\nfour\nquiet\n");
    ck_assert_int_eq(strncmp(log_recorded(&length), "[  0.000] one 1\n", 16), 0);
}
END_TEST

START_TEST(as_a_file)
{
    char buffer[40];
    log_text(LOG_INFO, "a\n\nb", 4);
    size_t length = log_recorded_file(buffer, sizeof(buffer));
    ck_assert_uint_eq(length, 36);
    ck_assert_int_eq(memcmp(buffer, "[  0.000] a\r\n[  0.000] \r\n[  0.0", 31), 0);
    ck_assert_uint_eq(log_recorded_file(buffer, 12), 11); /* no half a line end */
    ck_assert_uint_eq(log_recorded_file(buffer, 13), 13);
    ck_assert_uint_eq(log_recorded_file(buffer, 0), 0);
}
END_TEST

START_TEST(full)
{
    char line[100];
    size_t length;
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\n';
    for (int i = 0; i < 1000; i++) {
        log_record(line, sizeof(line));
    }
    const char *record = log_recorded(&length);
    ck_assert_uint_le(length, LOG_RECORD_MAX);
    ck_assert_uint_gt(length, LOG_RECORD_MAX - 200);
    ck_assert_int_eq(memcmp(record + length - 6, "[...]\n", 6), 0);
    log_record_clear();
    log_recorded(&length);
    ck_assert_uint_eq(length, 0);
    log_record("x\n", 2);
    ck_assert_str_eq(recorded(), "x\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log_record");
    TCase *test = tcase_create("log_record");
    tcase_add_checked_fixture(test, start, finish);
    tcase_add_test(test, lines);
    tcase_add_test(test, as_a_file);
    tcase_add_test(test, full);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
