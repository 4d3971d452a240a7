/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of hives share: a pool for each test, hives read and written, random numbers. */
#ifndef TESTS_HIVE_FIXTURE_H
#define TESTS_HIVE_FIXTURE_H

#include <check.h>

#include "hive/hive.h"
#include "tests/unit/pool_fixture.h"

static inline struct hive *read_hive(const void *bytes, size_t size)
{
    struct hive *hive = NULL;
    int result = hive_read(pool, bytes, size, &hive, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return hive;
}

static inline void write_hive(struct hive *hive, const uint8_t **bytes, size_t *size)
{
    const void *written;
    int result = hive_write(hive, &written, size, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    *bytes = written;
}

static uint32_t random_state;

static inline uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

#endif
