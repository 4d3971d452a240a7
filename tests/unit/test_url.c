/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs taken apart, resolved, and refused. */
#include "transport/url.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct error error;

/* A complete URL's normal form. */
static const char *normal(const char *text)
{
    static char whole[URL_TEXT_SIZE];
    struct url url;
    ck_assert_msg(url_parse(text, NULL, &url, &error) == 0, "%s", error.text);
    return url_format(&url, whole);
}

static void check_refused(const char *text, const char *reason)
{
    struct url url;
    ck_assert_msg(url_parse(text, NULL, &url, &error) == -1, "%s was taken", text);
    ck_assert_msg(strstr(error.text, reason) != NULL, "%s: %s", text, error.text);
}

START_TEST(parts)
{
    struct url url;
    ck_assert_int_eq(url_parse("HTTP://Server.Example:8080/a/b.wim?x=1&y=/z", NULL, &url, &error),
                     0);
    ck_assert_str_eq(url.scheme, "http");
    ck_assert_str_eq(url.host, "server.example");
    ck_assert_uint_eq(url.port, 8080);
    ck_assert_str_eq(url.path, "/a/b.wim?x=1&y=/z");
    ck_assert_int_eq(url_parse("file:///EFI/boot.wim", NULL, &url, &error), 0);
    ck_assert_str_eq(url.host, "");
    ck_assert_str_eq(url.path, "/EFI/boot.wim");
}
END_TEST

START_TEST(normal_forms)
{
    static const char *const expected[][2] = {
        {"http://h", "http://h/"},
        {"http://h?q", "http://h/?q"},
        {"http://h:/a", "http://h/a"},
        {"tftp://10.0.2.2/OptiPlex 7090.wim", "tftp://10.0.2.2/OptiPlex%207090.wim"},
        {"http://h/\xc3\xa4\"<>\\^`{|}", "http://h/%C3%A4%22%3C%3E%5C%5E%60%7B%7C%7D"},
        {"http://h/a%2fb%20", "http://h/a%2fb%20"},
        {"http://h/a/./b/../c", "http://h/a/c"},
        {"http://h/../../x", "http://h/x"},
        {"http://h/a/..", "http://h/"},
        {"http://h/a/.", "http://h/a/"},
        {"http://h/a/b/..?q=/../x", "http://h/a/?q=/../x"},
        {"http://h//a", "http://h//a"},
        {"http://h/a@b", "http://h/a@b"},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_str_eq(normal(expected[i][0]), expected[i][1]);
    }
}
END_TEST

/* The examples of RFC 3986, 5.4, but for those with a fragment or with a parameter in the base. */
START_TEST(relative)
{
    static const char *const expected[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d?y"},
        {"g?y", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"ftp://g/x", "ftp://g/x"},
    };
    struct url base, url;
    char text[URL_TEXT_SIZE];
    ck_assert_int_eq(url_parse("http://a/b/c/d?q", NULL, &base, &error), 0);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_int_eq(url_parse(expected[i][0], &base, &url, &error), 0);
        ck_assert_str_eq(url_format(&url, text), expected[i][1]);
    }
}
END_TEST

START_TEST(port_and_server_of_the_base_stay)
{
    struct url base, url;
    char text[URL_TEXT_SIZE];
    ck_assert_int_eq(url_parse("http://h:81/a/b", NULL, &base, &error), 0);
    ck_assert_int_eq(url_parse("/c", &base, &url, &error), 0);
    ck_assert_str_eq(url_format(&url, text), "http://h:81/c");
    ck_assert_int_eq(url_parse("//i/c", &base, &url, &error), 0);
    ck_assert_str_eq(url_format(&url, text), "http://i/c");
}
END_TEST

START_TEST(refused)
{
    check_refused("", "empty");
    check_refused("boot.wim", "scheme");
    check_refused("http:boot.wim", "'//'");
    check_refused("http:///boot.wim", "no server");
    check_refused("http://user:secret@h/x", "passwords");
    check_refused("http://[::1/x", "not an IPv6 address");
    check_refused("http://[fe80::1%25eth0]/x", "not an IPv6 address");
    check_refused("http://[::1]8080/x", "not an IPv6 address");
    check_refused("http://::1/x", "in brackets");
    check_refused("http://fd00::1:8080/x", "in brackets");
    check_refused("http://h[::1]/x", "server's name");
    check_refused("http://[::1]:x/x", "port");
    check_refused("http://h:0/", "port");
    check_refused("http://h:65536/", "port");
    check_refused("http://h:99999999999999999999/", "port");
    check_refused("http://h:8o/", "port");
    check_refused("http://h h/", "server's name");
    check_refused("http://h/%", "hexadecimal");
    check_refused("http://h/%4", "hexadecimal");
    check_refused("http://h/%4g", "hexadecimal");
    check_refused("http://h/a#b", "%23");
    check_refused("http://h/a\r\nHost: x", "control character, 0x0d");
    check_refused("http://h/\x7f", "control character");
    check_refused("averyveryverylongscheme://h/", "scheme");
    char text[URL_PATH_SIZE + 100] = "http://h/";
    memset(text + strlen(text), 'a', URL_PATH_SIZE);
    check_refused(text, "longer than 1023");
    memset(text + 7, 'h', URL_HOST_SIZE);
    text[7 + URL_HOST_SIZE] = '\0';
    check_refused(text, "longer than 255");
}
END_TEST

