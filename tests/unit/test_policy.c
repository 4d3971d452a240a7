/* SPDX-License-Identifier: BSD-2-Clause */
/* What an unsigned script may not decide, where files can change after they were checked. What is
 * in boot configurations is tested with signed and unsigned scripts (tests/preview). */
#include "policy.h"

#include <string.h>

#include "host/host.h"
#include "tests/unit/unit.h"

/* A file of a server or a medium that gives other bytes each time. */
struct changing {
    struct reader reader;
    unsigned reads;
};

static struct pool *pool;
static struct error error;
static struct boot boot;
static struct file_list given;
static struct changing changing;

static int read_changing(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                         struct error *reason)
{
    struct changing *file = (struct changing *)reader;
    static const char *const contents[] = {"none, and long", "regf, and long"};
    (void)reason;
    memcpy(buffer, contents[file->reads++ != 0] + offset, length);
    return 0;
}

static int pin_nothing(struct reader *reader, struct error *reason)
{
    (void)reader;
    (void)reason;
    return 0;
}

static void setup(void)
{
    pool = pool_create();
    boot = (struct boot){.pool = pool, .tree = tree_create(pool)};
    boot.site_script = SITE_SCRIPT_UNSIGNED;
    given = (struct file_list){.pool = pool};
    changing = (struct changing){.reader = {.read = read_changing, .pin = pin_nothing}};
    host_set_machine(&(struct machine){.firmware = "efi", .secure_boot = true});
}

static void teardown(void)
{
    pool_destroy(pool);
}

static struct file *add(const char *path, struct file *file)
{
    ck_assert_int_eq(tree_add(boot.tree, path, file, &error), 0);
    return file;
}

static const struct file *at(const char *path)
{
    char found[100];
    for (struct tree_node *node = tree_root(boot.tree); node != NULL; node = tree_next(node)) {
        tree_path(node, found, sizeof(found));
        if (node->file != NULL && strcmp(found, path) == 0) {
            return node->file;
        }
    }
    ck_abort_msg("%s is missing", path);
}

static void expect(const char *path, const char *bytes)
{
    char found[20] = "";
    const struct file *file = at(path);
    ck_assert_int_eq(file_read(file, 0, found, (size_t)file->size, &error), 0);
    ck_assert_str_eq(found, bytes);
}

START_TEST(no_hive_becomes_one)
{
    struct file *file = add("\\Boot\\BCD", file_from_reader(pool, "x", &changing.reader, 14));
    add("\\EFI\\BCD", file);
    ck_assert_int_eq(policy_check(&boot, &given, &error), 0);
    expect("\\Boot\\BCD", "none, and long");
    expect("\\EFI\\BCD", "none, and long");
    ck_assert_ptr_eq(at("\\Boot\\BCD"), at("\\EFI\\BCD"));
}
END_TEST

/* Also where the reader has only a part of the first bytes. */
START_TEST(parts_of_a_file)
{
    const struct file *parts[] = {file_from_memory(pool, "a", "reg", 3),
                                  file_from_reader(pool, "b", &changing.reader, 10)};
    struct file *joined, *slice;
    ck_assert_int_eq(file_join(pool, "c", parts, 2, &joined, &error), 0);
    ck_assert_int_eq(file_slice(pool, joined, 2, 5, &slice, &error), 0);
    add("\\a", joined);
    add("\\b", slice);
    ck_assert_int_eq(policy_check(&boot, &given, &error), 0);
    ck_assert_ptr_ne(at("\\a"), joined);
    ck_assert_ptr_ne(at("\\b"), slice);
    expect("\\a", "regnegf, and ");
}
END_TEST

/* What cannot change, was given, or is too short stays as it is. */
START_TEST(others_stay)
{
    struct reader sound = {.read = read_changing};
    struct file *in_memory = add("\\a", file_from_memory(pool, "a", "abcdef", 6));
    struct file *fixed = add("\\b", file_from_reader(pool, "b", &sound, 3));
    struct file *was_given = add("\\c", file_from_reader(pool, "c", &changing.reader, 14));
    struct file *empty = add("\\d", file_from_reader(pool, "d", &changing.reader, 3));
    ck_assert_int_eq(file_list_add(&given, was_given, &error), 0);
    ck_assert_int_eq(policy_check(&boot, &given, &error), 0);
    ck_assert_ptr_eq(at("\\a"), in_memory);
    ck_assert_ptr_eq(at("\\b"), fixed);
    ck_assert_ptr_eq(at("\\c"), was_given);
    ck_assert_ptr_eq(at("\\d"), empty);
}
END_TEST

START_TEST(only_under_secure_boot)
{
    struct file *file = add("\\a", file_from_reader(pool, "a", &changing.reader, 14));
    boot.site_script = SITE_SCRIPT_SIGNED;
    ck_assert_int_eq(policy_check(&boot, &given, &error), 0);
    boot.site_script = SITE_SCRIPT_UNSIGNED;
    host_set_machine(&(struct machine){.firmware = "efi"});
    ck_assert_int_eq(policy_check(&boot, &given, &error), 0);
    ck_assert_ptr_eq(at("\\a"), file);
    ck_assert_uint_eq(changing.reads, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *test = tcase_create("policy");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, no_hive_becomes_one);
    tcase_add_test(test, parts_of_a_file);
    tcase_add_test(test, others_stay);
    tcase_add_test(test, only_under_secure_boot);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
