/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of paths: what may stand where, in which order, and how it is found again. */
#include "files/tree.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct pool *pool;
static struct tree *tree;
static struct file *file, *other;

static void setup(void)
{
    pool = pool_create();
    tree = tree_create(pool);
    file = file_from_memory(pool, "file", "abc", 3);
    other = file_from_memory(pool, "other", "defg", 4);
}

static void teardown(void)
{
    pool_destroy(pool);
}

static void add(const char *path)
{
    struct error error = {.text = ""};
    ck_assert_msg(tree_add(tree, path, file, &error) == 0, "%s: %s", path, error.text);
}

static void refuse(const char *path, const char *reason)
{
    struct error error;
    size_t count = tree_count(tree);
    ck_assert_msg(tree_add(tree, path, file, &error) == -1, "accepted: %s", path);
    ck_assert_msg(strstr(error.text, reason) != NULL, "%s: %s", path, error.text);
    ck_assert_uint_eq(tree_count(tree), count);
}

/* The whole tree in order, one path after the other. */
static const char *listing(void)
{
    static char text[1000];
    size_t used = 0;
    for (struct tree_node *node = tree_next(tree_root(tree)); node != NULL;
         node = tree_next(node)) {
        used += tree_path(node, text + used, sizeof(text) - used);
        text[used++] = ' ';
    }
    text[used] = '\0';
    return text;
}

START_TEST(finds_without_regard_to_case)
{
    add("\\EFI\\Boot\\Bootx64.efi");
    add("efi/BOOT/bcd");
    add("\\Stra\xC3\x9F"
        "e\\\xC3\x84pfel");
    ck_assert_ptr_eq(tree_find(tree, "/efi/boot/BOOTX64.EFI")->file, file);
    ck_assert_ptr_eq(tree_find(tree, "EFI\\.\\\\Boot/BCD/")->file, file);
    ck_assert_ptr_eq(tree_find(tree, "STRA\xC3\x9F"
                                     "E\\\xC3\xA4PFEL")
                         ->file,
                     file);
    ck_assert_ptr_null(tree_find(tree, "EFI")->file);
    ck_assert_ptr_null(tree_find(tree, "EFI\\Boo"));
    ck_assert_ptr_null(tree_find(tree, "EFI\\Boot\\bcd\\x"));
    ck_assert_ptr_eq(tree_find(tree, ""), tree_root(tree));
    ck_assert_ptr_eq(tree_find(tree, "\\"), tree_root(tree));
    /* The spelling of the first mention. */
    char path[100];
    tree_path(tree_find(tree, "efi/boot/bcd"), path, sizeof(path));
    ck_assert_str_eq(path, "\\EFI\\Boot\\bcd");
}
END_TEST

START_TEST(keeps_order_and_counts)
{
    add("b");
    add("d\\two");
    add("a");
    add("d\\one");
    add("D\\TWO");
    ck_assert_str_eq(listing(), "\\b \\d \\d\\two \\d\\one \\a ");
    ck_assert_uint_eq(tree_count(tree), 5);
    ck_assert_uint_eq(tree_root(tree)->child_count, 3);
    ck_assert_uint_eq(tree_find(tree, "d")->child_count, 2);
}
END_TEST

START_TEST(replaces_files_but_not_kinds)
{
    struct error error;
    add("d\\f");
    ck_assert_int_eq(tree_add(tree, "D\\F", other, &error), 0);
    ck_assert_ptr_eq(tree_find(tree, "d\\f")->file, other);
    refuse("d", "is a directory");
    refuse("d\\f\\below", "\\d\\f is a file");
    ck_assert_str_eq(listing(), "\\d \\d\\f ");
}
END_TEST

START_TEST(refuses_names_that_fat_forbids)
{
    char name[300];
    refuse("", "root");
    refuse("\\./", "root");
    refuse("a\\..\\b", "\"..\"");
    refuse("a\\ . \\b", "dots and spaces");
    refuse("a\\...", "dots and spaces");
    refuse("a:b", "':'");
    refuse("a*", "'*'");
    refuse("a?", "'?'");
    refuse("a\"", "'\"'");
    refuse("a<", "'<'");
    refuse("a>", "'>'");
    refuse("a|b", "'|'");
    refuse("a\tb", "control characters");
    refuse("new\\directories\\a\x7F", "control characters");
    /* 255 UTF-16 units pass, whatever bytes they take; a character outside the BMP is two. */
    memset(name, 'x', sizeof(name));
    name[255] = '\0';
    add(name);
    name[255] = 'x';
    name[256] = '\0';
    refuse(name, "at most 255");
    char wide[127 * 4 + 3] = "";
    for (int i = 0; i < 127; i++) {
        strcat(wide, "\xF0\x9F\x98\x80");
    }
    strcat(wide, "y");
    add(wide);
    strcat(wide, "y");
    refuse(wide, "at most 255");
}
END_TEST

