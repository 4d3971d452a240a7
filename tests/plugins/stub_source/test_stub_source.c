/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is among the sources and gives its file. */
#include "tests/unit/unit.h"

#include "files/source.h"

#include <string.h>

START_TEST(gives_its_file)
{
    struct file_list list = {.pool = pool_create()};
    struct error error;
    PLUGIN_FOR_EACH(source, source)
    {
        if (strcmp(source->name, "stub_source") == 0) {
            ck_assert_int_eq(source->enumerate(&list, &error), 0);
        }
    }
    const struct file *file = file_list_find(&list, "STUB.TXT");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->size, 5);
    pool_destroy(list.pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_source");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, gives_its_file);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
