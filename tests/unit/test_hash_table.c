/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash tables, and the list of files that is made of them, against plain lists. */
#include "base/hash_table.h"

#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "files/source.h"
#include "tests/unit/unit.h"

static struct pool *pool;

static void setup(void)
{
    pool = pool_create();
}

static void teardown(void)
{
    pool_destroy(pool);
}

static uint32_t next_random(void)
{
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

/* Items of few hashes, so that chains are long: all of a hash, the newest first, at any size. */
START_TEST(newest_first)
{
    enum { COUNT = 500, HASHES = 7 };
    static struct hash_link links[COUNT];
    struct hash_table table = {.pool = pool};
    bool in[COUNT] = {false};
    int items[COUNT];

    ck_assert_ptr_null(hash_table_find(&table, 3));
    memset(links, 0, sizeof(links));
    for (int i = 0; i < COUNT; i++) {
        ck_assert(hash_table_add(&table, &links[i], &items[i], (uint32_t)i % HASHES << 14));
        in[i] = true;
        int removed = (int)(next_random() % COUNT);
        if (in[removed] && next_random() % 3 == 0) {
            hash_table_remove(&table, &links[removed]);
            in[removed] = false;
        }
        for (int hash = 0; hash < HASHES; hash++) {
            const struct hash_link *link = hash_table_find(&table, (uint32_t)hash << 14);
            for (int j = i; j >= 0; j--) {
                if (in[j] && j % HASHES == hash) {
                    ck_assert_ptr_nonnull(link);
                    ck_assert_ptr_eq(link->item, &items[j]);
                    link = hash_table_next(link);
                }
            }
            ck_assert_ptr_null(link);
        }
    }
    size_t count = 0;
    for (int i = 0; i < COUNT; i++) {
        count += in[i];
    }
    ck_assert_uint_eq(table.count, count);
    ck_assert(!hash_table_reserve(&table, SIZE_MAX / 2));
    ck_assert_uint_eq(table.count, count);
}
END_TEST

START_TEST(names_that_are_equal)
{
    static const uint16_t units[] = {'S', 0xE4, 0x43F, 0xD83D, 0xDE00, 'x'};
    static const char text[] = "s\xC3\x84\xD0\x9F\xF0\x9F\x98\x80X";
    ck_assert_uint_eq(utf8_hash(5, text, strlen(text)), utf16_hash(5, units, 6));
    ck_assert_uint_ne(utf8_hash(5, text, strlen(text)), utf16_hash(6, units, 6));
    ck_assert_uint_ne(utf16_hash(5, units, 6), utf16_hash(5, units, 5));
    /* However long: names that are alike to their last unit. */
    char left[1000], right[1000];
    memset(left, 'n', sizeof(left));
    memset(right, 'n', sizeof(right));
    right[999] = 'm';
    ck_assert_uint_ne(utf8_hash(1, left, 1000), utf8_hash(1, right, 1000));
    ck_assert_uint_ne(hash_number(1, 0x100), hash_number(1, 0x200));
}
END_TEST

/* ---- the list of files ---- */

enum { MODEL_MAX = 400 };

static struct {
    const struct file *files[MODEL_MAX];
    size_t count;
} model;

/* "The file of this name. Of several files of one name, the one without a path, else the first." */
static size_t model_find(const char *name)
{
    size_t found = model.count;
    for (size_t i = 0; i < model.count; i++) {
        const struct file *file = model.files[i];
        if (strchr(name, '\\') != NULL) {
            if (file->path != NULL && utf8_equal(file->path, name)) {
                return i;
            }
        } else if (utf8_equal(file->name, name)) {
            if (file->path == NULL) {
                return i;
            }
            found = found == model.count ? i : found;
        }
    }
    return found;
}

static void model_add(const struct file *file)
{
    for (size_t i = 0; i < model.count; i++) {
        const struct file *other = model.files[i];
        bool same_path = file->path == NULL || other->path == NULL
                             ? file->path == other->path
                             : utf8_equal(file->path, other->path);
        if (same_path && utf8_equal(other->name, file->name)) {
            model.files[i] = file;
            return;
        }
    }
    ck_assert_uint_lt(model.count, MODEL_MAX);
    model.files[model.count++] = file;
}

static void model_remove(const char *name)
{
    size_t index = model_find(name);
    if (index < model.count) {
        model.count--;
        memmove(&model.files[index], &model.files[index + 1],
                (model.count - index) * sizeof(model.files[0]));
    }
}

/* One of 4 names in one of 10 directories, or in none. */
static const char *random_path(char *text, size_t size)
{
    unsigned directory = next_random() % 11, name = next_random() % 4;
    const char *letters = next_random() % 2 == 0 ? "abcd" : "ABCD";
    if (directory == 10) {
        snprintf(text, size, "%c", letters[name]);
    } else {
        snprintf(text, size, "d%u\\%c", directory, letters[name]);
    }
    return text;
}

START_TEST(list_is_like_the_model)
{
    struct file_list list = {.pool = pool};
    struct error error;
    char text[20];
    model.count = 0;
    for (int step = 0; step < 20000; step++) {
        char *path = pool_copy_string(pool, random_path(text, sizeof(text)));
        const char *last = strchr(path, '\\');
        if (next_random() % 2 == 0) {
            struct file *file = file_from_memory(pool, last != NULL ? last + 1 : path, "", 0);
            file->path = last != NULL ? path : NULL;
            ck_assert_int_eq(file_list_add(&list, file, &error), 0);
            model_add(file);
        } else {
            ck_assert_int_eq(file_list_remove(&list, path), model_find(path) < model.count);
            model_remove(path);
        }
        ck_assert_uint_eq(list.count, model.count);
        for (size_t i = 0; i < list.count; i++) {
            ck_assert_ptr_eq(list.files[i], model.files[i]);
        }
        random_path(text, sizeof(text));
        size_t found = model_find(text);
        ck_assert_ptr_eq(file_list_find(&list, text),
                         found < model.count ? model.files[found] : NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hash_table");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, newest_first);
    tcase_add_test(tests, names_that_are_equal);
    tcase_add_test(tests, list_is_like_the_model);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
