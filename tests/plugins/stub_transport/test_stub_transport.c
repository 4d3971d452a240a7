/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is among the transports and fetches its file. */
#include "tests/unit/unit.h"

#include "transport/fetch.h"

START_TEST(fetches_its_file)
{
    struct transfer transfer = {.pool = pool_create(), .label = "file"};
    struct url url;
    struct file *file;
    struct error error;

    fetch_start(1 << 20);
    ck_assert_int_eq(url_parse("stub://server/file", NULL, &url, &error), 0);
    ck_assert_int_eq(fetch_file(&url, &transfer, "file", &file, &error), 0);
    ck_assert_uint_eq(file->size, 7);
    pool_destroy(transfer.pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_transport");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, fetches_its_file);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
