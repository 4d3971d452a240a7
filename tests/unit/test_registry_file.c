/* SPDX-License-Identifier: BSD-2-Clause */
/* .reg files. Those that hivexregedit and reged write are read back, too. */
#include "tests/unit/unit.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "base/work.h"
#include "hive/registry.h"
#include "hive/registry_file.h"
#include "tests/unit/hive_fixture.h"
#include "tests/unit/hive_oracle.h"

#define HEADER "Windows Registry Editor Version 5.00\r\n\r\n"
#define MOUNT  "HKEY_LOCAL_MACHINE\\SYSTEM"

static struct registry *registry;

static void open_empty(void)
{
    const uint8_t *bytes;
    size_t size;
    start();
    write_hive(hive_create(pool, "root"), &bytes, &size);
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), 0);
}

static struct registry_import import_bytes(const void *bytes, size_t size)
{
    struct registry_import done;
    int result = registry_import(registry, MOUNT, bytes, size, &done, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return done;
}

static struct registry_import import(const char *text)
{
    return import_bytes(text, strlen(text));
}

/* A value must be these bytes; `type` -1: there must be none. */
static void expect(const char *path, const char *name, int type, const void *data, size_t size)
{
    struct registry_value value = {.cell = REGISTRY_NONE};
    uint32_t key;
    ck_assert_int_eq(registry_find(registry, path, &key, &error), 0);
    ck_assert_msg(key != REGISTRY_NONE || type < 0, "%s is missing", path);
    if (key != REGISTRY_NONE) {
        ck_assert_int_eq(registry_find_value(registry, key, name, &value, &error), 0);
    }
    if (type < 0) {
        ck_assert_uint_eq(value.cell, REGISTRY_NONE);
        return;
    }
    ck_assert_msg(value.cell != REGISTRY_NONE, "%s has no %s", path, name);
    uint8_t *bytes = malloc(value.size + 1);
    ck_assert_int_eq(registry_read_value(registry, &value, bytes, &error), 0);
    ck_assert_uint_eq(value.type, (uint32_t)type);
    ck_assert_uint_eq(value.size, size);
    ck_assert_int_eq(memcmp(bytes, data, size), 0);
    free(bytes);
}

static void expect_text(const char *path, const char *name, int type, const char *text,
                        size_t length)
{
    uint16_t units[200];
    size_t count = utf16_from_utf8(text, length, units, 200);
    expect(path, name, type, units, 2 * count);
}

static void expect_no_key(const char *path)
{
    uint32_t key;
    ck_assert_int_eq(registry_find(registry, path, &key, &error), 0);
    ck_assert_uint_eq(key, REGISTRY_NONE);
}

/* ---- what is in one ---- */

START_TEST(kinds_of_values)
{
    struct registry_import done =
        import(HEADER "; a comment\r\n"
                      "[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup\\LabConfig]\r\n"
                      "\"BypassTPMCheck\"=dword:00000001\r\n"
                      "  \"lower\" = DWORD:ABCdef ; after it\r\n"
                      "@=\"the default\"\r\n"
                      "\"a \\\"quoted\\\" \\\\ name\"=\"C:\\\\x\\\\\\\"y\\\"\"\r\n"
                      "\"empty\"=\"\"\r\n"
                      "\"lines\"=\"one\r\ntwo\"\r\n"
                      "\"binary\"=hex:01,02,\\\r\n"
                      "  ff,\\\r\n"
                      "  0\r\n"
                      "\"nothing\"=hex:\r\n"
                      "\"q\"=hex(b):01,00,00,00,00,00,00,80\r\n"
                      "\"multi\"=hex(7):61,00,00,00,00,00\r\n"
                      "\"expand\"=hex(2):25,00,00,00\r\n"
                      "\"odd\"=hex(10):aa,\r\n"
                      "[HKEY_LOCAL_MACHINE\\SYSTEM]\r\n"
                      "\"at the root\"=dword:7\r\n"
                      "[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\r\n"
                      "\"elsewhere\"=dword:1\r\n"
                      "[HKEY_LOCAL_MACHINE\\SYSTEM2]\r\n"
                      "[hklm\\system\\made]");
    const char *path = "Setup\\LabConfig";
    ck_assert_uint_eq(done.keys, 3);
    ck_assert_uint_eq(done.other, 2);
    expect(path, "BypassTPMCheck", 4, "\1\0\0\0", 4);
    expect(path, "lower", 4, "\xef\xcd\xab\0", 4);
    expect_text(path, "", 1, "the default", 12);
    expect_text(path, "a \"quoted\" \\ name", 1, "C:\\x\\\"y\"", 9);
    expect_text(path, "empty", 1, "", 1);
    expect_text(path, "lines", 1, "one\r\ntwo", 9);
    expect(path, "binary", 3, "\1\2\xff\0", 4);
    expect(path, "nothing", 3, "", 0);
    expect(path, "q", 11, "\1\0\0\0\0\0\0\x80", 8);
    expect(path, "multi", 7, "a\0\0\0\0\0", 6);
    expect(path, "expand", 2, "%\0\0\0", 4);
    expect(path, "odd", 16, "\xaa", 1);
    expect("", "at the root", 4, "\7\0\0\0", 4);
    expect("made", "x", -1, NULL, 0);
    expect_no_key("x");
}
END_TEST

START_TEST(removals)
{
    import(HEADER
           "[HKLM\\SYSTEM\\a]\n\"x\"=dword:1\n\"y\"=dword:2\n@=\"z\"\n[HKLM\\SYSTEM\\a\\b\\c]\n"
           "[HKLM\\SYSTEM\\d]\n");
    import(HEADER "[HKLM\\SYSTEM\\a]\n\"x\"=-\n@=-\n\"never there\"=- ; no harm\n"
                  "[-HKLM\\SYSTEM\\a\\b]\n\"ignored\"=dword:1\n[-HKLM\\SYSTEM\\nothing]\n"
                  "[-HKLM\\SOFTWARE]\n[-hkey_local_machine\\system\\D]");
    expect("a", "x", -1, NULL, 0);
    expect("a", "", -1, NULL, 0);
    expect("a", "y", 4, "\2\0\0\0", 4);
    expect_no_key("a\\b");
    expect_no_key("d");
    expect_no_key("nothing");
}
END_TEST

/* The old form has text of 8 bits a character in hex(2) and hex(7). */
START_TEST(regedit4)
{
    import("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Gr\xf6\xdf"
           "e]\n\"\x80\"=\"\x93x\x94\"\n"
           "\"e\"=hex(2):80,\\\n  61,00\n\"b\"=hex:80\n");
    const char *path = "Gr\xc3\xb6\xc3\x9f"
                       "e";
    expect_text(path, "\xe2\x82\xac", 1, "\xe2\x80\x9cx\xe2\x80\x9d", 8);
    expect(path, "e", 2,
           "\xac\x20"
           "a\0\0\0",
           6);
    expect(path, "b", 3, "\x80", 1);
}
END_TEST

START_TEST(encodings)
{
    static const char text[] = HEADER "[HKEY_LOCAL_MACHINE\\SYSTEM\\k]\r\n"
                                      "\"\xd0\xa4\"=\"\xf0\x9f\x98\x80\"\r\n";
    static uint8_t bytes[1000] = "\xff\xfe";
    size_t count = utf16_from_utf8(text, sizeof(text) - 1, (uint16_t *)(bytes + 2), 400);
    import_bytes(bytes, 2 + 2 * count);
    expect_text("k", "\xd0\xa4", 1, "\xf0\x9f\x98\x80", 5);
    import(HEADER "[-HKLM\\SYSTEM\\k]");
    import(text); /* UTF-8 without a mark */
    expect_text("k", "\xd0\xa4", 1, "\xf0\x9f\x98\x80", 5);
    import(HEADER "[-HKLM\\SYSTEM\\k]");
    memcpy(bytes, "\xef\xbb\xbf", 3);
    memcpy(bytes + 3, text, sizeof(text));
    import_bytes(bytes, 3 + sizeof(text) - 1);
    expect_text("k", "\xd0\xa4", 1, "\xf0\x9f\x98\x80", 5);
}
END_TEST

START_TEST(control_set)
{
    import(HEADER "[HKLM\\SYSTEM\\Select]\n\"Default\"=dword:1\n"
                  "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\x]\n\"Start\"=dword:4\n");
    expect("ControlSet001\\Services\\x", "Start", 4, "\4\0\0\0", 4);
}
END_TEST

START_TEST(mounts)
{
    struct registry_import done;
    static const char text[] =
        HEADER "[HKCR\\.x]\n[HKEY_CLASSES_ROOT\\.y]\n[HKLM\\SOFTWARE]\n[HKLM\\PE_SOFTWARE\\z]";
    ck_assert_int_eq(registry_import(registry, registry_mount_of("software"), text,
                                     sizeof(text) - 1, &done, &error),
                     0);
    ck_assert_uint_eq(done.keys, 3);
    expect("Classes\\.x", "x", -1, NULL, 0);
    ck_assert_int_eq(registry_import(registry, "HKEY_LOCAL_MACHINE\\PE_SOFTWARE", text,
                                     sizeof(text) - 1, &done, &error),
                     0);
    ck_assert_uint_eq(done.keys, 1);
    ck_assert_str_eq(registry_mount_of("default"), "HKEY_USERS\\.DEFAULT");
    ck_assert_ptr_null(registry_mount_of("x"));
}
END_TEST

/* ---- mistakes ---- */

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"", "this is not a .reg file"},
    {"REGEDIT5", "this is not a .reg file"},
    {"REGEDIT4 x", "line 1: unexpected text"},
    {"<html>", "this is not a .reg file"},
    {HEADER "\"x\"=dword:1", "line 3: there is a value before the first key"},
    {HEADER "[x", "line 3: a key does not end"},
    {HEADER "[]", "line 3: a key does not end"},
    {HEADER "[x] y", "line 3: unexpected text at the end of the line"},
    {HEADER "[x]\nhello", "line 4: this is neither a key in [ ] nor a value"},
    {HEADER "[x]\n\"a", "line 4: a text does not end"},
    {HEADER "[x]\n\"a\"", "line 4: '=' is missing after the name"},
    {HEADER "[x]\n\"a\"=", "line 4: this kind of value is not known"},
    {HEADER "[x]\n\"a\"=qword:1", "line 4: this kind of value is not known"},
    {HEADER "[x]\n\"a\"=\"b\nc", "line 5: a text does not end"},
    {HEADER "[x]\n\"a\"=dword:", "line 4: a hexadecimal number is missing"},
    {HEADER "[x]\n\"a\"=dword:123456789", "line 4: a number has more than 8 digits"},
    {HEADER "[x]\n\"a\"=dword:12g", "line 4: unexpected text at the end of the line"},
    {HEADER "[x]\n\"a\"=hex(:1", "line 4: a hexadecimal number is missing"},
    {HEADER "[x]\n\"a\"=hex(2:1", "line 4: ')' is missing"},
    {HEADER "[x]\n\"a\"=hex 1", "line 4: ':' is missing"},
    {HEADER "[x]\n\"a\"=hex:1 2", "line 4: ',' is missing between two bytes"},
    {HEADER "[x]\n\"a\"=hex:1,\\\n2,\\\n100", "line 6: a byte is larger than ff"},
    {HEADER "[x]\n\"a\"=hex:,", "line 4: a hexadecimal number is missing"},
};

