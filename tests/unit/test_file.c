/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as extents: slicing, joining, patching and reading, against plain arrays as the oracle. */
#include "tests/unit/unit.h"

#include <string.h>

#include "files/file.h"

enum { SIZE_MAX_HERE = 300 };

struct counting_reader {
    struct reader reader;
    const uint8_t *bytes;
    unsigned reads;
};

static int counting_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                         struct error *error)
{
    struct counting_reader *counting = (struct counting_reader *)reader;
    counting->reads++;
    memcpy(buffer, counting->bytes + offset, length);
    return 0;
}

static int failing_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                        struct error *error)
{
    return error_set(error, "the cable is out");
}

static void check_equal(const struct file *file, const uint8_t *expected, size_t size)
{
    struct error error;
    uint8_t bytes[SIZE_MAX_HERE * 8];
    ck_assert_uint_eq(file->size, size);
    ck_assert_int_eq(file_read(file, 0, bytes, size, &error), 0);
    ck_assert_mem_eq(bytes, expected, size);
    uint64_t offset = 0;
    for (size_t i = 0; i < file->extent_count; i++) {
        ck_assert_uint_eq(file->extents[i].offset, offset);
        ck_assert_uint_gt(file->extents[i].length, 0);
        offset += file->extents[i].length;
    }
    ck_assert_uint_eq(offset, size);
}

/* 2000 random slices, joins and patches, each compared with the same done on an array. */
START_TEST(random_operations)
{
    static uint8_t base[SIZE_MAX_HERE];
    struct pool *pool = pool_create();
    struct error error;
    srand(1);
    for (size_t i = 0; i < sizeof(base); i++) {
        base[i] = (uint8_t)rand();
    }
    struct counting_reader reader = {.reader = {.read = counting_read}, .bytes = base};
    for (int round = 0; round < 2000; round++) {
        const struct file *pieces[4];
        uint8_t expected[SIZE_MAX_HERE * 8];
        size_t size = 0;
        for (size_t i = 0; i < 4; i++) {
            struct file *whole = i == 0 ? file_from_memory(pool, "m", base, sizeof(base))
                                 : i == 1
                                     ? file_from_zeros(pool, "z", sizeof(base))
                                     : file_from_reader(pool, "r", &reader.reader, sizeof(base));
            struct file *slice;
            uint64_t offset = (uint64_t)rand() % (sizeof(base) + 1);
            uint64_t length = (uint64_t)rand() % (sizeof(base) - offset + 1);
            ck_assert_int_eq(file_slice(pool, whole, offset, length, &slice, &error), 0);
            if (i == 1) {
                memset(expected + size, 0, length);
            } else {
                memcpy(expected + size, base + offset, length);
            }
            size += length;
            pieces[i] = slice;
        }
        struct file *joined;
        ck_assert_int_eq(file_join(pool, "joined", pieces, 4, &joined, &error), 0);
        check_equal(joined, expected, size);
        if (size == 0) {
            continue;
        }
        struct file *patch, *patched;
        uint64_t at = (uint64_t)rand() % size;
        uint64_t length = (uint64_t)rand() % (size - at + 1);
        length = length > sizeof(base) ? sizeof(base) : length;
        patch = file_from_memory(pool, "p", base, length);
        ck_assert_int_eq(file_patch(pool, joined, at, patch, &patched, &error), 0);
        uint8_t before[sizeof(expected)];
        memcpy(before, expected, size);
        memcpy(expected + at, base, length);
        check_equal(patched, expected, size);
        check_equal(joined, before, size); /* the original is untouched */
    }
    pool_destroy(pool);
}
END_TEST

START_TEST(limits_are_errors)
{
    struct pool *pool = pool_create();
    struct error error;
    uint8_t bytes[10] = {0};
    struct file *file = file_from_memory(pool, "boot.wim", bytes, sizeof(bytes)), *result;
    ck_assert_int_eq(file_slice(pool, file, 11, 0, &result, &error), -1);
    ck_assert_int_eq(file_slice(pool, file, 5, 6, &result, &error), -1);
    ck_assert_int_eq(file_slice(pool, file, 5, UINT64_MAX, &result, &error), -1);
    ck_assert_int_eq(file_slice(pool, file, UINT64_MAX, 1, &result, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "boot.wim"));
    ck_assert_int_eq(file_patch(pool, file, 5, file, &result, &error), -1);
    ck_assert_int_eq(file_read(file, 8, bytes, 3, &error), -1);
    ck_assert_ptr_null(file_view(file, 8, 3));
    ck_assert_ptr_eq(file_view(file, 8, 2), bytes + 8);
    const struct file *huge[2] = {file_from_zeros(pool, "a", FILE_SIZE_MAX), file};
    ck_assert_int_eq(file_join(pool, "huge", huge, 2, &result, &error), -1);
    const struct file *halves[2] = {file_from_zeros(pool, "a", UINT64_C(1) << 62),
                                    file_from_zeros(pool, "b", UINT64_C(1) << 62)};
    ck_assert_int_eq(file_join(pool, "huge", halves, 2, &result, &error), -1);
    ck_assert_int_eq(file_join(pool, "half", halves, 1, &result, &error), 0);
    /* Pieces: their number wraps to 0. */
    struct file many = {.name = "many", .size = 10, .extent_count = SIZE_MAX / 2 + 1};
    const struct file *parts[2] = {&many, &many};
    ck_assert_int_eq(file_join(pool, "many", parts, 2, &result, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "out of memory"));
    ck_assert_int_eq(file_patch(pool, &many, 0, &many, &result, &error), -1);
    pool_destroy(pool);
}
END_TEST

