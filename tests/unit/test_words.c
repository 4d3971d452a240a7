/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the command line from the DHCP server and from a file. */
#include "words.h"

#include <string.h>

#include "host/host.h"
#include "tests/unit/unit.h"
#include "transport/dhcp.h"
#include "transport/dhcp_writer.h"

static struct pool *pool;
static struct file_list list;
static struct error error;
static uint8_t packet[2048];

static void setup(void)
{
    pool = pool_create();
    list = (struct file_list){.pool = pool};
    host_set_machine(&(struct machine){.firmware = "efi"});
}

static void teardown(void)
{
    pool_destroy(pool);
}

static const char *dhcp_words(const char *bytes, size_t length, bool started_by_firmware)
{
    static const uint8_t none[4];
    struct dhcp_writer writer;
    struct machine machine = {.firmware = "efi", .firmware_started_us = started_by_firmware};
    dhcp_write_header(&writer, packet, sizeof(packet), none, none);
    ck_assert_int_eq(dhcp_write_option(&writer, WORDS_DHCP_OPTION, bytes, length), 0);
    machine.dhcp[MACHINE_DHCP_ACK] = dhcp_write_end(&writer);
    host_set_machine(&machine);
    return words_of_dhcp(pool);
}

START_TEST(from_dhcp)
{
    char many[600];
    memset(many, 'x', sizeof(many));
    ck_assert_str_eq(words_of_dhcp(pool), "");
    ck_assert_str_eq(dhcp_words("a=b quiet", 9, true), "a=b quiet");
    ck_assert_str_eq(dhcp_words("a\r\nb\0c", 6, true), "a  b c");
    ck_assert_str_eq(dhcp_words("a=b", 3, false), "");
    ck_assert_uint_eq(strlen(dhcp_words(many, sizeof(many), true)), sizeof(many));
    struct dhcp_writer writer;
    dhcp_write_header(&writer, packet, 300, (uint8_t[4]){0}, (uint8_t[4]){0});
    ck_assert_int_eq(dhcp_write_option(&writer, 1, many, sizeof(many)), -1);
}
END_TEST

static const char *file_words(const char *name, const char *bytes, size_t size, bool is_doubtful)
{
    const char *words;
    struct file *file = file_from_memory(pool, name, bytes, size);
    file->name_is_doubtful = is_doubtful;
    list = (struct file_list){.pool = pool};
    ck_assert_int_eq(file_list_add(&list, file, &error), 0);
    ck_assert_int_eq(words_of_file(&list, &words, &error), 0);
    ck_assert_uint_eq(list.count, words == NULL ? 1 : 0);
    return words;
}

START_TEST(from_a_file)
{
    static char many[4096];
    const char *words;
    ck_assert_int_eq(words_of_file(&list, &words, &error), 0);
    ck_assert_ptr_null(words);
    ck_assert_str_eq(file_words("wimboot.cmd", "a b\r\n", 5, false), "a b  ");
    ck_assert_str_eq(file_words("WIMBOOT.CMD", "", 0, false), "");
    ck_assert_ptr_null(file_words("wimboot.cmd", "a", 1, true));
    ck_assert_ptr_null(file_words("other.cmd", "a", 1, false));
    /* As Windows' programs save it. */
    ck_assert_str_eq(file_words("wimboot.cmd", "\xEF\xBB\xBFindex=1\n", 11, false), "index=1 ");
    ck_assert_str_eq(file_words("wimboot.cmd", "\xFF\xFEi\0=\0\xE4\0\r\0\n\0", 12, false), "i=ä  ");
    memset(many, 'x', sizeof(many));
    ck_assert_uint_eq(strlen(file_words("wimboot.cmd", many, 4095, false)), 4095);
    list = (struct file_list){.pool = pool};
    file_list_add(&list, file_from_memory(pool, "wimboot.cmd", many, 4096), &error);
    ck_assert_int_eq(words_of_file(&list, &words, &error), -1);
    memset(many, '\xE4', 4095); /* Latin-1: twice as many bytes in UTF-8 */
    list = (struct file_list){.pool = pool};
    file_list_add(&list, file_from_memory(pool, "wimboot.cmd", many, 4095), &error);
    ck_assert_int_eq(words_of_file(&list, &words, &error), -1);
}
END_TEST

START_TEST(joined)
{
    ck_assert_str_eq(words_join(pool, "a", "b"), "a b");
    ck_assert_str_eq(words_join(pool, "", "b"), "b");
    ck_assert_str_eq(words_join(pool, "a", ""), "a");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("words");
    TCase *tests = tcase_create("words");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, from_dhcp);
    tcase_add_test(tests, from_a_file);
    tcase_add_test(tests, joined);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