enum { MISTAKE_COUNT = sizeof(mistakes) / sizeof(mistakes[0]) };

/* The message names the line, and nothing of the file happens. */
/* Many values of one key: each is compared with all before it. That ends where a script's work
 * does, and not after hours. */
START_TEST(too_much_work)
{
    enum { VALUES = 200000, LINE = 16, TEXT_SIZE = 100 + VALUES * LINE };
    struct registry_import done;
    char *text = malloc(TEXT_SIZE);
    size_t length = (size_t)sprintf(text, "REGEDIT4\n[%s\\x]\n", MOUNT);
    for (int i = 0; i < VALUES; i++) {
        length += (size_t)sprintf(text + length, "\"%07d\"=\"\"\n", i);
    }
    work_limit = work_done.moved + (256 << 20);
    ck_assert_int_eq(registry_import(registry, MOUNT, text, length, &done, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, WORK_EXHAUSTED));
    ck_assert_uint_lt(work_done.moved, work_limit + (64 << 20));
    work_limit = UINT64_MAX;
    free(text);
}
END_TEST

START_TEST(mistake)
{
    struct registry_import done;
    char text[400] = HEADER "[HKLM\\SYSTEM\\before]\r\n";
    ck_assert_int_eq(registry_import(registry, MOUNT, mistakes[_i].text, strlen(mistakes[_i].text),
                                     &done, &error),
                     -1);
    ck_assert_msg(strstr(error.text, mistakes[_i].message) != NULL, "'%s': %s", mistakes[_i].text,
                  error.text);
    if (strncmp(mistakes[_i].text, HEADER "[x]", sizeof(HEADER) + 2) == 0) {
        strcat(text, mistakes[_i].text + sizeof(HEADER) - 1);
        ck_assert_int_eq(registry_import(registry, MOUNT, text, strlen(text), &done, &error), -1);
        expect_no_key("before");
    }
}
END_TEST

