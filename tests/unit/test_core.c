/* SPDX-License-Identifier: BSD-2-Clause */
/* The foundation of the core: formatting, errors, UTF conversion and folding, options. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/unicode.h"
#include "host/host.h"
#include "options.h"

START_TEST(format_agrees_with_libc)
{
    static const struct {
        const char *format;
        long long value;
    } cases[] = {
        {"%lld", 0},          {"%lld", -1},
        {"%lld", INT64_MIN},  {"%lld", INT64_MAX},
        {"%5lld|", 42},       {"%-5lld|", 42},
        {"%05lld|", -42},     {"%llu", -1},
        {"%llx", 0xABCDEF},   {"%016llX", 0x1A2B3C4D},
        {"%.3lld", 7},        {"%+lld", 5},
        {"100%% of %lld", 3},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char ours[64], theirs[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        size_t length = format_string(ours, sizeof(ours), cases[i].format, cases[i].value);
        int expected = snprintf(theirs, sizeof(theirs), cases[i].format, cases[i].value);
#pragma GCC diagnostic pop
        ck_assert_str_eq(ours, theirs);
        ck_assert_uint_eq(length, (size_t)expected);
    }
}
END_TEST

START_TEST(format_strings_and_limits)
{
    char buffer[16];
    ck_assert_uint_eq(
        format_string(buffer, sizeof(buffer), "%s/%.2s/%-4s|%4s", "a", "bcd", "e", "f"), 14);
    ck_assert_str_eq(buffer, "a/bc/e   |   f");
    ck_assert_uint_eq(format_string(buffer, 4, "abcdef"), 6);
    ck_assert_str_eq(buffer, "abc");
    ck_assert_uint_eq(format_string(NULL, 0, "%d", 12345), 5);
    char not_terminated[3] = {'x', 'y', 'z'};
    format_string(buffer, sizeof(buffer), "%.*s", 3, not_terminated);
    ck_assert_str_eq(buffer, "xyz");
    format_string(buffer, sizeof(buffer), "%c%zu", 'q', (size_t)99);
    ck_assert_str_eq(buffer, "q99");
}
END_TEST

START_TEST(errors_get_contexts_in_front)
{
    struct error error;
    ck_assert_int_eq(error_set(&error, "chunk %d", 37), -1);
    ck_assert_int_eq(error_prefix(&error, "%s: ", "boot.wim"), -1);
    ck_assert_str_eq(error.text, "boot.wim: chunk 37");
    char longer[600];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    error_prefix(&error, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof(error.text) - 1);
    ck_assert_int_eq(error_set(NULL, "ignored"), -1);
    ck_assert_int_eq(error_no_memory(&error, "%d bytes of %s", 512, "boot.wim"), -1);
    ck_assert_str_eq(error.text, "out of memory: 512 bytes of boot.wim");
    ck_assert_int_eq(error_no_memory(&error, "%s", longer), -1);
    ck_assert_uint_eq(strlen(error.text), sizeof(error.text) - 1);
    ck_assert_int_eq(error_no_memory(NULL, "ignored"), -1);
}
END_TEST

START_TEST(utf8_round_trips)
{
    static const char text[] = "Grüße Ω Ж 日本 \xF0\x9F\x98\x80.wim";
    uint16_t units[64];
    size_t count = utf16_from_utf8(text, sizeof(text) - 1, units, 64);
    ck_assert_uint_eq(count, utf16_from_utf8(text, sizeof(text) - 1, NULL, 0));
    char back[64];
    ck_assert_uint_eq(utf8_from_utf16(units, count, back, sizeof(back)), sizeof(text) - 1);
    ck_assert_str_eq(back, text);

    /* A lone surrogate survives both ways; what is ill-formed turns into U+FFFD. */
    uint16_t lone[] = {'a', 0xD800, 'b'};
    utf8_from_utf16(lone, 3, back, sizeof(back));
    ck_assert_uint_eq(utf16_from_utf8(back, strlen(back), units, 64), 3);
    ck_assert_mem_eq(units, lone, sizeof(lone));
    ck_assert_uint_eq(utf16_from_utf8("\xC0\x80x\xFF", 4, units, 64), 4);
    ck_assert_uint_eq(units[0], 0xFFFD);
    ck_assert_uint_eq(units[2], 'x');
    /* A sequence cut by the end of the text must not be read beyond it. */
    ck_assert_uint_eq(utf16_from_utf8("\xE6\x97", 2, units, 64), 2);
    /* Cut output ends with a whole character. */
    uint16_t umlauts[] = {0xFC, 0xFC};
    ck_assert_uint_eq(utf8_from_utf16(umlauts, 2, back, 4), 4);
    ck_assert_str_eq(back, "ü");
}
END_TEST

