/* SPDX-License-Identifier: BSD-2-Clause */
/* The contents of injected files: when they are hashed, and which are one blob. */
#include "tests/unit/unit.h"

#include <string.h>

#include "digest/sha1.h"
#include "tests/wim/builder.h"
#include "wim/wim.h"
#include "wim/wim_header.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

/* ---- an injected file that counts how much of it is read ---- */

struct counted {
    struct reader reader;
    const char *text;
    size_t read; /* bytes */
    bool broken;
};

static int read_counted(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                        struct error *error)
{
    struct counted *counted = (struct counted *)reader;
    if (counted->broken) {
        return error_set(error, "tool.exe: the server is gone");
    }
    memcpy(buffer, counted->text + offset, length);
    counted->read += length;
    return 0;
}

static struct pool *pool;
static struct error error;

static const struct file *count(struct counted *counted, const char *text)
{
    *counted = (struct counted){.reader = {.read = read_counted}, .text = text};
    return file_from_reader(pool, "tool.exe", &counted->reader, strlen(text));
}

/* ---- a WIM with \file.txt: "contents" ---- */

static struct builder builder;
static struct wim *wim;

static struct wim *open_file(const struct file *file)
{
    struct wim *opened;
    ck_assert_msg(!wim_open(pool, &file, 1, &opened, &error), "%s", error.text);
    return opened;
}

static void setup(void)
{
    pool = pool_create();
    builder_start(&builder);
    builder_add_sample(&builder);
    builder_finish(&builder);
    wim = open_file(file_from_memory(pool, "boot.wim", builder.bytes, builder.size));
}

static void teardown(void)
{
    pool_destroy(pool);
}

static void inject(const char *path, const struct file *file)
{
    ck_assert_msg(!wim_inject(wim, 1, path, file, &error), "%s", error.text);
}

static const struct file *patch(void)
{
    const struct file *patched;
    ck_assert_msg(!wim_patch(wim, &patched, &error), "%s", error.text);
    return patched;
}

/* What a file of a WIM holds, and that it holds it under its SHA-1. */
static void check_contents(struct wim *opened, const char *path, const char *text)
{
    struct file *file;
    ck_assert_msg(!wim_find(opened, 1, path, &file, &error), "%s", error.text);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->size, strlen(text));
    const void *bytes = file_load(pool, file, &error);
    ck_assert_msg(bytes != NULL, "%s", error.text);
    ck_assert_mem_eq(bytes, text, strlen(text));
}

static uint32_t entries_of(const struct wim *opened)
{
    return opened->parts[0].entry_count;
}

START_TEST(hashed_when_the_tail_is_read_and_once)
{
    struct counted counted;
    uint8_t byte;
    inject("dir\\a", count(&counted, "not in the WIM"));
    const struct file *patched = patch();
    ck_assert_uint_eq(counted.read, 0);
    ck_assert_int_eq(file_read(patched, patched->size - 1, &byte, 1, &error), 0);
    ck_assert_uint_eq(counted.read, strlen("not in the WIM"));
    struct wim *opened = open_file(patched);
    ck_assert_int_eq(wim_tree_verify(wim_tree(opened, 1, &error), &error), 0);
    ck_assert_uint_eq(counted.read, strlen("not in the WIM"));
    check_contents(opened, "dir\\a", "not in the WIM");
    check_contents(opened, "file.txt", "contents");
    ck_assert_uint_eq(entries_of(opened), entries_of(wim) + 1);
}
END_TEST

START_TEST(equal_files_are_one_blob_and_hashed_once)
{
    struct counted one, two;
    inject("a", count(&one, "not in the WIM"));
    inject("b", count(&two, "not in the WIM"));
    inject("c", count(&two, "not in the WIM"));
    struct wim *opened = open_file(patch());
    ck_assert_int_eq(wim_tree_verify(wim_tree(opened, 1, &error), &error), 0);
    ck_assert_uint_eq(one.read, strlen("not in the WIM"));
    ck_assert_uint_eq(two.read, strlen("not in the WIM"));
    check_contents(opened, "c", "not in the WIM");
    ck_assert_uint_eq(entries_of(opened), entries_of(wim) + 1);
}
END_TEST

START_TEST(one_file_at_two_paths_is_not_read)
{
    struct counted counted;
    const struct file *file = count(&counted, "not in the WIM");
    inject("a", file);
    inject("b", file_rename(pool, file, "b"));
    ck_assert_uint_eq(entries_of(open_file(patch())), entries_of(wim) + 1);
    ck_assert_uint_eq(counted.read, strlen("not in the WIM")); /* by open_file() */
}
END_TEST

START_TEST(contents_of_the_wim_are_found)
{
    struct counted counted;
    inject("again.txt", count(&counted, "contents"));
    ck_assert_uint_eq(counted.read, strlen("contents"));
    struct wim *opened = open_file(patch());
    check_contents(opened, "again.txt", "contents");
    ck_assert_uint_eq(entries_of(opened), entries_of(wim));
}
END_TEST

START_TEST(same_size_is_not_same_contents)
{
    struct counted one, two;
    inject("as long as one of the WIM", file_from_memory(pool, "x", "CONTENTS", 8));
    inject("one", count(&one, "0123456789"));
    inject("two", count(&two, "0123456780"));
    struct wim *opened = open_file(patch());
    check_contents(opened, "as long as one of the WIM", "CONTENTS");
    check_contents(opened, "one", "0123456789");
    check_contents(opened, "two", "0123456780");
    ck_assert_uint_eq(entries_of(opened), entries_of(wim) + 3);
}
END_TEST

