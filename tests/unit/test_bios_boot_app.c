/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameter block that bootmgr.exe is entered with, byte by byte. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/boot_app.c"

static const struct boot_app_facts facts = {
    .image_base = 0x400000,
    .image_size = 0x157BF0,
    .region_count = 3,
    .regions = {{0x20000, 0x60000},
                {0x400000, 0x558000},
                {UINT64_C(0x7FF00000), UINT64_C(0x80000000)}},
    .partition_offset = 0x10000,
    .disk_signature = 0xC0FFEEEE,
    .firmware = 0x21234,
};

/* A value at an offset of the block; everything else is zero. */
static const struct {
    uint16_t offset;
    uint32_t value;
} expected[] = {
    {0x00, 0x544F4F42},
    {0x04, 0x50504120}, /* "BOOT APP" */
    {0x08, 2},
    {0x0C, 0x1CC},
    {0x10, 0x14C},
    {0x18, 0x400000},
    {0x20, 0x157BF0},
    {0x24, 0x3C},
    {0x28, 0xC8},
    {0x2C, 0x162},
    {0x30, 0x1A8},
    {0x34, 0x1B0},
    /* memory */
    {0x3C, 1},
    {0x40, 0x14},
    {0x44, 3},
    {0x48, 0x28},
    {0x4C, 8},
    {0x58, 0x20},
    {0x68, 0x40},
    {0x80, 0x400},
    {0x90, 0x158},
    {0xA8, 0x7FF00},
    {0xB8, 0x100},
    /* entry */
    {0xC8, 0x50415442},
    {0xCC, 0x00544E45},
    {0xD0, 0x21},
    {0xF4, 0x11000001},
    {0xF8, 0x18},
    {0xFC, 0x56},
    /* its device, and the boot device */
    {0x11C, 6},
    {0x124, 0x46},
    {0x12C, 0x10000},
    {0x140, 1},
    {0x144, 0xC0FFEEEE},
    {0x162, 6},
    {0x16A, 0x46},
    {0x172, 0x10000},
    {0x186, 1},
    {0x18A, 0xC0FFEEEE},
    /* firmware, return arguments */
    {0x1A8, 0x21234},
    {0x1B0, 1},
};

START_TEST(three_regions)
{
    uint8_t block[BOOT_APP_SIZE_MAX + 8], wanted[BOOT_APP_SIZE_MAX + 8];
    memset(block, 0xAA, sizeof(block));
    memset(wanted, 0xAA, sizeof(wanted));
    memset(wanted, 0, 0x1CC);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        memcpy(wanted + expected[i].offset, &expected[i].value, 4);
    }
    ck_assert_uint_eq(boot_app_write(block, &facts), 0x1CC);
    for (size_t i = 0; i < sizeof(block); i++) {
        ck_assert_msg(block[i] == wanted[i], "byte 0x%zx is 0x%x, not 0x%x", i, block[i],
                      wanted[i]);
    }
}
END_TEST

START_TEST(most_regions)
{
    uint8_t block[BOOT_APP_SIZE_MAX];
    struct boot_app_facts more = facts;
    more.region_count = BOOT_APP_REGION_COUNT_MAX;
    more.regions[BOOT_APP_REGION_COUNT_MAX - 1] = (struct boot_app_region){0x5000, 0x7000};
    ck_assert_uint_eq(boot_app_write(block, &more), BOOT_APP_SIZE_MAX);
    uint32_t entry, last_page, size;
    memcpy(&size, block + 0x0C, 4);
    memcpy(&entry, block + 0x28, 4);
    memcpy(&last_page, block + 0xF8, 4);
    ck_assert_uint_eq(size, BOOT_APP_SIZE_MAX);
    ck_assert_mem_eq(block + entry, "BTAPENT", 8);
    ck_assert_uint_eq(last_page, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boot application block");
    TCase *tests = tcase_create("block");
    tcase_add_test(tests, three_regions);
    tcase_add_test(tests, most_regions);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