START_TEST(folding)
{
    ck_assert(utf8_equal("BOOT.WIM", "boot.wim"));
    ck_assert(utf8_equal("ÄÖÜ Ж Ω", "äöü ж ω"));
    ck_assert(!utf8_equal("boot.wim", "boot.wi"));
    ck_assert(!utf8_equal("a[", "a{"));
    ck_assert_uint_eq(utf16_upcase(0xFF), 0x178);
    ck_assert_uint_eq(utf16_upcase(0x101), 0x100);
    ck_assert_uint_eq(utf16_upcase(0x100), 0x100);
    ck_assert_uint_eq(utf16_upcase(0x451), 0x401);
    ck_assert_uint_eq(utf16_upcase(0xDF), 0xDF); /* sharp s has no single upper case */
    uint16_t low[] = {'a', '_'}, high[] = {'A', 'b'};
    /* Upper-cased: 'B' (0x42) sorts before '_' (0x5F). */
    ck_assert_int_gt(utf16_compare(low, 2, high, 2), 0);
    ck_assert_int_lt(utf16_compare(low, 1, high, 2), 0);
    ck_assert_int_eq(utf16_compare(low, 1, high, 1), 0);
}
END_TEST

START_TEST(patterns)
{
    ck_assert(utf8_match("*.wim", "BOOT.WIM"));
    ck_assert(utf8_match("boot?.w*m", "boot2.wim"));
    ck_assert(utf8_match("*", ""));
    ck_assert(utf8_match("?", "é"));
    ck_assert(utf8_match("*É*", "café"));
    ck_assert(!utf8_match("*.wim", "boot.wim.bak"));
    ck_assert(!utf8_match("boot?.wim", "boot.wim"));
    ck_assert(!utf8_match("", "x"));
    ck_assert(utf8_match("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
    ck_assert(!utf8_match("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}
END_TEST

START_TEST(errors_of_many_lines)
{
    struct error error;
    char longer[1000];
    ck_assert_int_eq(error_set_lines(&error, "x.lua:3: no\nstack traceback:\n\tx"), -1);
    ck_assert_str_eq(error.text, "x.lua:3: no");
    ck_assert_str_eq(error.rest, "\nstack traceback:\n\tx");
    error_set_lines(&error, "one line");
    ck_assert_str_eq(error.text, "one line");
    ck_assert_ptr_null(error.rest);
    memset(longer, 'y', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    error_set_lines(&error, longer);
    ck_assert_uint_eq(strlen(error.text) + strlen(error.rest), sizeof(longer) - 1);
    error_set(&error, "short");
    ck_assert_ptr_null(error.rest);
    ck_assert_int_eq(error_set_lines(NULL, "ignored"), -1);
}
END_TEST

static int parse(struct pool *pool, const char *line, struct error *error)
{
    error->text[0] = '\0';
    return options_parse(pool, line, error);
}

START_TEST(command_line)
{
    struct pool *pool = pool_create();
    struct error error;
    ck_assert_int_eq(parse(pool,
                           "rawbcd gui pause=quiet index=3 script=b.lua site=hq \"two words\" "
                           "initrd=x vga=788 q=\"a b\"",
                           &error),
                     0);
    ck_assert(options.rawbcd && options.gui && !options.rawwim && !options.quiet);
    ck_assert_int_eq(options.pause, PAUSE_QUIET);
    ck_assert_uint_eq(options.index, 3);
    ck_assert_str_eq(options.script, "b.lua");
    ck_assert_uint_eq(options.word_count, 10);
    ck_assert_str_eq(options.words[6], "two words");
    ck_assert_str_eq(options.words[9], "q=a b");

    ck_assert_int_eq(parse(pool, "", &error), 0);
    ck_assert_uint_eq(options.word_count, 0);
    ck_assert_int_eq(parse(pool, "  pause\tquiet linear rawwim  ", &error), 0);
    ck_assert_int_eq(options.pause, PAUSE_YES);
    ck_assert(options.quiet && options.linear && options.rawwim);
    ck_assert(!options.noscreen && !options.noserial);
    ck_assert_int_eq(parse(pool, "noscreen noserial", &error), 0);
    ck_assert(options.noscreen && options.noserial && !options.noscript);

    ck_assert_int_eq(parse(pool, "index=0x1F quiet=1 pause=on", &error), 0);
    ck_assert_uint_eq(options.index, 31);
    ck_assert(options.quiet && options.pause == PAUSE_YES);
    ck_assert_int_eq(parse(pool, "index=3 index=0", &error), 0);
    ck_assert_uint_eq(options.index, 0);

    ck_assert_int_eq(parse(pool, "noscript site=hq", &error), 0);
    ck_assert(options.noscript && options.script == NULL);
    ck_assert_int_eq(parse(pool, "script=a.lua", &error), 0);
    ck_assert(!options.noscript);
    ck_assert_int_eq(parse(pool, "noscript script=a.lua", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "'noscript'"));
    ck_assert_int_eq(parse(pool, "required", &error), 0);
    ck_assert(options.required);
    ck_assert_int_eq(parse(pool, "required noscript", &error), -1);
    ck_assert_str_eq(error.text, "command line: required: 'noscript' forbids scripts");

    static const char *const malformed[] = {"index=",   "index=x", "index=1x",         "index=-1",
                                            "index=0x", "script=", "index=99999999999"};
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        ck_assert_int_eq(parse(pool, malformed[i], &error), -1);
        ck_assert_msg(strstr(error.text, "command line: ") == error.text, "%s", error.text);
    }
    pool_destroy(pool);
}
END_TEST

/* What options_warn() says of a command line. */
static char *warnings_of(struct pool *pool, const char *line)
{
    struct error error;
    char *output;
    size_t size;
    FILE *stream = open_memstream(&output, &size);
    host_set_console(stream);
    ck_assert_int_eq(parse(pool, line, &error), 0);
    options_warn();
    host_set_console(NULL);
    fclose(stream);
    return output;
}

START_TEST(near_misses_are_told)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"indx=3", "'indx=3' is not a word that the loader knows; did you mean 'index'?"},
        {"INDEX=3", "'INDEX=3' is not a word that the loader knows; did you mean 'index'?"},
        {"--index=3", "'--index=3' is not a word that the loader knows; did you mean 'index'?"},
        {"/script=a.lua", "did you mean 'script'?"},
        {"index:3", "did you mean 'index'?"},
        {"Quiet", "did you mean 'quiet'?"},
        {"scirpt=a.lua", "did you mean 'script'?"},
        {"rawwims", "did you mean 'rawwim'?"},
        {"script", "'script' has no value: write script=NAME"},
        {"index", "write index=NUMBER"},
        {"pause=now", "the only value of 'pause' is 'quiet'"},
        {"rawbcd=yes", "'rawbcd' takes no value, and is on"},
        {"site=hq guide go initrd=x initrdfile=a,b mem=1G vga=788 debug", ""},
        {"index=3 script=a.lua pause=quiet quiet rawbcd rawwim slim nolog gui linear noscreen "
         "noserial",
         ""},
    };
    struct pool *pool = pool_create();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *output = warnings_of(pool, cases[i].line);
        ck_assert_msg(cases[i].says[0] == '\0' ? output[0] == '\0'
                                               : strstr(output, cases[i].says) != NULL,
                      "%s: %s", cases[i].line, output);
        free(output);
    }
    pool_destroy(pool);
}
END_TEST

START_TEST(sizes_for_people)
{
    char text[24];
    ck_assert_str_eq(log_size(text, 0), "0 bytes");
    ck_assert_str_eq(log_size(text, 9999), "9999 bytes");
    ck_assert_str_eq(log_size(text, 12345), "12.3 kB");
    ck_assert_str_eq(log_size(text, 3170304), "3.1 MB");
    ck_assert_str_eq(log_size(text, UINT64_C(4294967296)), "4.2 GB");
    ck_assert_str_eq(log_size(text, 999999), "999.9 kB");
}
END_TEST

START_TEST(progress_is_shown_now_and_then)
{
    static const char label[] = "x";
    static const struct timespec while_nothing_is_shown = {.tv_sec = 1, .tv_nsec = 100 * 1000000};
    char *output;
    size_t size;
    unsigned lines = 0;
    FILE *stream = open_memstream(&output, &size);
    host_set_console(stream);
    log_set_quiet(false);
    log_progress(label, 0, 10);
    nanosleep(&while_nothing_is_shown, NULL);
    for (int i = 0; i < 1000; i++) {
        log_progress(label, 5, 10);
        log_progress(label, 10, 10);
    }
    fclose(stream);
    host_set_console(NULL);
    for (const char *at = output; (at = strchr(at, '\r')) != NULL; at++) {
        lines++;
    }
    ck_assert_uint_ge(lines, 2);
    ck_assert_ptr_nonnull(strstr(output, "\rx: 50 % of 10 bytes, "));
    ck_assert_ptr_nonnull(strstr(output, " s left  "));
    ck_assert_ptr_nonnull(strstr(output, "\rx: 100 % of 10 bytes, "));
    ck_assert_uint_lt(lines, 100);
    free(output);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core");
    TCase *tests = tcase_create("core");
    tcase_add_test(tests, format_agrees_with_libc);
    tcase_add_test(tests, format_strings_and_limits);
    tcase_add_test(tests, errors_get_contexts_in_front);
    tcase_add_test(tests, errors_of_many_lines);
    tcase_add_test(tests, utf8_round_trips);
    tcase_add_test(tests, folding);
    tcase_add_test(tests, patterns);
    tcase_add_test(tests, command_line);
    tcase_add_test(tests, near_misses_are_told);
    tcase_add_test(tests, sizes_for_people);
    tcase_add_test(tests, progress_is_shown_now_and_then);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