START_TEST(drops_trailing_dots_and_spaces)
{
    add("dir. \\name...");
    ck_assert_str_eq(listing(), "\\dir \\dir\\name ");
    ck_assert_ptr_nonnull(tree_find(tree, "DIR\\NAME. ."));
}
END_TEST

START_TEST(removes_files_and_directories)
{
    add("a");
    add("d\\1");
    add("d\\e\\2");
    add("d\\e\\f\\3");
    add("z");
    ck_assert(!tree_remove(tree, "nothing"));
    ck_assert(!tree_remove(tree, "\\"));
    ck_assert(tree_remove(tree, "D\\E"));
    ck_assert_str_eq(listing(), "\\a \\d \\d\\1 \\z ");
    ck_assert_ptr_null(tree_find(tree, "d\\e\\f\\3"));
    ck_assert_uint_eq(tree_count(tree), 4);
    ck_assert(tree_remove(tree, "z"));
    ck_assert(tree_remove(tree, "a"));
    add("y");
    add("d\\e\\4");
    ck_assert_str_eq(listing(), "\\d \\d\\1 \\d\\e \\d\\e\\4 \\y ");
    ck_assert(tree_remove(tree, "d"));
    ck_assert(tree_remove(tree, "y"));
    ck_assert_uint_eq(tree_count(tree), 0);
    add("d");
    ck_assert_str_eq(listing(), "\\d ");
}
END_TEST

START_TEST(cuts_long_paths)
{
    char buffer[16];
    add("one\\two\\three");
    struct tree_node *node = tree_find(tree, "one\\two\\three");
    for (size_t size = 0; size <= sizeof(buffer); size++) {
        memset(buffer, '#', sizeof(buffer));
        ck_assert_uint_eq(tree_path(node, buffer, size), 14);
        if (size > 0) {
            ck_assert_uint_eq(strlen(buffer), size - 1 < 14 ? size - 1 : 14);
            ck_assert_int_eq(memcmp(buffer, "\\one\\two\\three", strlen(buffer)), 0);
        }
        for (size_t i = size; i < sizeof(buffer); i++) {
            ck_assert_int_eq(buffer[i], '#');
        }
    }
    ck_assert_uint_eq(tree_path(tree_root(tree), buffer, sizeof(buffer)), 1);
    ck_assert_str_eq(buffer, "\\");
}
END_TEST

START_TEST(holds_thousands)
{
    static const char *const directories[] = {
        "\\",          "\\Boot", "\\Boot\\Fonts",    "\\Boot\\Resources",     "\\Sources",
        "\\EFI\\Boot", "\\EFI",  "\\EFI\\Microsoft", "\\EFI\\Microsoft\\Boot"};
    char path[100];
    for (int i = 0; i < 4096; i++) {
        for (int d = 0; d < 9; d++) {
            snprintf(path, sizeof(path), "%s\\a file named %d.dat", directories[d], i);
            add(path);
        }
    }
    ck_assert_uint_eq(tree_count(tree), 9 * 4096 + 8);
    for (int i = 0; i < 4096; i++) {
        snprintf(path, sizeof(path), "%s\\A FILE NAMED %d.DAT", directories[i % 9], i);
        ck_assert_ptr_nonnull(tree_find(tree, path));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");
    TCase *tests = tcase_create("tree");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, finds_without_regard_to_case);
    tcase_add_test(tests, keeps_order_and_counts);
    tcase_add_test(tests, replaces_files_but_not_kinds);
    tcase_add_test(tests, refuses_names_that_fat_forbids);
    tcase_add_test(tests, drops_trailing_dots_and_spaces);
    tcase_add_test(tests, removes_files_and_directories);
    tcase_add_test(tests, cuts_long_paths);
    tcase_add_test(tests, holds_thousands);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
