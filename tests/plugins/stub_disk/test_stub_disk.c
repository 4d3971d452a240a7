/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is found by whom it serves; the others are still found. */
#include "tests/unit/unit.h"

#include <string.h>

#include "plugins/stub_disk/stub_disk.h"
#include "volume/disk.h"

START_TEST(is_found)
{
    struct error error;
    char description[20];
    const struct disk *disk = disk_find("nobody", &error);
    ck_assert_msg(disk != NULL, "%s", error.text);
    struct volume volume = {.sector_count = 7};
    ck_assert_int_eq(disk->attach(&volume, description, sizeof(description), &error), 0);
    ck_assert_str_eq(description, "a stub");
    ck_assert_uint_eq(stub_disk_answer(), 7);
    disk->detach();
    ck_assert_uint_eq(stub_disk_answer(), 0);
    ck_assert_str_eq(disk_find("file", &error)->name, "image");
    ck_assert_ptr_null(disk_find("somebody", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "somebody"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_disk");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, is_found);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
