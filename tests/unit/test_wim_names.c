/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing files whose names are not one of a kind: several that differ in case, short ones alone.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "tests/wim/made.h"
#include "wim/wim_format.h"
#include "wim/wim_state.h"

/* A root with "file.txt", "FILE.txt", "File.TXT" and "other.txt"; the third may be a directory
 * whose list is at a position. */
static struct wim *open_twins(struct pool *pool, uint32_t attributes, uint64_t position)
{
    static const char *const names[] = {"file.txt", "FILE.txt", "File.TXT", "other.txt"};
    uint8_t sha1[4][20];
    builder_start(&builder);
    for (int i = 0; i < 4; i++) {
        builder_add_blob(&builder, names[i], sha1[i]);
    }
    builder_list(&builder, builder.root);
    builder_add(&builder, names[0], NULL, WIM_ATTRIBUTE_NORMAL, sha1[0]);
    builder_add(&builder, names[1], NULL, WIM_ATTRIBUTE_NORMAL, sha1[1]);
    size_t third = builder_add(&builder, names[2], NULL, attributes, sha1[2]);
    builder_entry(&builder, third)->subdirectory = position;
    builder_add(&builder, names[3], "FILE.TXT", WIM_ATTRIBUTE_NORMAL, sha1[3]);
    builder_end_list(&builder);
    builder_finish(&builder);
    struct error error;
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    return wim;
}

static bool count_entry(void *context, const struct wim_entry *entry)
{
    ck_assert_ptr_nonnull(entry);
    ++*(unsigned *)context;
    return true;
}

static unsigned count_entries(struct wim *wim)
{
    struct error error;
    unsigned count = 0;
    ck_assert_int_eq(wim_list(wim, 1, "", count_entry, &count, &error), 0);
    return count;
}

/* Linux can put them into one directory; Windows would find one of them. */
START_TEST(names_that_differ_in_case)
{
    struct pool *pool = pool_create();
    const struct file *added = file_from_memory(pool, "x", "new", 3), *patched;
    struct wim *wim = open_twins(pool, WIM_ATTRIBUTE_NORMAL, 0);
    struct error error;
    struct file *found;
    ck_assert_int_eq(wim_inject(wim, 1, "fILE.txt", added, &error), 0);
    int32_t dropped = 0;
    for (uint32_t i = 0; i < wim->entry_count; i++) {
        dropped += wim->reference_changes[i];
    }
    ck_assert_int_eq(dropped, -3);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &wim, &error), 0);
    ck_assert_uint_eq(count_entries(wim), 2);
    ck_assert_int_eq(wim_find(wim, 1, "FILE.TXT", &found, &error), 0);
    ck_assert(found != NULL && found->size == 3 && !strcmp(found->name, "file.txt"));

    wim = open_twins(pool, WIM_ATTRIBUTE_NORMAL, 0);
    ck_assert_int_eq(wim_remove(wim, 1, "file.txt", &error), 0);
    ck_assert_uint_eq(count_entries(wim), 1); /* a short name is not the name */

    wim = open_twins(pool, WIM_ATTRIBUTE_DIRECTORY, 0);
    ck_assert_int_eq(wim_inject(wim, 1, "file.txt", added, &error), -1);
    ck_assert_msg(strstr(error.text, "is a directory; remove it first") != NULL, "%s", error.text);
    ck_assert_uint_eq(count_entries(wim), 4);
    ck_assert_int_eq(wim_remove(wim, 1, "file.txt", &error), 0);
    ck_assert_uint_eq(count_entries(wim), 1);

    wim = open_twins(pool, WIM_ATTRIBUTE_DIRECTORY, 0x100000); /* damaged: nothing is touched */
    ck_assert_int_eq(wim_remove(wim, 1, "file.txt", &error), -1);
    ck_assert_uint_eq(count_entries(wim), 4);

    pool_destroy(pool);
}
END_TEST

/* Nothing else has them; boot managers may know a file by its short name only. */
START_TEST(short_name_alone)
{
    struct pool *pool = pool_create();
    const struct file *added = file_from_memory(pool, "x", "new", 3), *patched;
    struct error error;
    uint8_t sha1[20];
    struct file *found;
    builder_start(&builder);
    builder_add_blob(&builder, "old", sha1);
    builder_list(&builder, builder.root);
    builder_add(&builder, "", "SHORT", WIM_ATTRIBUTE_NORMAL, sha1);
    builder_end_list(&builder);
    builder_finish(&builder);
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    ck_assert_int_eq(wim_inject(wim, 1, "short", added, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "SHORT", &found, &error), 0);
    ck_assert(found != NULL && found->size == 3);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_names");
    TCase *test = tcase_create("wim_names");
    tcase_add_test(test, names_that_differ_in_case);
    tcase_add_test(test, short_name_alone);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
