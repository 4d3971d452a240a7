/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a changed tree says is what its patched WIM says when it is opened again: every path leads
 * to the same entry, also where several have the same name or short name, however many directories
 * were entered in between (the hash tables of names grow then).
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/wim/made.h"
#include "tests/wim/samples.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_node.h"
#include "wim/wim_tree.h"

enum { PLAN_COUNT = 150, NAME_COUNT = 7, DIRECTORY_COUNT_MAX = 8, FILE_COUNT_MAX = 60 };

/* Few, so that most are there several times: as long names, short names, or both. */
static const char *const names[NAME_COUNT] = {"a", "A", "b", "Bb", "LONG~1", "LONG~2", "x"};

static unsigned plan;

static const char *random_name(void)
{
    return names[sample_random() % NAME_COUNT];
}

/* Add an entry that differs from all others in its time. */
static size_t add_entry(uint32_t attributes, const uint8_t *sha1)
{
    static uint64_t time = 0x01d5c03669050001;
    bool has_short = sample_random() % 3 == 0;
    size_t position =
        builder_add(&builder, random_name(), has_short ? random_name() : NULL, attributes, sha1);
    builder_entry(&builder, position)->times[0] = time++;
    return position;
}

/* A root with directories with files in them. */
static void make_tree(void)
{
    size_t directories[DIRECTORY_COUNT_MAX], count = 1 + sample_random() % DIRECTORY_COUNT_MAX;
    uint8_t sha1[20];
    builder_start(&builder);
    builder_add_blob(&builder, "contents", sha1);
    builder_list(&builder, builder.root);
    for (size_t i = 0; i < count; i++) {
        directories[i] = add_entry(WIM_ATTRIBUTE_DIRECTORY, NULL);
    }
    add_entry(WIM_ATTRIBUTE_NORMAL, sha1);
    builder_end_list(&builder);
    for (size_t i = 0; i < count; i++) {
        builder_list(&builder, directories[i]);
        for (size_t file = sample_random() % FILE_COUNT_MAX; file > 0; file--) {
            add_entry(WIM_ATTRIBUTE_NORMAL, sha1);
        }
        builder_end_list(&builder);
    }
    builder_finish(&builder);
}

/* Everything that is known of an entry but its place, as text. */
static void describe(const struct wim_node *node, char *text, size_t size)
{
    const struct wim_directory_entry_disk *entry = node->entry;
    const uint8_t *sha1 = node->added_contents != NULL ? node->added_contents->sha1 : entry->sha1;
    size_t used = (size_t)snprintf(text, size, "%x %llx ", entry->attributes,
                                   (unsigned long long)entry->times[0]);
    for (int i = 0; i < 20; i++) {
        used += (size_t)snprintf(text + used, size - used, "%02x", sha1[i]);
    }
    snprintf(text + used, size - used, " %u %u %.20s", entry->name_length, entry->short_name_length,
             (const char *)(entry + 1));
}

/* What each path of one or two names leads to, as text: a line for each. */
static char *survey(struct wim *wim)
{
    static char text[(NAME_COUNT + NAME_COUNT * NAME_COUNT) * 120];
    struct error error;
    struct wim_tree *tree = wim_tree(wim, 1, &error);
    size_t used = 0;
    ck_assert_msg(tree != NULL, "%s", error.text);
    for (size_t i = 0; i < NAME_COUNT * (NAME_COUNT + 1); i++) {
        char path[20];
        struct wim_node *node;
        snprintf(path, sizeof(path), "%s\\%s", names[i % NAME_COUNT],
                 i < NAME_COUNT ? "" : names[i / NAME_COUNT - 1]);
        ck_assert_int_eq(wim_tree_find(tree, path, &node, &error), 0);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s: ", path);
        if (node != NULL) {
            describe(node, text + used, sizeof(text) - used);
            used += strlen(text + used);
        }
        text[used++] = '\n';
    }
    text[used] = '\0';
    return strdup(text);
}

/* Enter all directories, which puts their names into the tables. */
static void enter_all(struct wim *wim)
{
    struct error error;
    struct wim_tree *tree = wim_tree(wim, 1, &error);
    for (struct wim_node *node = &tree->root; node != NULL;) {
        ck_assert_int_eq(wim_tree_next(tree, &tree->root, &node, &error), 0);
    }
}

/* Inject or remove something; what is not possible changes nothing. */
static void change(struct pool *pool, struct wim *wim)
{
    struct error error;
    char path[20], *contents = pool_copy_string(pool, "contents 12345");
    snprintf(path, sizeof(path), "%s\\%s", random_name(), random_name());
    if (sample_random() % 4 == 0) {
        *strchr(path, '\\') = '\0';
    }
    if (sample_random() % 3 == 0) {
        wim_remove(wim, 1, path, &error);
        return;
    }
    size_t size = 1 + sample_random() % 14;
    contents[0] = (char)('a' + sample_random() % 26);
    wim_inject(wim, 1, path, file_from_memory(pool, "x", contents, size), &error);
}

/* Lines that are not the same; the first of them is shown if it must not be. */
static unsigned count_differences(const char *left, const char *right, bool allowed)
{
    unsigned count = 0;
    while (*left != '\0') {
        size_t length = strcspn(left, "\n"), other = strcspn(right, "\n");
        bool same = length == other && memcmp(left, right, length) == 0;
        ck_assert_msg(same || allowed, "plan %u: %.*s\nis not\n%.*s", plan, (int)length, left,
                      (int)other, right);
        count += !same;
        left += length + 1;
        right += other + 1;
    }
    return count;
}

START_TEST(patched_wim_says_the_same)
{
    static unsigned changed;
    struct pool *pool = pool_create();
    const struct file *patched;
    struct wim *reopened;
    struct error error;
    plan = (unsigned)_i + 1;
    sample_seed(plan);
    make_tree();
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    char *first = survey(wim);
    enter_all(wim);
    char *entered = survey(wim);
    count_differences(first, entered, false);

    for (size_t i = 0; i < 20; i++) {
        change(pool, wim);
    }
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_ptr_nonnull(file_load(pool, patched, &error)); /* all SHA-1s are known then */
    char *in_memory = survey(wim);
    changed += count_differences(first, in_memory, true);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &reopened, &error), 0);
    char *on_disk = survey(reopened);
    count_differences(in_memory, on_disk, false);
    ck_assert(_i < PLAN_COUNT - 1 || changed > PLAN_COUNT); /* the plans do change something */
    free(first);
    free(entered);
    free(in_memory);
    free(on_disk);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_oracle");
    TCase *tests = tcase_create("all");
    tcase_add_loop_test(tests, patched_wim_says_the_same, 0, PLAN_COUNT);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
