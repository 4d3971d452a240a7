/* SPDX-License-Identifier: BSD-2-Clause */
/* Files whose bytes come when they are read, from a server that the tests play. */
#include "transport/lazy.h"

#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "tests/unit/unit.h"

enum { MIB = 1024 * 1024, BLOCK = MIB / 2, SIZE = 9 * MIB + 12345 };

/* ---- the server ---- */

static uint8_t *content;
static uint64_t size;
static const char *version;
static bool has_ranges, is_missing;
static unsigned requests, interruptions;
static uint64_t sent;
static char asked[URL_TEXT_SIZE];

static bool serves(const char *scheme)
{
    return strcmp(scheme, "http") == 0;
}

static enum transport_outcome send_bytes(struct transfer *transfer, uint64_t first, uint64_t end,
                                         struct error *error)
{
    enum { STEP = 100000 };
    while (first < end) {
        size_t part = end - first < STEP ? (size_t)(end - first) : STEP;
        if (transfer_add(transfer, content + first, part, error) != 0) {
            return TRANSPORT_FAILED;
        }
        first += part;
        sent += part;
        if (interruptions > 0) {
            interruptions--;
            error_set(error, "the connection was reset");
            return TRANSPORT_INTERRUPTED;
        }
    }
    return TRANSPORT_DONE;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    uint64_t first, end;
    requests++;
    error->text[0] = '\0'; /* as transports do */
    url_format(url, asked);
    if (is_missing) {
        return TRANSPORT_MISSING;
    }
    if (strcmp(url->path, "/moved") == 0) {
        transfer_move(transfer, "/file", 5, error);
        return TRANSPORT_MOVED;
    }
    if (version != NULL && transfer_check_version(transfer, version, error) != 0) {
        return TRANSPORT_FAILED;
    }
    if (!has_ranges || !transfer_range(transfer, &first, &end)) {
        return transfer_expect(transfer, size, error) == 0 ? send_bytes(transfer, 0, size, error)
                                                           : TRANSPORT_FAILED;
    }
    end = end < size ? end : size;
    return transfer_expect_range(transfer, first, end, size, error) == 0
               ? send_bytes(transfer, first, end, error)
               : TRANSPORT_FAILED;
}

PLUGIN(transport,
       a) = {.name = "played", .rank = 1, .has_ranges = true, .serves = serves, .fetch = fetch};

/* ---- tests ---- */

static struct pool *pool;
static struct file *file;
static struct error error;
static FILE *console;

static void setup(void)
{
    static uint8_t bytes[SIZE];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8) + (i >> 19));
    }
    content = bytes;
    size = SIZE;
    version = "1";
    has_ranges = true;
    is_missing = false;
    requests = interruptions = 0;
    sent = 0;
    pool = pool_create();
    fetch_start(64 * MIB);
    console = fopen("/dev/null", "w");
    host_set_console(console);
}

static void teardown(void)
{
    host_set_console(NULL);
    fclose(console);
    pool_destroy(pool);
}

static int open_file(const char *text)
{
    struct transfer transfer = {.pool = pool, .label = "file", .timeout_ms = 1000};
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    return lazy_open(&url, &transfer, "file", &file, &error);
}

static void open_and_reset(void)
{
    ck_assert_msg(open_file("http://server/file") == 0, "%s", error.text);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->size, size);
    requests = 0;
    sent = 0;
}

static void expect_bytes(uint64_t offset, size_t length)
{
    static uint8_t buffer[SIZE];
    ck_assert_msg(file_read(file, offset, buffer, length, &error) == 0, "%s", error.text);
    ck_assert_mem_eq(buffer, content + offset, length);
}

START_TEST(only_what_is_read)
{
    ck_assert_int_eq(open_file("http://server/file"), 0);
    ck_assert_uint_eq(requests, 1);
    ck_assert_uint_eq(sent, BLOCK);
    expect_bytes(0, 208); /* a WIM's header */
    expect_bytes(BLOCK - 1, 1);
    ck_assert_uint_eq(requests, 1);
    expect_bytes(SIZE - 10, 10);
    ck_assert_uint_eq(requests, 2);
    expect_bytes(5 * MIB - 1, 2); /* in two blocks */
    expect_bytes(5 * MIB - 2, 4);
    ck_assert_uint_eq(requests, 4);
}
END_TEST

START_TEST(reading_ahead)
{
    open_and_reset();
    for (uint64_t offset = 0; offset < SIZE; offset += 1000) {
        expect_bytes(offset, offset + 1000 < SIZE ? 1000 : SIZE - (size_t)offset);
    }
    ck_assert_uint_eq(sent, SIZE - BLOCK);
    ck_assert_uint_le(requests, SIZE / (4 * BLOCK) + 1); /* half a window in each, at least */
}
END_TEST

START_TEST(large_reads)
{
    open_and_reset();
    expect_bytes(100, 3 * MIB);
    ck_assert_uint_eq(requests, 1);
    ck_assert_uint_eq(sent, 3 * MIB);
}
END_TEST