START_TEST(readers_fail_and_load)
{
    struct pool *pool = pool_create();
    struct error error;
    uint8_t bytes[10];
    struct reader failing = {.read = failing_read};
    struct file *file = file_from_reader(pool, "x", &failing, 10);
    ck_assert_int_eq(file_read(file, 0, bytes, 10, &error), -1);
    ck_assert_str_eq(error.text, "the cable is out");
    ck_assert_ptr_null(file_load(pool, file, &error));

    struct counting_reader reader = {.reader = {.read = counting_read},
                                     .bytes = (const uint8_t *)"0123456789"};
    file = file_from_reader(pool, "x", &reader.reader, 10);
    const void *loaded = file_load(pool, file, &error);
    ck_assert_ptr_nonnull(loaded);
    ck_assert_mem_eq(loaded, "0123456789", 10);
    ck_assert_uint_eq(reader.reads, 1);
    /* Neighbouring pieces of one source are one extent again, so one read. */
    struct file *left, *right, *joined;
    file_slice(pool, file, 0, 4, &left, &error);
    file_slice(pool, file, 4, 6, &right, &error);
    file_join(pool, "x", (const struct file *const[]){left, right}, 2, &joined, &error);
    ck_assert_uint_eq(joined->extent_count, 1);
    pool_destroy(pool);
}
END_TEST

static int released;

static void count_release(void *object)
{
    released += *(int *)object;
}

START_TEST(pools)
{
    struct pool *pool = pool_create();
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        uint8_t *memory = pool_allocate(pool, size);
        ck_assert_uint_eq((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++) {
            ck_assert_uint_eq(memory[i], 0);
        }
        memset(memory, 0xFF, size); /* the sanitizer watches the neighbours */
    }
    ck_assert_ptr_null(pool_allocate(pool, SIZE_MAX));
    ck_assert_ptr_null(memory_allocate_zeroed(SIZE_MAX / 2, 3));
    int one = 1;
    ck_assert_int_eq(pool_on_destroy(pool, count_release, &one), 0);
    ck_assert_uint_eq((uintptr_t)pool_allocate_content(pool, 5000) % 4096, 0);
    released = 0;
    pool_destroy(pool);
    ck_assert_int_eq(released, 1);
    pool_destroy(NULL);
}
END_TEST

/* Runs of several files and of zeros, compared with the same of arrays. */
START_TEST(ranges)
{
    static uint8_t base[SIZE_MAX_HERE];
    struct pool *pool = pool_create();
    struct error error;
    srand(2);
    for (size_t i = 0; i < sizeof(base); i++) {
        base[i] = (uint8_t)(rand() | 1);
    }
    const struct file *halves[] = {file_from_memory(pool, "a", base, 100),
                                   file_from_memory(pool, "b", base + 150, sizeof(base) - 150)};
    struct file *whole, *made;
    ck_assert_int_eq(file_join(pool, "whole", halves, 2, &whole, &error), 0);
    for (int round = 0; round < 1000; round++) {
        struct file_range parts[5];
        uint8_t expected[SIZE_MAX_HERE * 8];
        size_t size = 0;
        for (size_t i = 0; i < 5; i++) {
            uint64_t offset = (uint64_t)rand() % (whole->size + 1);
            uint64_t length = (uint64_t)rand() % (whole->size - offset + 1);
            bool is_hole = rand() % 4 == 0;
            parts[i] = (struct file_range){is_hole ? NULL : whole, offset, length};
            memset(expected + size, 0, length);
            if (!is_hole) {
                ck_assert_int_eq(file_read(whole, offset, expected + size, length, &error), 0);
            }
            size += length;
        }
        ck_assert_int_eq(file_from_ranges(pool, "made", parts, 5, &made, &error), 0);
        check_equal(made, expected, size);
    }
    struct file_range huge[] = {{NULL, 0, FILE_SIZE_MAX}, {NULL, 0, 1}};
    ck_assert_int_eq(file_from_ranges(pool, "made", huge, 2, &made, &error), -1);
    ck_assert_int_eq(file_from_ranges(pool, "made", huge, 1, &made, &error), 0);
    ck_assert_int_eq(file_from_ranges(pool, "made", NULL, 0, &made, &error), 0);
    ck_assert_uint_eq(made->size, 0);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");
    tcase_add_test(tests, random_operations);
    tcase_add_test(tests, ranges);
    tcase_add_test(tests, limits_are_errors);
    tcase_add_test(tests, readers_fail_and_load);
    tcase_add_test(tests, pools);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
