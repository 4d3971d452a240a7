/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of BCD stores share: a pool for each test, and stores opened and looked into. */
#ifndef TESTS_BCD_SAMPLES_H
#define TESTS_BCD_SAMPLES_H

#include "bcd/bcd.h"
#include "tests/unit/hive_samples.h"
#include "tests/unit/pool_fixture.h"

static inline struct file *memory_file(const void *bytes, size_t size)
{
    void *copy = pool_allocate(pool, size + 1);
    memcpy(copy, bytes, size);
    return file_from_memory(pool, "BCD", copy, size);
}

static inline struct file *sample_file(const char *name)
{
    size_t size;
    uint8_t *bytes = sample_load(name, &size);
    struct file *file = memory_file(bytes, size);
    free(bytes);
    return file;
}

static inline struct bcd *open_store(const struct file *file)
{
    struct bcd *bcd = NULL;
    int result = bcd_open(pool, file, &bcd, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return bcd;
}

static inline struct bcd *open_sample(const char *name)
{
    return open_store(sample_file(name));
}

static inline struct hive_key *object(struct bcd *bcd, const char *id)
{
    struct hive_key *key = bcd_find_object(bcd, id);
    ck_assert_msg(key != NULL, "no object %s", id);
    return key;
}

static inline const char *string_of(const struct hive_key *key, uint32_t element)
{
    const struct hive_value *value = bcd_find_element(key, element);
    return value ? bcd_get_string(pool, value) : NULL;
}

static inline const uint8_t *bytes_of(const struct file *file)
{
    return file_load(pool, file, &error);
}

#endif
