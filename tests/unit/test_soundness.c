/* SPDX-License-Identifier: BSD-2-Clause */
/* What a boot manager cannot use is told before it gets it: soundness.h. */
#include "files/soundness.h"

#include <string.h>

#include "base/little_endian.h"
#include "tests/unit/pool_fixture.h"
#include "tests/unit/unit.h"

static int check(const void *bytes, size_t size, enum content expected)
{
    error_set(&error, "%s", "");
    return file_check_soundness(file_from_memory(pool, "boot.sdi", bytes, size), expected, &error);
}

static void expect(const void *bytes, size_t size, enum content expected, const char *message)
{
    ck_assert_int_eq(check(bytes, size, expected), -1);
    ck_assert_str_eq(error.text, message);
}

/* The layout of the boot.sdi of Windows: a partition of 3 MB at 8 KB, and a WIM's place after it.
 */
enum { SDI_SIZE = 3170304, RECORDS = 0x400, RECORD_SIZE = 64, PARTITION = 0x2000 };

static void set_record(uint8_t *sdi, unsigned index, const char *type, uint64_t offset,
                       uint64_t size)
{
    uint8_t *record = sdi + RECORDS + (size_t)index * RECORD_SIZE;
    memset(record, 0, RECORD_SIZE);
    memcpy(record, type, strlen(type));
    put_u64(record + 16, offset);
    put_u64(record + 24, size);
}

static uint8_t *make_sdi(void)
{
    uint8_t *sdi = pool_allocate(pool, SDI_SIZE);
    memcpy(sdi, "$SDI0001", 8);
    set_record(sdi, 0, "PART", PARTITION, SDI_SIZE - PARTITION);
    set_record(sdi, 1, "WIM", SDI_SIZE, 0);
    return sdi;
}

START_TEST(whole_files_are_sound)
{
    static const char text[] = "set x 1\r\n";
    ck_assert_int_eq(check(make_sdi(), SDI_SIZE, CONTENT_SDI), 0);
    ck_assert_int_eq(
        check(text, sizeof(text) - 1,
              sniff(file_from_memory(pool, "x", text, sizeof(text) - 1), &(uint64_t){0})),
        0);
}
END_TEST

START_TEST(an_empty_file_is_told)
{
    expect("", 0, CONTENT_SDI, "boot.sdi is empty: check what the server sends");
}
END_TEST

START_TEST(another_kind_is_named)
{
    static const char page[] = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head>";
    ck_assert_int_eq(check(page, sizeof(page) - 1, CONTENT_SDI), -1);
    ck_assert_msg(strstr(error.text, "boot.sdi is an HTML page") == error.text, "%s", error.text);
    static const uint8_t noise[4096] = {0x17, 0x80, 0xFF};
    ck_assert_int_eq(check(noise, sizeof(noise), CONTENT_SDI), -1);
    ck_assert_msg(strstr(error.text, "check what the server sends") != NULL, "%s", error.text);
}
END_TEST

START_TEST(a_cut_file_tells_both_sizes)
{
    expect(make_sdi(), SDI_SIZE - 1000, CONTENT_SDI,
           "boot.sdi is an SDI image of 3170304 bytes by its own header, but has only 3169304: it "
           "was cut short on the way");
}
END_TEST

START_TEST(an_sdi_needs_a_partition_and_a_place)
{
    static const char *const message =
        "boot.sdi is an SDI image, but has no partition and place for a WIM in it: it is not a "
        "boot.sdi of Windows";
    uint8_t *sdi = make_sdi();
    set_record(sdi, 1, "BLOB", SDI_SIZE, 0);
    expect(sdi, SDI_SIZE, CONTENT_SDI, message);
    sdi = make_sdi();
    set_record(sdi, 0, "", 0, 0); /* an empty record ends the list */
    expect(sdi, SDI_SIZE, CONTENT_SDI, message);
}
END_TEST

/* A transfer in text mode: every LF becomes CR LF, so that the header is still right and the size
 * is not. */
static size_t convert_line_ends(const uint8_t *bytes, size_t size, uint8_t *converted)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            converted[length++] = '\r';
        }
        converted[length++] = bytes[i];
    }
    return length;
}

START_TEST(converted_line_ends_are_recognised)
{
    uint8_t *sdi = make_sdi(), *converted = pool_allocate(pool, 2 * (size_t)SDI_SIZE);
    uint32_t seed = 1;
    for (size_t i = PARTITION; i < SDI_SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        sdi[i] = (uint8_t)(seed >> 24);
    }
    ck_assert_int_eq(check(sdi, SDI_SIZE, CONTENT_SDI), 0);
    expect(converted, convert_line_ends(sdi, SDI_SIZE, converted), CONTENT_SDI,
           "boot.sdi: its line ends were converted (LF to CR LF), which destroys binary files: "
           "transfer it in binary mode");
}
END_TEST

/* More bytes than the header says are no damage: servers and archives pad. */
START_TEST(padding_is_no_damage)
{
    uint8_t *padded = pool_allocate(pool, SDI_SIZE + 4096);
    memcpy(padded, make_sdi(), SDI_SIZE);
    ck_assert_int_eq(check(padded, SDI_SIZE + 4096, CONTENT_SDI), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("soundness");
    TCase *tests = tcase_create("soundness");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, whole_files_are_sound);
    tcase_add_test(tests, an_empty_file_is_told);
    tcase_add_test(tests, another_kind_is_named);
    tcase_add_test(tests, a_cut_file_tells_both_sizes);
    tcase_add_test(tests, an_sdi_needs_a_partition_and_a_place);
    tcase_add_test(tests, converted_line_ends_are_recognised);
    tcase_add_test(tests, padding_is_no_damage);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