START_TEST(password_is_not_shown)
{
    struct url url;
    ck_assert_int_eq(url_parse("http://user:secret@h/x", NULL, &url, &error), -1);
    ck_assert_ptr_null(strstr(error.text, "secret"));
}
END_TEST

/* As long as can be: a relative path after a long base, and escapes at the very end. */
START_TEST(longest)
{
    struct url base, url;
    char text[2 * URL_PATH_SIZE] = "http://h/";
    memset(text + 9, 'a', URL_PATH_SIZE - 2);
    ck_assert_int_eq(url_parse(text, NULL, &base, &error), 0);
    ck_assert_uint_eq(strlen(base.path), URL_PATH_SIZE - 1);
    ck_assert_int_eq(url_parse("?", &base, &url, &error), -1);
    ck_assert_int_eq(url_parse("b", &base, &url, &error), 0);
    memcpy(text + 9 + URL_PATH_SIZE - 4, "  ", 3);
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), -1);
}
END_TEST

START_TEST(decoded)
{
    struct url url;
    char path[URL_PATH_SIZE];
    ck_assert_int_eq(url_parse("http://h/a%20b/%C3%A4.wim?x=%00", NULL, &url, &error), 0);
    ck_assert_int_eq(url_decode_path(&url, path, &error), 0);
    ck_assert_str_eq(path, "/a b/\xc3\xa4.wim");
    static const char *const other_files[] = {"http://h/a%2Fb", "http://h/a%5cb", "http://h/%00",
                                              "http://h/a/%2e%2e/b", "http://h/.%2E"};
    for (size_t i = 0; i < sizeof(other_files) / sizeof(other_files[0]); i++) {
        ck_assert_int_eq(url_parse(other_files[i], NULL, &url, &error), 0);
        ck_assert_int_eq(url_decode_path(&url, path, &error), -1);
    }
}
END_TEST

START_TEST(ipv6_addresses)
{
    static const struct {
        const char *text;
        uint8_t address[16];
    } expected[] = {
        {"[::]", {0}},
        {"[::1]", {[15] = 1}},
        {"[fec0::]", {0xFE, 0xC0}},
        {"[fd00:1::a:BC]", {0xFD, 0, 0, 1, [13] = 0x0A, [15] = 0xBC}},
        {"[1:2:3:4:5:6:7:8]", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"[1:2:3:4:5:6:7::]", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}},
        {"[::2:3:4:5:6:7:8]", {0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    };
    static const char *const not_addresses[] = {"",
                                                "::1",
                                                "[",
                                                "[]",
                                                "[::1",
                                                "[::1] ",
                                                "[:1]",
                                                "[1:]",
                                                "[:]",
                                                "[:::]",
                                                "[1::2::3]",
                                                "[12345::]",
                                                "[::g]",
                                                "[1:2:3:4]",
                                                "[::1.2.3.4]",
                                                "[::1%25a]",
                                                "[1:2:3:4:5:6:7:8:9]",
                                                "[1:2:3:4:5:6:7:8::]",
                                                "[1:2:3:4::5:6:7:8]"};
    uint8_t address[16];
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_msg(url_read_ipv6_address(expected[i].text, address), "%s", expected[i].text);
        ck_assert_mem_eq(address, expected[i].address, sizeof(address));
    }
    for (size_t i = 0; i < sizeof(not_addresses) / sizeof(not_addresses[0]); i++) {
        ck_assert_msg(!url_read_ipv6_address(not_addresses[i], address), "%s", not_addresses[i]);
    }
    ck_assert_str_eq(normal("HTTP://[FD00::A]:8080/x"), "http://[fd00::a]:8080/x");
    ck_assert_str_eq(normal("http://[::1]?x"), "http://[::1]/?x");
}
END_TEST

START_TEST(addresses)
{
    static const char *const not_addresses[] = {"",          "1.2.3",      "1.2.3.4.5",
                                                "1.2.3.256", "1..3.4",     "a.b.c.d",
                                                "1.2.3.4 ",  "0001.2.3.4", "1.2.3.4a"};
    uint8_t address[4];
    ck_assert(url_read_address("10.0.2.255", address));
    ck_assert_mem_eq(address, ((uint8_t[]){10, 0, 2, 255}), 4);
    for (size_t i = 0; i < sizeof(not_addresses) / sizeof(not_addresses[0]); i++) {
        ck_assert(!url_read_address(not_addresses[i], address));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("url");
    TCase *tests = tcase_create("url");
    tcase_add_test(tests, parts);
    tcase_add_test(tests, normal_forms);
    tcase_add_test(tests, relative);
    tcase_add_test(tests, port_and_server_of_the_base_stay);
    tcase_add_test(tests, refused);
    tcase_add_test(tests, password_is_not_shown);
    tcase_add_test(tests, longest);
    tcase_add_test(tests, decoded);
    tcase_add_test(tests, addresses);
    tcase_add_test(tests, ipv6_addresses);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
