/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching by transports that the tests play: which one is asked, how often, and what a server that
 * lies gets. */
#include "transport/fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "host/host.h"
#include "tests/unit/unit.h"
#include "transport/chunked.h"
#include "transport/transport.h"

/* What a transport does when it is asked: one letter an attempt.
 *   d  the file, its size told        u  the file, its size not told
 *   m  missing   i  interrupted       f  failed      r  moved, to `location`
 *   s  ends early                     l  more than the size     c  another size in the end
 *   h  huge                           e  endless */
struct played {
    const char *script;
    size_t calls;
    char asked[URL_TEXT_SIZE];
};

static struct played fast, slow;
static const char *location;
static const uint8_t *body;
static size_t body_size;

static bool serves(const char *scheme)
{
    return strncmp(scheme, "http", 4) == 0 || strcmp(scheme, "tftp") == 0;
}

static enum transport_outcome send_body(struct transfer *transfer, size_t length,
                                        struct error *error)
{
    enum { STEP = 1000 };
    for (size_t done = 0; done < length; done += STEP) {
        size_t part = length - done < STEP ? length - done : STEP;
        if (transfer_add(transfer, body + done, part, error) != 0) {
            return TRANSPORT_FAILED;
        }
    }
    return TRANSPORT_DONE;
}

static enum transport_outcome send_endlessly(struct transfer *transfer, struct error *error)
{
    while (transfer_add(transfer, body, body_size, error) == 0) {
    }
    return TRANSPORT_FAILED;
}

static enum transport_outcome play(struct played *played, const struct url *url,
                                   struct transfer *transfer, struct error *error)
{
    char what = played->script[played->calls++];
    url_format(url, played->asked);
    switch (what) {
    case 'm':
        return TRANSPORT_MISSING;
    case 'r':
        return transfer_move(transfer, location, strlen(location), error) == 0 ? TRANSPORT_MOVED
                                                                               : TRANSPORT_FAILED;
    case 'i':
        send_body(transfer, body_size / 2, error);
        error_set(error, "the connection was reset");
        return TRANSPORT_INTERRUPTED;
    case 'f':
        error_set(error, "this does not work");
        return TRANSPORT_FAILED;
    case 'h':
        return transfer_expect(transfer, UINT64_MAX, error) == 0 ? TRANSPORT_DONE
                                                                 : TRANSPORT_INTERRUPTED;
    case 'e':
        return send_endlessly(transfer, error);
    case 'u':
        return send_body(transfer, body_size, error);
    default:
        break;
    }
    if (transfer_expect(transfer, body_size - (what == 'l'), error) != 0 ||
        send_body(transfer, body_size - (what == 's'), error) != TRANSPORT_DONE) {
        return TRANSPORT_FAILED;
    }
    return what == 'c' && transfer_expect(transfer, 1, error) != 0 ? TRANSPORT_FAILED
                                                                   : TRANSPORT_DONE;
}

static enum transport_outcome fetch_fast(const struct url *url, struct transfer *transfer,
                                         struct error *error)
{
    return play(&fast, url, transfer, error);
}

static enum transport_outcome fetch_slow(const struct url *url, struct transfer *transfer,
                                         struct error *error)
{
    return play(&slow, url, transfer, error);
}

/* In front of the host's own, which come to the end by their ranks. */
PLUGIN(transport, a) = {.name = "slow", .rank = 2, .serves = serves, .fetch = fetch_slow};
PLUGIN(transport, b) = {.name = "fast", .rank = 1, .serves = serves, .fetch = fetch_fast};

/* ---- tests ---- */

enum { LARGEST = 3000000 };

static struct pool *pool;
static struct transfer transfer;
static struct file *file;
static struct error error;
static char *console;
static size_t console_size;
static FILE *stream;

static void setup(void)
{
    static uint8_t bytes[LARGEST];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    body = bytes;
    body_size = 10000;
    pool = pool_create();
    fetch_start(16 << 20);
    transfer = (struct transfer){.pool = pool, .label = "file", .timeout_ms = 1000};
    fast = slow = (struct played){.script = ""};
    stream = open_memstream(&console, &console_size);
    host_set_console(stream);
}

