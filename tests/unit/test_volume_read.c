/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the synthesised volume, as only we can see it: its own sectors, the readers of files, and
 * reads of any size at any place.
 */
#include "tests/unit/volume_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/little_endian.h"
#include "tests/unit/unit.h"

START_TEST(system_sectors)
{
    uint8_t disk[160 * SECTOR_SIZE], *partition = disk + 128 * SECTOR_SIZE;
    build();
    ck_assert_int_eq(volume_read(volume, 0, 160, disk, &error), 0);
    ck_assert_uint_eq(get_u32(disk + 0x1B8), 0x1A2B3C4D);
    ck_assert_uint_eq(get_u16(disk + 510), 0xAA55);
    ck_assert_uint_eq(get_u32(disk + 0x1C6), 128);
    ck_assert_uint_eq(get_u32(disk + 0x1CA), volume->sector_count - 128);
    ck_assert_uint_eq(disk[0x1C2], 0x0C);
    ck_assert_mem_eq(partition, "\xEB\x58\x90", 3);
    ck_assert_mem_eq(partition, partition + 6 * SECTOR_SIZE, 3 * SECTOR_SIZE);
    for (size_t i = 9 * SECTOR_SIZE; i < 32 * SECTOR_SIZE; i++) {
        ck_assert_uint_eq(partition[i], 0);
    }
}
END_TEST

/* A reader over `content` that counts its calls. */
struct test_reader {
    struct reader reader;
    unsigned reads, loads;
    bool broken;
};

static int test_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                     struct error *failure)
{
    struct test_reader *test = (struct test_reader *)reader;
    test->reads++;
    if (test->broken) {
        return error_set(failure, "the stick was pulled out");
    }
    ck_assert_uint_le(offset, sizeof(content));
    ck_assert_uint_le(length, sizeof(content) - offset);
    memcpy(buffer, content + offset, length);
    return 0;
}

static const void *test_load(struct reader *reader, struct error *failure)
{
    struct test_reader *test = (struct test_reader *)reader;
    test->loads++;
    if (test->broken) {
        error_set(failure, "SHA-1 differs");
        return NULL;
    }
    return content;
}

START_TEST(readers)
{
    struct test_reader lazy = {.reader = {.read = test_read, .load = NULL}};
    struct test_reader loaded = {.reader = {.read = test_read, .load = test_load}};
    struct file *first, *second, *lazy_file = file_from_reader(pool, "lazy", &lazy.reader, 40000);
    struct file *whole = file_from_reader(pool, "loaded", &loaded.reader, 40000);
    ck_assert_int_eq(file_slice(pool, lazy_file, 100, 30000, &first, &error), 0);
    ck_assert_int_eq(file_slice(pool, whole, 100, 30000, &second, &error), 0);
    add("lazy", first);
    add("loaded", second);
    add("again\\loaded", second);
    build();
    ck_assert_uint_eq(loaded.loads, 1);
    ck_assert_uint_eq(lazy.reads + loaded.reads, 0);
    uint8_t bytes[60 * SECTOR_SIZE];
    static const char *const names[] = {"lazy", "loaded", "again\\loaded"};
    for (size_t i = 0; i < 3; i++) {
        uint32_t lba = cluster_lba(tree_find(tree, names[i])->first_cluster);
        ck_assert_int_eq(volume_read(volume, lba, 60, bytes, &error), 0);
        ck_assert_mem_eq(bytes, content + 100, 30000);
        ck_assert_uint_eq(bytes[30000], 0);
    }
    ck_assert_uint_eq(loaded.reads, 0);
    lazy.broken = true;
    uint32_t lba = cluster_lba(tree_find(tree, "lazy")->first_cluster);
    ck_assert_int_eq(volume_read(volume, lba, 1, bytes, &error), -1);
    ck_assert_str_eq(error.text, "the stick was pulled out");
    loaded.broken = true;
    ck_assert_int_eq(volume_build(pool, tree, &options, &volume, &error), -1);
    ck_assert_str_eq(error.text, "SHA-1 differs");
}
END_TEST

START_TEST(kept_readers_fetch_what_is_asked_for)
{
    struct volume_options keeping = options;
    struct test_reader fetched = {.reader = {.read = test_read, .load = test_load}};
    uint8_t bytes[SECTOR_SIZE];
    keeping.keeps_readers = true;
    add("fetched", file_from_reader(pool, "fetched", &fetched.reader, 40000));
    ck_assert_int_eq(volume_build(pool, tree, &keeping, &volume, &error), 0);
    ck_assert_uint_eq(fetched.loads + fetched.reads, 0);
    uint32_t lba = cluster_lba(tree_find(tree, "fetched")->first_cluster);
    ck_assert_int_eq(volume_read(volume, lba + 3, 1, bytes, &error), 0);
    ck_assert_mem_eq(bytes, content + 3 * SECTOR_SIZE, SECTOR_SIZE);
    ck_assert_uint_eq(fetched.reads, 1);
    fetched.broken = true;
    ck_assert_int_eq(volume_read(volume, lba, 1, bytes, &error), -1);
    ck_assert_str_eq(error.text, "the stick was pulled out");
}
END_TEST