START_TEST(long_names)
{
    struct registry_import done;
    char text[6000] = HEADER "[HKLM\\SYSTEM\\";
    size_t length = strlen(text);
    memset(text + length, 'x', 300);
    strcpy(text + length + 300, "]");
    ck_assert_int_eq(registry_import(registry, MOUNT, text, strlen(text), &done, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "line 3: a name of 300 characters is too long"));
    memset(text + length, 'x', 5000);
    strcpy(text + length + 5000, "]");
    ck_assert_int_eq(registry_import(registry, MOUNT, text, strlen(text), &done, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "line 3: this is no name of a key"));
}
END_TEST

/* ---- what tools write ---- */

/* hivexregedit's and reged's exports of a store, imported into an empty hive. */
START_TEST(exports_of_tools)
{
    static const char *const commands[] = {
        "hivexregedit --export --prefix 'HKEY_LOCAL_MACHINE\\SYSTEM' tests/data/bcd/BCD.menu '\\'",
        "reged -x tests/data/bcd/BCD.menu 'HKEY_LOCAL_MACHINE\\SYSTEM' '\\Objects' "
        "/tmp/wimboot-export.reg >/dev/null; cat /tmp/wimboot-export.reg; rm "
        "/tmp/wimboot-export.reg"};
    static char text[1 << 18];
    struct registry_piece pieces[8];
    iconv_t converter = iconv_open("UTF-8", "LATIN1");
    if (converter == (iconv_t)-1) {
        printf("skipped: exports_of_tools: the C library has no LATIN1, which hivex needs\n");
        return;
    }
    iconv_close(converter);
    FILE *stream = popen(commands[_i], "r");
    size_t length = fread(text, 1, sizeof(text), stream), size;
    pclose(stream);
    ck_assert_uint_gt(length, 1000);
    struct registry_import done = import_bytes(text, length);
    ck_assert_uint_gt(done.keys, 20);
    ck_assert_uint_eq(done.other, 0);
    size_t count = registry_pieces(registry, NULL);
    ck_assert_uint_le(count, 8);
    registry_pieces(registry, pieces);
    static uint8_t bytes[1 << 18];
    for (size_t i = size = 0; i < count; size += pieces[i++].size) {
        memcpy(bytes + size, pieces[i].bytes, pieces[i].size);
    }
    struct hive *ours = read_hive(bytes, size);
    hive_h *oracle = hivex_open("tests/data/bcd/BCD.menu", 0);
    hive_node_h objects = hivex_node_get_child(oracle, hivex_root(oracle), "Objects");
    compare_key(oracle, objects, hive_find(ours->root, "Objects"));
    hivex_close(oracle);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry_file");
    TCase *test = tcase_create("registry_file");
    tcase_add_checked_fixture(test, open_empty, finish);
    tcase_add_test(test, kinds_of_values);
    tcase_add_test(test, removals);
    tcase_add_test(test, regedit4);
    tcase_add_test(test, encodings);
    tcase_add_test(test, control_set);
    tcase_add_test(test, mounts);
    tcase_add_test(test, too_much_work);
    tcase_add_loop_test(test, mistake, 0, MISTAKE_COUNT);
    tcase_add_test(test, long_names);
    tcase_add_loop_test(test, exports_of_tools, 0, 2);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
