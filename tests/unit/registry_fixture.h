/* SPDX-License-Identifier: BSD-2-Clause */
/* Hives that are edited in place: opened, changed and judged, with tests that fail where that does.
 */
#ifndef TESTS_REGISTRY_FIXTURE_H
#define TESTS_REGISTRY_FIXTURE_H

#include "base/little_endian.h"
#include "hive/hive_format.h"
#include "hive/registry.h"
#include "tests/unit/hive_fixture.h"
#include "tests/unit/hive_oracle.h"
#include "tests/unit/hive_samples.h"

static inline struct registry *open_registry(const void *bytes, size_t size)
{
    struct registry *registry = NULL;
    int result = registry_open(pool, bytes, size, NULL, 0, &registry, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return registry;
}

/* The finished hive in one piece. */
static inline uint8_t *finished(struct registry *registry, size_t *size)
{
    size_t count = registry_pieces(registry, NULL);
    struct registry_piece *pieces = pool_allocate_array(pool, count, sizeof(*pieces));
    ck_assert_uint_eq(registry_pieces(registry, pieces), count);
    *size = 0;
    for (size_t i = 0; i < count; i++) {
        *size += pieces[i].size;
    }
    uint8_t *bytes = pool_allocate(pool, *size), *to = bytes;
    for (size_t i = 0; i < count; i++) {
        memcpy(to, pieces[i].bytes, pieces[i].size);
        to += pieces[i].size;
    }
    return bytes;
}

static inline uint32_t make_key(struct registry *registry, const char *path)
{
    uint32_t key = REGISTRY_NONE;
    ck_assert_msg(registry_make(registry, path, &key, &error) == 0, "%s", error.text);
    ck_assert_uint_ne(key, REGISTRY_NONE);
    return key;
}

static inline uint32_t find_key(struct registry *registry, const char *path)
{
    uint32_t key = 0;
    ck_assert_msg(registry_find(registry, path, &key, &error) == 0, "%s", error.text);
    return key;
}

static inline void set_value(struct registry *registry, uint32_t key, const char *name,
                             uint32_t type, const void *data, size_t size)
{
    ck_assert_msg(registry_set_value(registry, key, name, type, data, size, &error) == 0, "%s",
                  error.text);
}

/* What hivex and the strict reader find is what the tree has. */
static inline void judge(struct registry *registry, struct hive *expected)
{
    size_t size;
    uint8_t *bytes = finished(registry, &size);
    hive_h *oracle = oracle_open(bytes, size, 0);
    compare_key(oracle, hivex_root(oracle), expected->root);
    put_u32(bytes + BASE_MINOR, 5); /* others are worth a warning, for boot managers */
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    struct hive *strict = read_hive(bytes, size);
    ck_assert_ptr_null(strict->warning);
    compare_key(oracle, hivex_root(oracle), strict->root);
    hivex_close(oracle);
}

#endif