static void copy_from_high_memory(void *to, uint64_t address, size_t length)
{
    ck_assert_uint_ge(address, 0x123400000000);
    memcpy(to, content + (address - 0x123400000000), length);
}

START_TEST(addresses_that_pointers_do_not_reach)
{
    add("high", file_of(0, 70000));
    build();
    uint8_t bytes[137 * SECTOR_SIZE];
    /* The platform has moved the file; the directory, which is part of the volume, stays. */
    uint8_t *low = (uint8_t *)volume;
    for (uint32_t i = 0; i < volume->extent_count; i++) {
        struct volume_extent *extent = &volume->extents[i];
        uintptr_t address = (uintptr_t)extent->address;
        bool is_directory = address - (uintptr_t)low < volume->size;
        ck_assert(is_directory == (extent->length != 70000));
        if (!is_directory) {
            extent->address = 0x123400000000;
        }
    }
    uint32_t lba = cluster_lba(tree_find(tree, "high")->first_cluster);
    volume->copy = copy_from_high_memory;
    ck_assert_int_eq(volume_read(volume, lba, 137, bytes, &error), 0);
    ck_assert_mem_eq(bytes, content, 70000);
}
END_TEST

START_TEST(any_place_any_length)
{
    /* A file of hundreds of pieces with odd borders, at two paths, between others. */
    static uint8_t all[1024 * SECTOR_SIZE], some[1024 * SECTOR_SIZE];
    struct test_reader reader = {.reader = {.read = test_read, .load = NULL}};
    struct file *parts[400], *patched;
    uint32_t random = 7, size = 0;
    for (size_t i = 0; i < 400; i++) {
        random = random * 1664525 + 1013904223;
        size_t length = 1 + (random >> 8) % 700;
        parts[i] = random >> 30 == 0   ? file_from_zeros(pool, "zeros", length)
                   : random >> 30 == 1 ? file_from_reader(pool, "reader", &reader.reader, length)
                                       : file_of(random >> 16, length);
        size += (uint32_t)length;
    }
    ck_assert_int_eq(
        file_join(pool, "patched", (const struct file *const *)parts, 400, &patched, &error), 0);
    add("before", file_of(3, 33000));
    add("patched", patched);
    add("empty", file_of(0, 0));
    add("after", file_of(1, 1));
    add("d\\patched", patched);
    build();
    static uint8_t expected[400 * 700];
    ck_assert_int_eq(file_read(patched, 0, expected, size, &error), 0);

    uint32_t count =
        cluster_lba(volume->chains[volume->chain_count].first_cluster + 1) - volume->data_lba;
    ck_assert_uint_le(count, 1024 * 3);
    count = count < 1024 ? count : 1024;
    ck_assert_int_eq(volume_read(volume, volume->data_lba, count, all, &error), 0);
    uint32_t start = cluster_lba(tree_find(tree, "patched")->first_cluster) - volume->data_lba;
    ck_assert_mem_eq(all + start * SECTOR_SIZE, expected, size);
    for (unsigned i = 0; i < 3000; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t first = (random >> 8) % count;
        uint32_t length = 1 + (random >> 20) % (i % 2 ? 4 : 300);
        length = length < count - first ? length : count - first;
        memset(some, 0xEE, sizeof(some));
        ck_assert_int_eq(volume_read(volume, volume->data_lba + first, length, some, &error), 0);
        ck_assert_mem_eq(some, all + first * SECTOR_SIZE, length * SECTOR_SIZE);
        ck_assert_uint_eq(some[length * SECTOR_SIZE], 0xEE);
    }
    /* Across the border between FAT and data. */
    ck_assert_int_eq(volume_read(volume, volume->data_lba - 3, 6, some, &error), 0);
    ck_assert_mem_eq(some + 3 * SECTOR_SIZE, all, 3 * SECTOR_SIZE);
}
END_TEST

START_TEST(same_input_same_disk)
{
    static uint8_t disks[2][1000 * SECTOR_SIZE];
    char path[40];
    for (unsigned round = 0; round < 2; round++) {
        struct tree *fresh = tree_create(pool);
        for (unsigned i = 0; i < 300; i++) {
            snprintf(path, sizeof(path), "%s\\some name %u", i % 2 ? "a" : "b", i);
            ck_assert_int_eq(tree_add(fresh, path, file_of(i, i), &error), 0);
        }
        ck_assert_int_eq(volume_build(pool, fresh, &options, &volume, &error), 0);
        ck_assert_int_eq(volume_read(volume, 0, 1000, disks[round], &error), 0);
    }
    ck_assert_mem_eq(disks[0], disks[1], sizeof(disks[0]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("volume_read");
    TCase *tests = tcase_create("volume_read");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, system_sectors);
    tcase_add_test(tests, readers);
    tcase_add_test(tests, kept_readers_fetch_what_is_asked_for);
    tcase_add_test(tests, addresses_that_pointers_do_not_reach);
    tcase_add_test(tests, any_place_any_length);
    tcase_add_test(tests, same_input_same_disk);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