static void teardown(void)
{
    host_set_console(NULL);
    fclose(stream);
    free(console);
    pool_destroy(pool);
}

static int fetch(const char *text)
{
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    int rc = fetch_file(&url, &transfer, "file", &file, &error);
    fflush(stream);
    return rc;
}

static void expect_file(void)
{
    ck_assert_msg(fetch("http://server/file") == 0, "%s", error.text);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->size, body_size);
    const uint8_t *bytes = file_load(pool, file, &error);
    ck_assert_mem_eq(bytes, body, body_size);
}

static void expect_failure(const char *reason)
{
    ck_assert_int_eq(fetch("http://server/file"), -1);
    ck_assert_msg(strstr(error.text, reason) != NULL, "%s", error.text);
}

START_TEST(fastest_is_asked)
{
    fast.script = "d";
    expect_file();
    ck_assert_uint_eq(slow.calls, 0);
    ck_assert_str_eq(fast.asked, "http://server/file");
    ck_assert_ptr_nonnull(strstr(console, "fetched http://server/file: 10.0 kB, by fast"));
    ck_assert_ptr_nonnull(file_view(file, 0, body_size)); /* in one piece */
    ck_assert_uint_eq(transfer.allocated, body_size);
}
END_TEST

START_TEST(size_that_is_not_told)
{
    fast.script = "u";
    body_size = LARGEST;
    expect_file();
    ck_assert_uint_lt(transfer.allocated, 2 * LARGEST);
}
END_TEST

START_TEST(next_one_when_one_fails)
{
    fast.script = "f";
    slow.script = "d";
    expect_file();
    ck_assert_ptr_nonnull(strstr(console, "by fast: this does not work; trying slow"));
}
END_TEST

START_TEST(interrupted_and_repeated)
{
    fast.script = "isd";
    expect_file();
    ck_assert_uint_eq(fast.calls, 3);
    ck_assert_ptr_nonnull(strstr(console, "reset; trying again"));
    ck_assert_ptr_nonnull(strstr(console, "ended after 9999 of 10000 bytes; trying again"));
}
END_TEST

START_TEST(memory_is_used_again)
{
    fast.script = "usu";
    fetch_start(256 * 1024 + 10000);
    expect_file();
}
END_TEST

START_TEST(interrupted_for_good)
{
    fast.script = "iiii";
    slow.script = "d";
    expect_file();
    ck_assert_uint_eq(fast.calls, 4);
}
END_TEST

START_TEST(missing_is_missing)
{
    fast.script = "m";
    ck_assert_int_eq(fetch("http://server/file"), 0);
    ck_assert_ptr_null(file);
    ck_assert_uint_eq(slow.calls, 0);
}
END_TEST

START_TEST(redirects)
{
    fast.script = "rd";
    location = "../other/f ile";
    expect_file();
    ck_assert_str_eq(fast.asked, "http://server/other/f%20ile");
}
END_TEST

/* What failed there, failed there. */
START_TEST(redirects_to_a_failure)
{
    fast.script = "rf";
    slow.script = "f";
    location = "http://other/file";
    expect_failure("http://server/file: sent on to http://other/file: by ");
}
END_TEST

START_TEST(redirects_without_end)
{
    fast.script = "rrrrrrrr";
    location = "/file";
    expect_failure("more than 5 times");
    ck_assert_uint_eq(fast.calls, 6);
}
END_TEST

START_TEST(redirects_that_are_not_followed)
{
    static const char *const locations[] = {"file:///secret", "tftp://server/x", "http://u:p@h/",
                                            "http://h/\nx"};
    for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
        fast = (struct played){.script = "rd"};
        location = locations[i];
        expect_failure("the server sent us on");
        ck_assert_uint_eq(fast.calls, 1);
    }
    fast = (struct played){.script = "rd"};
    location = "http://server/file";
    ck_assert_int_eq(fetch("https://server/file"), -1);
    fast = (struct played){.script = "rd"};
    location = "https://server/file";
    expect_file();
}
END_TEST

