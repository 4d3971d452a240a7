/* SPDX-License-Identifier: BSD-2-Clause */
/* The syntax of INF files: sections, lines and fields, in each of their encodings. */
#include "drivers/inf.h"

#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "drivers/driver.h"
#include "tests/unit/inf_fixture.h"
#include "tests/unit/pool_fixture.h"
#include "tests/unit/unit.h"

static struct inf inf;

static void open_text(const char *text)
{
    ck_assert_msg(inf_open(&inf, file_of(text, strlen(text)), &error) == 0, "%s", error.text);
}

/* All lines of a section: fields in <>, the key with '=', lines ended by '|'. */
static const char *dump(const char *section)
{
    static char text[4096];
    struct inf_cursor cursor = inf_lines(&inf, section);
    struct inf_field field;

    text[0] = '\0';
    while (inf_next_line(&cursor)) {
        while (inf_next_field(&cursor, &field)) {
            size_t length = strlen(text);

            ck_assert_uint_eq(field.length, strlen(field.text));
            snprintf(text + length, sizeof(text) - length, "<%s>%s", field.text,
                     field.is_key ? "=" : "");
        }
        strcat(text, "|");
    }
    return text;
}

static void check_dump(const char *text, const char *expected)
{
    open_text(text);
    ck_assert_str_eq(dump("s"), expected);
    inf_close(&inf);
}

START_TEST(lines)
{
    check_dump("[s]\na=b\n", "<a>=<b>|");
    check_dump("[s]\r\na = b , c\r\n", "<a>=<b><c>|");
    check_dump("[s]\na", "<a>|");
    check_dump("[s]\na=", "<a>=<>|");
    check_dump("[s]\na,,,2\n", "<a><><><2>|");
    check_dump("[s]\n,a\n", "<><a>|");
    check_dump("  [ S ]  ; of one letter\n a=b ; c=d\n;e=f\n\n\tg\n", "<a>=<b>|<g>|");
    check_dump("[S]\na\n[t]\nb\n[s]\nc\n", "<a>|<c>|"); /* of one name: one section */
    check_dump("a=b\n", "");
    check_dump("[s\na=b\n[t]\n", "");
    check_dump("[t]\n[s]", "");
    check_dump("[s]\na=b=c\n", "<a>=<b=c>|");
    check_dump("[s]\na=b,c=d\n", "<a>=<b><c=d>|");
    check_dump("", "");
}
END_TEST

START_TEST(quotes)
{
    check_dump("[s]\n\"a, b\" = \"c ; d\"\n", "<a, b>=<c ; d>|");
    check_dump("[s]\n\"say \"\"yes\"\"\" = \"\"\n", "<say \"yes\">=<>|");
    check_dump("[s]\na=\"  b  \"\n", "<a>=<  b  >|");
    check_dump("[s]\na=b\" c \"d\n", "<a>=<b c d>|");
    check_dump("[s]\na=\"open\nb=c\n", "<a>=<open>|<b>=<c>|");
    check_dump("[s]\n\"a=b\"=c\n", "<a=b>=<c>|");
}
END_TEST

START_TEST(continuations)
{
    check_dump("[s]\na=b,\\\n  c\n", "<a>=<b><c>|");
    check_dump("[s]\na=b \\  ; why\r\n  ,c\nd\n", "<a>=<b><c>|<d>|");
    check_dump("[s]\na=PCI\\VEN_8086\n", "<a>=<PCI\\VEN_8086>|");
    check_dump("[s]\na=b\\", "<a>=<b>|");
    check_dump("[s]\na=b\\\n\\\n\\\nc\n", "<a>=<b   c>|");
    check_dump("[s]\na=\"b\\\"\nc\n", "<a>=<b\\>|<c>|");
}
END_TEST

START_TEST(strings)
{
    check_dump("[s]\n%A% = %b%\n[Strings]\na=\"x, y\"\nB=z ; c\n", "<x, y>=<z>|");
    check_dump("[s]\na=\"%a% 100%%\"\n[strings]\na=1\n", "<a>=<1 100%>|");
    check_dump("[s]\na=%none%,50%,%\n", "<a>=<%none%><50%><%>|");
    check_dump("[s]\na=%a%\n[strings]\na=%b%\nb=2\n", "<a>=<%b%>|"); /* not twice */
    check_dump("[s]\na=%a% %b%\n[strings.0409]\na=no\nb=2\n[strings]\na=1\n", "<a>=<1 2>|");
    check_dump("[s]\na=%a%\n[strings]\na=1\na=2\n", "<a>=<1>|");
}
END_TEST

