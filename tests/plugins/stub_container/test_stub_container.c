/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is among the containers and opens its files. */
#include "tests/unit/unit.h"

#include "container/container.h"

START_TEST(has_its_file)
{
    struct pool *pool = pool_create();
    struct container_volume *volume;
    struct file *file;
    struct error error;
    char text[8] = "";
    const struct file *whole = file_from_memory(pool, "some.stub", "STUBinside", 10);
    ck_assert_int_eq(container_open(pool, whole, &volume, &error), 0);
    ck_assert_ptr_nonnull(volume);
    ck_assert_int_eq(container_find(volume, "/INSIDE.TXT", &file, &error), 0);
    ck_assert_ptr_nonnull(file);
    ck_assert_str_eq(file->note, "some.stub: \\inside.txt");
    ck_assert_int_eq(file_read(file, 0, text, (size_t)file->size, &error), 0);
    ck_assert_str_eq(text, "inside");
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_container");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, has_its_file);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
