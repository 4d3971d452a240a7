/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of a loader that was built with NOSCRIPT=1. */
#include <string.h>

#include "tests/unit/unit.h"

/* The tests are linked with the usual build's. */
#define WIMBOOT_NOSCRIPT
#define options_parse options_parse_without_scripts
#define options_warn  options_warn_without_scripts
#include "loader/options.c"

START_TEST(no_script_may_run)
{
    struct pool *pool = pool_create();
    struct error error;
    ck_assert_int_eq(options_parse(pool, "site=hq", &error), 0);
    ck_assert(options.noscript);
    ck_assert_int_eq(options_parse(pool, "noscript", &error), 0);
    ck_assert_int_eq(options_parse(pool, "script=a.lua", &error), -1);
    ck_assert_str_eq(
        error.text,
        "command line: script=a.lua: this loader was built without support for scripts");
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noscript");
    TCase *tests = tcase_create("noscript");
    tcase_add_test(tests, no_script_may_run);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