struct listed {
    unsigned count;
    uint8_t sha1[SHA1_SIZE];
};

static bool list_entry(void *context, const struct wim_entry *entry)
{
    struct listed *listed = context;
    if (!strcmp(entry->name, "added")) {
        listed->count++;
        memcpy(listed->sha1, entry->sha1, SHA1_SIZE);
    }
    return true;
}

START_TEST(a_listing_shows_the_sha1)
{
    /* SHA-1 of "abc", from FIPS 180-4's examples. */
    static const uint8_t expected[SHA1_SIZE] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81,
                                                0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50,
                                                0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
    struct listed listed = {0};
    inject("added", file_from_memory(pool, "x", "abc", 3));
    ck_assert_int_eq(wim_list(wim, 1, "", list_entry, &listed, &error), 0);
    ck_assert_uint_eq(listed.count, 1);
    ck_assert_mem_eq(listed.sha1, expected, SHA1_SIZE);
}
END_TEST

START_TEST(changes_after_a_patch_do_not_reach_it)
{
    inject("a", file_from_memory(pool, "x", "first", 5));
    const struct file *first = patch();
    inject("a", file_from_memory(pool, "x", "the second", 10));
    struct wim *second = open_file(patch());
    check_contents(second, "a", "the second");
    ck_assert_uint_eq(entries_of(second), entries_of(wim) + 1);
    struct wim *opened = open_file(first);
    check_contents(opened, "a", "first");
    ck_assert_int_eq(wim_tree_verify(wim_tree(opened, 1, &error), &error), 0);
}
END_TEST

START_TEST(unreadable_contents_are_named)
{
    struct counted counted;
    uint8_t byte;
    inject("a", count(&counted, "not in the WIM"));
    const struct file *patched = patch();
    counted.broken = true;
    ck_assert_int_eq(file_read(patched, patched->size - 1, &byte, 1, &error), -1);
    ck_assert_str_eq(error.text, "boot.wim: tool.exe: the server is gone");
    counted.broken = false; /* it is back */
    ck_assert_int_eq(file_read(patched, patched->size - 1, &byte, 1, &error), 0);
    check_contents(open_file(patched), "a", "not in the WIM");

    counted.broken = true; /* as long as contents of the WIM, with which it is to be compared */
    counted.text = "CONTENTS";
    ck_assert_int_eq(
        wim_inject(wim, 1, "b", file_from_reader(pool, "b", &counted.reader, 8), &error), -1);
    ck_assert_str_eq(error.text, "boot.wim: b: tool.exe: the server is gone");
}
END_TEST

/* ---- contents that are known late ---- */

static const char *late_text;

static size_t fill(char *buffer, size_t capacity)
{
    size_t length = strlen(late_text);
    ck_assert_uint_le(length, capacity);
    memcpy(buffer, late_text, length);
    return length;
}

/* What is said after the patch is made is in it, whatever of it is read first; then it stays. */
START_TEST(late_contents)
{
    static char bytes[1 << 20];
    struct file *found;
    late_text = "too early";
    ck_assert_msg(!wim_inject_late(wim, 1, "dir\\log", 1000, fill, &error), "%s", error.text);
    wim_set_slim(wim, _i & 1, &error);
    const struct file *patched = patch();
    late_text = "in time";
    ck_assert_uint_le(patched->size, sizeof(bytes));
    if (_i & 2) { /* from the end, where the tables are */
        for (uint64_t at = patched->size; at-- > 0;) {
            ck_assert_int_eq(file_read(patched, at, bytes + at, 1, &error), 0);
        }
    } else {
        ck_assert_int_eq(file_read(patched, 0, bytes, patched->size, &error), 0);
    }
    late_text = "too late";
    const struct file *copy = file_from_memory(pool, "copy.wim", bytes, patched->size);
    check_contents(open_file(copy), "dir\\log", "in time");
    ck_assert_int_eq(wim_find(wim, 1, "DIR\\LOG", &found, &error), 0);
    ck_assert_uint_eq(found->size, 7);
    check_contents(wim, "dir\\log", "in time");
}
END_TEST

/* Looked at before the patch: fixed then. */
START_TEST(late_contents_looked_at)
{
    late_text = "in time";
    ck_assert_int_eq(wim_inject_late(wim, 1, "log", 1000, fill, &error), 0);
    check_contents(wim, "log", "in time");
    late_text = "too late";
    check_contents(open_file(patch()), "log", "in time");
    ck_assert_int_eq(wim_inject_late(wim, 1, "file.txt\\x", 1000, fill, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "is a file, not a directory"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_added");
    TCase *test = tcase_create("wim_added");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, hashed_when_the_tail_is_read_and_once);
    tcase_add_test(test, equal_files_are_one_blob_and_hashed_once);
    tcase_add_test(test, one_file_at_two_paths_is_not_read);
    tcase_add_test(test, contents_of_the_wim_are_found);
    tcase_add_test(test, same_size_is_not_same_contents);
    tcase_add_test(test, a_listing_shows_the_sha1);
    tcase_add_test(test, changes_after_a_patch_do_not_reach_it);
    tcase_add_test(test, unreadable_contents_are_named);
    tcase_add_loop_test(test, late_contents, 0, 4);
    tcase_add_test(test, late_contents_looked_at);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
