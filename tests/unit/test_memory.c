/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory: products that overflow, pools, the heap of Lua; and that the sanitizer, where there is
 * one, sees each byte outside each piece. */
#include "tests/unit/unit.h"

#include <sanitizer/asan_interface.h>
#include <string.h>

#include "base/memory.h"
#include "base/sanitizer.h"
#include "lua/heap.h"

static const size_t sizes[] = {1, 7, 8, 15, 16, 17, 33, 511, 512, 513, 4096, 8192, 8193, 70000};

enum { SIZE_COUNT = sizeof(sizes) / sizeof(sizes[0]) };

/* Whether an access to this byte would be noticed. */
static bool is_watched(const uint8_t *byte)
{
    return !ADDRESS_SANITIZER || __asan_address_is_poisoned(byte);
}

/* Every byte of a piece can be used, and none after it. */
static void check_watched(uint8_t *piece, size_t size)
{
    ck_assert_ptr_nonnull(piece);
    ck_assert_uint_eq((uintptr_t)piece % 16, 0);
    memset(piece, 0xa5, size);
    ck_assert_msg(is_watched(piece + size), "the byte after %zu is not watched", size);
}

START_TEST(pieces_of_pools_are_watched)
{
    struct pool *pool = pool_create();
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        check_watched(pool_allocate(pool, sizes[i]), sizes[i]);
        check_watched(pool_allocate_content(pool, sizes[i]), sizes[i]);
    }
    pool_destroy(pool);
}
END_TEST

START_TEST(pieces_of_lua_are_watched)
{
    struct lua_heap heap;
    lua_heap_open(&heap, 1 << 20);
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        uint8_t *piece = lua_heap_allocate(&heap, NULL, 0, sizes[i]);
        check_watched(piece, sizes[i]);
        piece = lua_heap_allocate(&heap, piece, sizes[i], sizes[i] + 1);
        check_watched(piece, sizes[i] + 1);
        ck_assert_ptr_null(lua_heap_allocate(&heap, piece, sizes[i] + 1, 0));
        ck_assert_msg(is_watched(piece), "freed %zu is not watched", sizes[i] + 1);
    }
    ck_assert_uint_eq(heap.used, 0);
    lua_heap_close(&heap);
}
END_TEST

START_TEST(heap_of_lua_keeps_its_limit)
{
    struct lua_heap heap;
    lua_heap_open(&heap, 1000);
    void *piece = lua_heap_allocate(&heap, NULL, 0, 600);
    ck_assert_ptr_nonnull(piece);
    ck_assert_ptr_null(lua_heap_allocate(&heap, NULL, 0, 401));
    ck_assert_ptr_null(lua_heap_allocate(&heap, NULL, 0, SIZE_MAX));
    ck_assert_ptr_null(lua_heap_allocate(&heap, piece, 600, 1001));
    piece = lua_heap_allocate(&heap, piece, 600, 1000);
    ck_assert_ptr_nonnull(piece);
    ck_assert_uint_eq(heap.used, 1000);
    lua_heap_close(&heap);
}
END_TEST

START_TEST(products_that_overflow_are_refused)
{
    ck_assert_ptr_null(memory_allocate_zeroed(SIZE_MAX / 8 + 5, 8));
    ck_assert_ptr_null(memory_allocate_zeroed(8, SIZE_MAX / 8 + 5));
    ck_assert_ptr_null(memory_allocate_array(SIZE_MAX / 8 + 5, 8)); /* 32, where it wraps */
    ck_assert_ptr_null(memory_allocate_array(8, SIZE_MAX / 8 + 5));
    void *memory = memory_resize_array(NULL, 2, 8);
    ck_assert_ptr_nonnull(memory);
    ck_assert_ptr_null(memory_resize_array(memory, SIZE_MAX / 8 + 5, 8));
    memory_free(memory);
    memory_free(memory_allocate_array(0, 8));
    memory_free(memory_allocate_array(8, 0));
    struct pool *pool = pool_create();
    ck_assert_ptr_null(pool_allocate_array(pool, SIZE_MAX / 8 + 5, 8));
    check_watched(pool_allocate_array(pool, 3, 8), 24);
    ck_assert_ptr_null(pool_allocate(pool, SIZE_MAX));
    ck_assert_ptr_null(pool_allocate(pool, SIZE_MAX - 40));
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, pieces_of_pools_are_watched);
    tcase_add_test(tests, pieces_of_lua_are_watched);
    tcase_add_test(tests, heap_of_lua_keeps_its_limit);
    tcase_add_test(tests, products_that_overflow_are_refused);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