START_TEST(long_fields)
{
    char text[3000] = "[s]\na=";
    struct inf_cursor cursor;
    struct inf_field field;

    memset(text + 6, 'x', sizeof(text) - 7);
    memcpy(text + sizeof(text) - 10, ",end", 4);
    open_text(text);
    cursor = inf_lines(&inf, "s");
    ck_assert(inf_next_line(&cursor) && inf_next_field(&cursor, &field));
    ck_assert(inf_next_field(&cursor, &field));
    ck_assert_uint_eq(field.length, INF_FIELD_SIZE - 1);
    ck_assert(inf_next_field(&cursor, &field));
    ck_assert_str_eq(field.text, "endxxxxx");
    inf_close(&inf);
    for (size_t before = 500; before < 512; before++) { /* not in the middle of a character */
        memset(text, 'x', before);
        memcpy(text, "[s]\n", 4);
        strcpy(text + before, "\xF0\x9F\x98\x80\xC3\xBC\xE2\x82\xAC\xC3\xBC\n");
        open_text(text);
        cursor = inf_lines(&inf, "s");
        ck_assert(inf_next_line(&cursor) && inf_next_field(&cursor, &field));
        ck_assert_uint_ge(field.length, before - 4);
        ck_assert_msg(memcmp(field.text, text + 4, field.length) == 0, "%zu", before);
        ck_assert_msg((text[4 + field.length] & 0xC0) != 0x80, "%zu", before);
        inf_close(&inf);
    }
}
END_TEST

START_TEST(values)
{
    struct inf_field value;

    open_text("[v]\nother=1\nKey = first, second\nkey = third\n");
    ck_assert(inf_find_value(&inf, "V", "KEY", &value));
    ck_assert_str_eq(value.text, "first");
    ck_assert(!inf_find_value(&inf, "v", "ke", &value));
    ck_assert(!inf_find_value(&inf, "w", "key", &value));
    inf_close(&inf);
}
END_TEST

START_TEST(encodings)
{
    static const char text[] = "[s]\r\nname=\"M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x98\x80\"\r\n";
    static const char expected[] = "<name>=<M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x98\x80>|";
    uint16_t units[64] = {0xFEFF};
    size_t count = utf16_from_utf8(text, strlen(text), units + 1, 63);

    for (size_t skipped = 0; skipped < 2; skipped++) { /* with the mark and without */
        const uint8_t *bytes = (const uint8_t *)(units + skipped);

        ck_assert_int_eq(inf_open(&inf, file_of(bytes, 2 * (count + 1 - skipped)), &error), 0);
        ck_assert_str_eq(dump("s"), expected);
        inf_close(&inf);
        ck_assert_int_eq(inf_open(&inf, file_of(bytes, 2 * (count - skipped) + 1), &error), 0);
        inf_close(&inf); /* half a character is lost, no more */
    }
    check_dump("\xEF\xBB\xBF[s]\na=\xC3\xBC\n", "<a>=<\xC3\xBC>|");
    check_dump("[s]\na=M\xFCller\xAE\n", "<a>=<M\xC3\xBCller\xC2\xAE>|"); /* ANSI */
    ck_assert_int_eq(inf_open(&inf, file_of("", 0), &error), 0);
    inf_close(&inf);
}
END_TEST

START_TEST(too_large)
{
    static const uint8_t bytes[1];

    file_on_memory(&file, &extent, "net.inf", bytes, INF_SIZE_MAX + 1);
    ck_assert_int_eq(inf_open(&inf, &file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "net.inf: an INF file of 8388609 bytes is too long"));
    inf_close(&inf);
}
END_TEST

/* Lines that are much longer in memory than in the file. */
START_TEST(too_much_of_one_kind)
{
    struct driver_search search = {.pool = pool, .target = {"x86_64", UINT64_MAX}};
    char *text = malloc(INF_SIZE_MAX);
    size_t length = 0;

    while (length < INF_SIZE_MAX - 3) {
        length += (size_t)sprintf(text + length, "[]\n");
    }
    ck_assert_int_eq(inf_open(&inf, file_of(text, length), &error), -1);
    ck_assert_str_eq(error.text, "net.inf: has more sections and lines than an INF file needs");
    inf_close(&inf);

    length = (size_t)sprintf(text, "[Version]\nSignature=\"$Windows NT$\"\n[Manufacturer]\n"
                                   "%%m%%=M\n[M]\n%%d%%=I,PCI\\CC_0200\n[Strings]\n");
    for (unsigned i = 0; length < INF_SIZE_MAX - 16; i++) {
        length += (size_t)sprintf(text + length, "%x=\n", i);
    }
    ck_assert_int_eq(driver_search_inf(&search, file_of(text, length), "net.inf", &error), -1);
    ck_assert_str_eq(error.text, "net.inf: has more sections and lines than an INF file needs");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inf");
    TCase *tests = tcase_create("inf");

    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, lines);
    tcase_add_test(tests, quotes);
    tcase_add_test(tests, continuations);
    tcase_add_test(tests, strings);
    tcase_add_test(tests, long_fields);
    tcase_add_test(tests, values);
    tcase_add_test(tests, encodings);
    tcase_add_test(tests, too_large);
    tcase_add_test(tests, too_much_of_one_kind);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
