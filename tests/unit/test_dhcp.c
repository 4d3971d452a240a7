/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of DHCP servers, whole and damaged. */
#include "transport/dhcp.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

enum { PACKET_SIZE = 548 };

/* In memory of exactly its size, so that sanitizers see every byte too far. */
static struct machine_bytes packet;
static uint8_t *bytes;
static size_t end; /* of the options */

static void setup(void)
{
    bytes = calloc(1, PACKET_SIZE);
    packet = (struct machine_bytes){bytes, PACKET_SIZE};
    bytes[0] = 2;
    memcpy(bytes + 16, (uint8_t[]){10, 0, 2, 15}, 4);
    memcpy(bytes + 20, (uint8_t[]){10, 0, 2, 2}, 4);
    memcpy(bytes + 236, (uint8_t[]){99, 130, 83, 99}, 4);
    end = 240;
    bytes[end] = 255;
}

static void teardown(void)
{
    free(bytes);
}

static void add(uint8_t code, const void *value, uint8_t length)
{
    bytes[end] = code;
    bytes[end + 1] = length;
    memcpy(bytes + end + 2, value, length);
    end += 2 + (size_t)length;
    bytes[end] = 255;
}

static size_t count_options(void)
{
    struct dhcp_place place = {.area = 0};
    struct dhcp_option option;
    size_t count = 0;
    while (dhcp_next(&packet, &place, &option)) {
        count++;
    }
    return count;
}

START_TEST(addresses)
{
    uint8_t address[4];
    ck_assert(dhcp_own_address(&packet, address));
    ck_assert_mem_eq(address, ((uint8_t[]){10, 0, 2, 15}), 4);
    ck_assert(dhcp_server(&packet, address));
    ck_assert_mem_eq(address, ((uint8_t[]){10, 0, 2, 2}), 4);
    memset(bytes + 16, 0, 8);
    ck_assert(!dhcp_own_address(&packet, address));
    ck_assert(!dhcp_server(&packet, address));
    add(DHCP_SERVER, "\12\1\1\1", 3);
    ck_assert(!dhcp_server(&packet, address));
    end = 240;
    add(DHCP_SERVER, "\12\1\1\1", 4);
    ck_assert(dhcp_server(&packet, address));
    ck_assert_mem_eq(address, "\12\1\1\1", 4);
}
END_TEST

START_TEST(options)
{
    uint8_t value[8];
    add(1, "\377\377\377\0", 4);
    bytes[end++] = 0; /* padding */
    add(252, "abc", 3);
    add(43, "", 0);
    add(252, "defghi", 6); /* the rest of it */
    ck_assert_uint_eq(count_options(), 4);
    ck_assert_uint_eq(dhcp_find(&packet, 1, value, sizeof(value)), 4);
    ck_assert_uint_eq(dhcp_find(&packet, 252, value, sizeof(value)), 9);
    ck_assert_mem_eq(value, "abcdefgh", 8);
    ck_assert_uint_eq(dhcp_find(&packet, 252, value, 2), 9);
    ck_assert_uint_eq(dhcp_find(&packet, 43, value, sizeof(value)), 0);
    ck_assert_uint_eq(dhcp_find(&packet, 2, value, sizeof(value)), 0);
}
END_TEST

START_TEST(options_in_the_header)
{
    uint8_t value[8];
    char name[DHCP_NAME_SIZE];
    memcpy(bytes + 108, "\14\2pc\377", 5);
    memcpy(bytes + 44, "\21\1x\377", 4);
    ck_assert_uint_eq(dhcp_find(&packet, DHCP_HOST_NAME, value, sizeof(value)), 0);
    add(52, "\1", 1);
    ck_assert_uint_eq(dhcp_find(&packet, DHCP_HOST_NAME, value, sizeof(value)), 2);
    ck_assert_uint_eq(dhcp_find(&packet, 17, value, sizeof(value)), 0);
    ck_assert(!dhcp_boot_file(&packet, name));
    end = 240;
    add(52, "\3", 1);
    ck_assert_uint_eq(dhcp_find(&packet, 17, value, sizeof(value)), 1);
    ck_assert_uint_eq(count_options(), 3);
}
END_TEST

START_TEST(boot_files)
{
    char name[DHCP_NAME_SIZE];
    ck_assert(!dhcp_boot_file(&packet, name));
    memset(bytes + 108, 'a', 128); /* without a NUL */
    ck_assert(dhcp_boot_file(&packet, name));
    ck_assert_uint_eq(strlen(name), 128);
    add(DHCP_BOOT_FILE, "boot/x", 7); /* with one */
    ck_assert(dhcp_boot_file(&packet, name));
    ck_assert_str_eq(name, "boot/x");
    end = 240;
    add(DHCP_BOOT_FILE, "a\nb", 3);
    ck_assert(!dhcp_boot_file(&packet, name));
    end = 240;
    char longest[255];
    memset(longest, 'b', sizeof(longest));
    add(DHCP_BOOT_FILE, longest, 255);
    ck_assert(dhcp_boot_file(&packet, name));
    ck_assert_uint_eq(strlen(name), 255);
    add(DHCP_BOOT_FILE, "c", 1);
    ck_assert(!dhcp_boot_file(&packet, name));
}
END_TEST

START_TEST(urls)
{
    static const uint8_t server[] = {10, 0, 2, 2};
    static const struct {
        const char *name, *url;
    } expected[] = {
        {"boot/wimboot.efi", "tftp://10.0.2.2/boot/wimboot.efi"},
        {"/srv/wimboot.efi", "tftp://10.0.2.2//srv/wimboot.efi"},
        {"boot\\x64\\wimboot.efi", "tftp://10.0.2.2/boot/x64/wimboot.efi"},
        {"100% #1?.efi", "tftp://10.0.2.2/100%25%20%231%3F.efi"},
        {"http://h/a%20b", "http://h/a%20b"},
        {"http://u:p@h/a", NULL},
        {"file:///EFI/a", NULL},
        {"FILE://stick/a", NULL},
    };
    char text[URL_TEXT_SIZE];
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_int_eq(dhcp_boot_url(expected[i].name, server, text), expected[i].url != NULL);
        if (expected[i].url != NULL) {
            ck_assert_str_eq(text, expected[i].url);
        }
    }
}
END_TEST

START_TEST(damaged)
{
    struct machine_bytes none = {NULL, 0};
    uint8_t value[4];
    char name[DHCP_NAME_SIZE];
    ck_assert(!dhcp_is_answer(&none) && !dhcp_own_address(&none, value));
    ck_assert(!dhcp_server(&none, value) && !dhcp_boot_file(&none, name));
    add(1, "\377\377\377\0", 4);
    add(12, "name", 4);
    for (size_t size = 0; size < end; size++) { /* cut off anywhere */
        uint8_t *cut = malloc(size + 1);
        memcpy(cut, bytes, size);
        struct machine_bytes part = {cut, size};
        ck_assert_uint_eq(dhcp_find(&part, 12, value, sizeof(value)), size < end ? 0 : 4);
        dhcp_boot_file(&part, name);
        free(cut);
    }
    bytes[236] = 0;
    ck_assert_uint_eq(count_options(), 0);
    bytes[236] = 99;
    bytes[0] = 1; /* a request */
    ck_assert_uint_eq(count_options(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dhcp");
    TCase *tests = tcase_create("dhcp");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, addresses);
    tcase_add_test(tests, options);
    tcase_add_test(tests, options_in_the_header);
    tcase_add_test(tests, boot_files);
    tcase_add_test(tests, urls);
    tcase_add_test(tests, damaged);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
