/* SPDX-License-Identifier: BSD-2-Clause */
/* Files moving under a volume: the disk must read the same afterwards. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/volume_move.c"

enum { SIZE = 100000, SECTORS = 8192 };

static uint8_t gathered[1 << 20];
static size_t gathered_size;

static void *gather(size_t size)
{
    ck_assert_uint_le(size, sizeof(gathered));
    gathered_size = size;
    return gathered;
}

static void *no_memory(size_t size)
{
    return NULL;
}

static uint8_t *read_all(const struct volume *volume)
{
    struct error error;
    uint8_t *bytes = malloc(SECTORS * SECTOR_SIZE);
    ck_assert_int_eq(volume_read(volume, 0, SECTORS, bytes, &error), 0);
    return bytes;
}

static struct volume *build(struct pool *pool, uint8_t *lasting, uint8_t *scratch)
{
    struct error error;
    struct volume *volume;
    struct file *slice, *patched;
    struct tree *tree = tree_create(pool);
    const struct volume_options volume_options = {.signature = 1};
    const struct file *big = file_from_memory(pool, "big", lasting, SIZE);
    const struct file *small = file_from_memory(pool, "small", scratch, 5000);
    ck_assert_int_eq(file_slice(pool, small, 100, 200, &slice, &error), 0);
    ck_assert_int_eq(file_patch(pool, big, 777, small, &patched, &error), 0);
    ck_assert_int_eq(tree_add(tree, "\\a\\big", big, &error), 0);
    ck_assert_int_eq(tree_add(tree, "\\b\\big", big, &error), 0);
    ck_assert_int_eq(tree_add(tree, "\\patched", patched, &error), 0);
    ck_assert_int_eq(tree_add(tree, "\\small", small, &error), 0);
    ck_assert_int_eq(tree_add(tree, "\\slice", slice, &error), 0);
    ck_assert_int_eq(volume_build(pool, tree, &volume_options, &volume, &error), 0);
    return volume;
}

START_TEST(moves)
{
    struct error error;
    struct pool *pool = pool_create();
    uint8_t *lasting = malloc(SIZE), *scratch = malloc(5000), *elsewhere = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        lasting[i] = (uint8_t)(i * 7 + i / 256);
    }
    for (size_t i = 0; i < 5000; i++) {
        scratch[i] = (uint8_t)(i * 3 + i / 99);
    }
    struct volume *volume = build(pool, lasting, scratch);
    uint8_t *before = read_all(volume);
    const struct memory_region regions[] = {
        {(uintptr_t)lasting, (uintptr_t)lasting + SIZE},
        {(uintptr_t)volume, (uintptr_t)volume + volume->size},
    };

    ck_assert_int_eq(volume_gather(volume, regions, 2, no_memory, &error), -1);
    ck_assert_int_eq(volume_gather(volume, regions, 2, gather, &error), 0);
    ck_assert_uint_eq(gathered_size, 5000); /* once, though three files show them */
    memset(scratch, 0xEE, 5000);
    free(scratch);
    uint8_t *after = read_all(volume);
    ck_assert_mem_eq(before, after, SECTORS * SECTOR_SIZE);
    free(after);

    memcpy(elsewhere, lasting, SIZE);
    volume_moved(volume, regions[0], (uintptr_t)elsewhere);
    memset(lasting, 0xEE, SIZE);
    free(lasting);
    /* The volume's own tables stay, whatever moves around them. */
    volume_moved(volume, regions[1], 0);
    after = read_all(volume);
    ck_assert_mem_eq(before, after, SECTORS * SECTOR_SIZE);
    free(after);
    free(before);
    free(elsewhere);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios volume move");
    TCase *tests = tcase_create("move");
    tcase_add_test(tests, moves);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