START_TEST(lies_about_sizes)
{
    fast.script = "l";
    slow.script = "f";
    expect_failure("by a folder"); /* the host's own, the last */
    ck_assert_ptr_nonnull(strstr(console, "more than the 9999 bytes"));
    fast = (struct played){.script = "c"};
    slow = (struct played){.script = "f"};
    expect_failure("by a folder"); /* the host's own, the last */
    ck_assert_ptr_nonnull(strstr(console, "first said 10000 bytes, then 1"));
}
END_TEST

/* Neither another attempt nor another transport makes it fit. */
START_TEST(too_large)
{
    fast.script = "h";
    expect_failure("there is room for 16.7 MB");
    ck_assert_uint_eq(fast.calls, 1);
    fast = (struct played){.script = "e"};
    expect_failure("it has more than 16.7 MB, and there is room for no more");
    ck_assert_uint_eq(slow.calls, 0);
    ck_assert_uint_le(transfer.allocated, 16 << 20);
}
END_TEST

/* A line between two chunks that never ends. */
START_TEST(endless_chunk_lines)
{
    static const char *const starts[] = {"5;", "5\r\nabcde\r", "5\r\nabcde\r\n1;"};
    struct chunked chunked = {.left = 0};
    char line[2000];
    size_t length = strlen(starts[_i]);
    transfer.size_max = 1 << 20;
    memset(line, starts[_i][length - 1] == ';' ? 'x' : '\r', sizeof(line));
    ck_assert_int_eq(chunked_add(&chunked, &transfer, (const uint8_t *)starts[_i], length, &error),
                     0);
    ck_assert_int_eq(chunked_add(&chunked, &transfer, (const uint8_t *)line, sizeof(line), &error),
                     -1);
}
END_TEST

START_TEST(digests_while_bytes_arrive)
{
    const struct digest *digest = digest_find("sha1");
    fast.script = "iu";
    transfer.check_count = 1;
    transfer.checks[0].digest = digest;
    sha1_of_bytes(body, body_size, transfer.checks[0].expected);
    expect_file();
    transfer.checks[0].expected[0] ^= 1;
    fast = (struct played){.script = "d"};
    expect_failure("its sha1 is");
}
END_TEST

START_TEST(stalls)
{
    transfer.size_max = 1 << 20;
    transfer_start(&transfer);
    ck_assert(!transfer_has_stalled(&transfer, &error));
    transfer.last_byte_ms -= 1000;
    ck_assert(transfer_has_stalled(&transfer, &error));
    ck_assert_str_eq(error.text, "no byte came for 1 seconds, after 0");
    ck_assert_int_eq(transfer_add(&transfer, "x", 1, &error), 0);
    ck_assert(!transfer_has_stalled(&transfer, &error));
}
END_TEST

START_TEST(unknown_schemes)
{
    ck_assert_int_eq(fetch("gopher://server/file"), -1);
    ck_assert_uint_eq(fast.calls + slow.calls, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch");
    TCase *tests = tcase_create("fetch");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, fastest_is_asked);
    tcase_add_test(tests, size_that_is_not_told);
    tcase_add_test(tests, next_one_when_one_fails);
    tcase_add_test(tests, interrupted_and_repeated);
    tcase_add_test(tests, memory_is_used_again);
    tcase_add_test(tests, interrupted_for_good);
    tcase_add_test(tests, missing_is_missing);
    tcase_add_test(tests, redirects);
    tcase_add_test(tests, redirects_to_a_failure);
    tcase_add_test(tests, redirects_without_end);
    tcase_add_test(tests, redirects_that_are_not_followed);
    tcase_add_test(tests, lies_about_sizes);
    tcase_add_test(tests, too_large);
    tcase_add_loop_test(tests, endless_chunk_lines, 0, 3);
    tcase_add_test(tests, digests_while_bytes_arrive);
    tcase_add_test(tests, stalls);
    tcase_add_test(tests, unknown_schemes);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
