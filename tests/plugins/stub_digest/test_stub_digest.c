/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is found by its name and hashes a file. */
#include "tests/unit/unit.h"

#include "digest/digest.h"

START_TEST(hashes_a_file)
{
    struct pool *pool = pool_create();
    const struct file *file = file_from_memory(pool, "file", "12345", 5);
    const struct digest *digest = digest_find("count");
    struct error error;
    uint8_t result;
    ck_assert_ptr_nonnull(digest);
    ck_assert_int_eq(digest_file(digest, file, 0, 5, &result, NULL, NULL, &error), 0);
    ck_assert_uint_eq(result, 5);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_digest");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, hashes_a_file);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