START_TEST(window_of_blocks)
{
    open_and_reset();
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 1; i <= 8; i++) {
            expect_bytes(i * MIB, 10);
        }
    }
    ck_assert_uint_eq(requests, 8);
}
END_TEST

START_TEST(kept_bytes)
{
    struct file *part, *other;
    open_and_reset();
    ck_assert_int_eq(file_slice(pool, file, MIB, MIB, &part, &error), 0);
    ck_assert_int_eq(file_slice(pool, file, MIB / 2, 4 * MIB, &other, &error), 0);
    ck_assert(file_is_remote(part));
    ck_assert_int_eq(file_complete(part, &error), 0);
    ck_assert_uint_eq(sent, MIB);
    ck_assert_uint_eq(fetch_left(), 64 * MIB - 4 * MIB - MIB);
    ck_assert_int_eq(file_complete(other, &error), 0); /* what is before and after it */
    ck_assert_uint_eq(sent, 4 * MIB);
    requests = 0;
    ck_assert_int_eq(file_complete(other, &error), 0);
    is_missing = true; /* the network is gone */
    expect_bytes(MIB / 2, 4 * MIB);
    expect_bytes(MIB - 1, 2);
    ck_assert_uint_eq(requests, 0);
    ck_assert_int_eq(file_complete(file, &error), -1);
}
END_TEST

START_TEST(pinned)
{
    open_and_reset();
    ck_assert_int_eq(file_pin(file, &error), 0);
    is_missing = true;
    expect_bytes(0, SIZE);
}
END_TEST

START_TEST(no_room)
{
    open_and_reset();
    fetch_start(MIB);
    ck_assert_int_eq(file_complete(file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "file: 9.4 MB of it are needed"));
    ck_assert_uint_eq(requests, 0);
    ck_assert_int_eq(open_file("http://server/file"), -1);
}
END_TEST

START_TEST(a_file_that_changes)
{
    uint8_t byte;
    open_and_reset();
    version = "2";
    ck_assert_int_eq(file_read(file, 5 * MIB, &byte, 1, &error), -1);
    ck_assert_msg(strstr(error.text, "changed on the server") != NULL, "%s", error.text);
    version = NULL;
    size--; /* seen by its size, at least */
    ck_assert_int_eq(file_read(file, 5 * MIB, &byte, 1, &error), -1);
    ck_assert_msg(strstr(error.text, "changed on the server") != NULL, "%s", error.text);
    is_missing = true;
    ck_assert_int_eq(file_read(file, 5 * MIB, &byte, 1, &error), -1);
    ck_assert_msg(strstr(error.text, "no longer") != NULL, "%s", error.text);
    ck_assert_int_eq(file_read(file, 5 * MIB, &byte, 1, NULL), -1);
    expect_bytes(0, 100); /* what was there is still */
}
END_TEST

/* A size that is no file's: offsets would overflow. */
START_TEST(impossible_size)
{
    size = UINT64_MAX;
    ck_assert_int_eq(open_file("http://server/file"), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "18446744073709551615 bytes, which is impossible"));
}
END_TEST

START_TEST(interrupted)
{
    open_and_reset();
    interruptions = 2;
    expect_bytes(4 * MIB, 3 * MIB);
    ck_assert_uint_eq(requests, 3);
    ck_assert_uint_eq(sent, 3 * MIB); /* resumed, not repeated */
}
END_TEST

START_TEST(whole_files_only)
{
    has_ranges = false;
    size = 1000;
    ck_assert_msg(open_file("http://server/file") == 0, "%s", error.text);
    ck_assert(!file_is_remote(file));
    expect_bytes(0, 1000);
    ck_assert_int_eq(open_file("http://server/moved"), 0);
    ck_assert_uint_eq(file->size, 1000);
}
END_TEST

START_TEST(after_redirects)
{
    ck_assert_int_eq(open_file("http://server/moved"), 0);
    requests = 0;
    expect_bytes(4 * MIB, 1);
    ck_assert_uint_eq(requests, 1); /* not asked for again */
    ck_assert_str_eq(asked, "http://server/file");
}
END_TEST

START_TEST(missing)
{
    is_missing = true;
    ck_assert_int_eq(open_file("http://server/file"), 0);
    ck_assert_ptr_null(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lazy");
    TCase *tests = tcase_create("lazy");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, only_what_is_read);
    tcase_add_test(tests, reading_ahead);
    tcase_add_test(tests, large_reads);
    tcase_add_test(tests, window_of_blocks);
    tcase_add_test(tests, kept_bytes);
    tcase_add_test(tests, pinned);
    tcase_add_test(tests, no_room);
    tcase_add_test(tests, a_file_that_changes);
    tcase_add_test(tests, impossible_size);
    tcase_add_test(tests, interrupted);
    tcase_add_test(tests, whole_files_only);
    tcase_add_test(tests, after_redirects);
    tcase_add_test(tests, missing);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
