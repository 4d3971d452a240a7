/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of DHCPv6 servers, whole and damaged. */
#include "transport/dhcpv6.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#define URL "tftp://[fd00::1]/boot/wimboot.efi"

/* A reply's header, and the identifier of a server: option 2. */
static const uint8_t start[] = {7, 1, 2, 3, 0, 2, 0, 6, 0, 3, 0, 1, 0, 0};

/* What an answer says, from the bytes before an option for the URL and those of the option; in
 * memory of exactly its size, so that sanitizers see every byte too far. NULL: nothing. */
static const char *read(const void *before, size_t before_size, unsigned declared,
                        const char *value, size_t length)
{
    static char text[URL_TEXT_SIZE];
    size_t size = before_size + 4 + length;
    uint8_t *bytes = malloc(size);
    memcpy(bytes, before, before_size);
    memcpy(bytes + before_size, (uint8_t[]){0, 59, (uint8_t)(declared >> 8), (uint8_t)declared}, 4);
    memcpy(bytes + before_size + 4, value, length);
    bool found = dhcpv6_boot_url(&(struct machine_bytes){bytes, size}, text);
    free(bytes);
    return found ? text : NULL;
}

static const char *read_url(const char *url)
{
    return read(start, sizeof(start), (unsigned)strlen(url), url, strlen(url));
}

START_TEST(urls)
{
    static const uint8_t advertised[] = {2, 0, 0, 0}, asked[] = {1, 0, 0, 0};
    char long_url[URL_TEXT_SIZE + 2] = "tftp://[fd00::1]/";
    ck_assert_str_eq(read_url(URL), URL);
    ck_assert_str_eq(read(start, sizeof(start), sizeof(URL), URL, sizeof(URL)),
                     URL); /* with its NUL */
    ck_assert_str_eq(read(advertised, sizeof(advertised), sizeof(URL) - 1, URL, sizeof(URL) - 1),
                     URL);
    ck_assert_ptr_null(read(asked, sizeof(asked), sizeof(URL) - 1, URL, sizeof(URL) - 1));
    ck_assert_str_eq(read_url("http://server/wimboot.efi"), "http://server/wimboot.efi");
    ck_assert_ptr_null(read_url("file:///EFI/a"));
    ck_assert_ptr_null(read_url("boot/wimboot.efi"));
    ck_assert_ptr_null(read_url("tftp://[fd00::1]/a\nb"));
    ck_assert_ptr_null(read_url(""));
    memset(long_url + strlen(long_url), 'a', sizeof(long_url) - 1 - strlen(long_url));
    ck_assert_ptr_null(read_url(long_url));
}
END_TEST

START_TEST(damaged)
{
    static const uint8_t too_long[] = {7, 0, 0, 0, 0, 2, 255, 255},
                         zero[] = {7, 0, 0, 0, 0, 0, 0, 0};
    char text[URL_TEXT_SIZE];
    ck_assert_ptr_null(read(too_long, sizeof(too_long), sizeof(URL) - 1, URL, sizeof(URL) - 1));
    ck_assert_ptr_null(read(zero, sizeof(zero), sizeof(URL) - 1, URL, sizeof(URL) - 1));
    ck_assert_ptr_null(read(start, sizeof(start), sizeof(URL), URL, sizeof(URL) - 1));
    ck_assert_ptr_null(read(start, sizeof(start), 65535, URL, sizeof(URL) - 1));
    for (size_t size = 0; size <= sizeof(start); size++) {
        uint8_t *bytes = malloc(size);
        memcpy(bytes, start, size);
        ck_assert(!dhcpv6_boot_url(&(struct machine_bytes){bytes, size}, text));
        free(bytes);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dhcpv6");
    TCase *tests = tcase_create("dhcpv6");
    tcase_add_test(tests, urls);
    tcase_add_test(tests, damaged);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
