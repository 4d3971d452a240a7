/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives that we do not write: other writers' ways, which are read and mended, and damage of every
 * kind.
 */
#include "tests/unit/unit.h"

#include <stddef.h>
#include <stdio.h>

#include "tests/unit/hive_fixture.h"
#include "tests/unit/hive_oracle.h"
#include "tests/unit/hive_rules.h"
#include "tests/unit/hive_samples.h"

enum { BASE_SIZE = 4096, ROOT = BASE_SIZE + 0x20 };

/* ---- other writers' ways ---- */

static void put32(uint8_t *bytes, uint32_t value)
{
    memcpy(bytes, &value, 4);
}

/* Make the base block's checksum right again. */
static void seal(uint8_t *hive)
{
    uint32_t sum = 0;
    for (size_t offset = 0; offset < 0x1FC; offset += 4) {
        sum ^= rules_u32(hive + offset);
    }
    put32(hive + 0x1FC, sum == 0 ? 1 : sum == ~0u ? ~1u : sum);
}

/* A written hive with two keys below its root, b and a's parent "Objects", to be damaged. */
static uint8_t *small_hive(size_t *size)
{
    const uint8_t *bytes;
    struct hive *hive = hive_create(pool, "root");
    struct hive_key *alpha = hive_add_key(hive, hive->root, "alpha");
    hive_add_key(hive, hive->root, "beta");
    hive_add_key(hive, alpha, "gamma");
    hive_set_value(hive, alpha, "short", HIVE_DWORD, "1234", 4);
    hive_set_value(hive, alpha, "long", HIVE_BINARY, "0123456789", 10);
    write_hive(hive, &bytes, size);
    uint8_t *copy = pool_allocate(pool, *size);
    memcpy(copy, bytes, *size);
    return copy;
}

/* Where the list of the root's subkeys is in the file. */
static uint8_t *root_list(uint8_t *hive)
{
    return hive + BASE_SIZE + rules_u32(hive + ROOT + 4 + 0x1C) + 4;
}

static uint8_t *alpha_key(uint8_t *hive)
{
    return hive + BASE_SIZE + rules_u32(root_list(hive) + 4) + 4;
}

START_TEST(what_can_be_mended_is_a_warning)
{
    static const struct {
        size_t offset;
        uint32_t value;
        bool sealed;
        const char *warning;
    } damages[] = {
        {0x1FC, 12345, false, "checksum"},
        {0x04, 77, true, "was writing"},
        {0x18, 2, true, "version"},
        {0x18, 6, true, "version"},
        {ROOT + 4 + 0x2C, 0xFFFFFFFF, true, "no security descriptor"},
        {ROOT + 4 + 0x2C, 0x20, true, "no security descriptor"},
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        size_t size, written_size;
        const uint8_t *written;
        uint8_t *bytes = small_hive(&size);
        put32(bytes + damages[i].offset, damages[i].value);
        if (damages[i].sealed) {
            seal(bytes);
        }
        struct hive *hive = read_hive(bytes, size);
        ck_assert_ptr_nonnull(hive->warning);
        ck_assert_msg(strstr(hive->warning, damages[i].warning) != NULL, "%s", hive->warning);
        write_hive(hive, &written, &written_size);
        hive_rules_check(written, written_size);
        ck_assert_ptr_null(read_hive(written, written_size)->warning);
    }
}
END_TEST

START_TEST(unsorted_lists_are_read_and_sorted)
{
    size_t size;
    uint8_t *bytes = small_hive(&size), entry[8];
    uint8_t *list = root_list(bytes);
    memcpy(entry, list + 4, 8);
    memcpy(list + 4, list + 12, 8);
    memcpy(list + 12, entry, 8);
    memset(list + 8, 0xEE, 4); /* and a wrong hint */
    struct hive *hive = read_hive(bytes, size);
    ck_assert_ptr_nonnull(hive->warning);
    ck_assert_str_eq(hive_first_child(hive->root)->name, "alpha");
    ck_assert_str_eq(hive->root->last_child->name, "beta");
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
}
END_TEST

START_TEST(many_unsorted_keys_are_sorted)
{
    enum { COUNT = 300 };
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, "root");
    for (unsigned i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof(name), "key%05u", i * 7919 % COUNT);
        ck_assert_ptr_nonnull(hive_add_key(hive, hive->root, name));
    }
    ck_assert_uint_eq(hive->root->child_count, COUNT);
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    uint8_t *copy = pool_allocate(pool, size), *list;
    memcpy(copy, bytes, size);
    list = root_list(copy);
    for (unsigned i = 0; i < COUNT / 2; i++) { /* backwards */
        uint8_t entry[8];
        memcpy(entry, list + 4 + 8 * i, 8);
        memcpy(list + 4 + 8 * i, list + 4 + 8 * (COUNT - 1 - i), 8);
        memcpy(list + 4 + 8 * (COUNT - 1 - i), entry, 8);
    }
    hive = read_hive(copy, size);
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, COUNT);
}
END_TEST

START_TEST(two_keys_of_one_name_count_once)
{
    size_t size;
    uint8_t *bytes = small_hive(&size);
    memcpy(bytes + BASE_SIZE + rules_u32(root_list(bytes) + 12) + 4 + 0x48, "\5\0\0\0alpha", 9);
    struct hive *hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, 1);
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
}
END_TEST

START_TEST(lists_of_lists_are_read)
{
    size_t size;
    uint8_t *bytes = small_hive(&size);
    /* The free cell at the end becomes an li with both keys, and the lf an ri with that li. */
    uint8_t *list = root_list(bytes);
    uint32_t cell = 0x20;
    while ((int32_t)rules_u32(bytes + BASE_SIZE + cell) < 0) {
        cell += 0 - rules_u32(bytes + BASE_SIZE + cell);
    }
    uint32_t rest = rules_u32(bytes + BASE_SIZE + cell);
    put32(bytes + BASE_SIZE + cell, (uint32_t)-16);
    put32(bytes + BASE_SIZE + cell + 16, rest - 16);
    memcpy(bytes + BASE_SIZE + cell + 4, "li\2", 4);
    memcpy(bytes + BASE_SIZE + cell + 8, list + 4, 4);
    memcpy(bytes + BASE_SIZE + cell + 12, list + 12, 4);
    memcpy(list, "ri\1", 4);
    put32(list + 4, cell);
    struct hive *hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, 2);
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
    ck_assert_ptr_nonnull(hive_find(hive->root, "beta"));
    /* An ri below an ri is never written: refuse it. */
    memcpy(bytes + BASE_SIZE + cell + 4, "ri", 2);
    ck_assert_int_eq(hive_read(pool, bytes, size, &hive, &error), -1);
}
END_TEST

START_TEST(segmented_data_are_put_together)
{
    enum { SIZE = 16344 * 2 + 1000, BIN = 16384 };
    static uint8_t bytes[BASE_SIZE + 4096 + 4 * BIN];
    size_t small_size;
    uint8_t *small = small_hive(&small_size);
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, small, small_size);
    uint8_t *bins = bytes + BASE_SIZE;
    uint32_t segments[3];
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t bin = 4096 + i * BIN;
        memcpy(bins + bin, "hbin", 4);
        put32(bins + bin + 4, bin);
        put32(bins + bin + 8, BIN);
        if (i < 3) {
            put32(bins + bin + 0x20, 0u - (BIN - 0x20));
            segments[i] = bin + 0x20;
            for (uint32_t k = 0; k < 16344; k++) {
                bins[bin + 0x24 + k] = (uint8_t)(i * 7 + k % 253);
            }
        } else {
            put32(bins + bin + 0x20, 0u - 16);
            memcpy(bins + bin + 0x24, "db\3", 4);
            put32(bins + bin + 0x28, bin + 0x30);
            put32(bins + bin + 0x30, 0u - 16);
            memcpy(bins + bin + 0x34, segments, 12);
            put32(bins + bin + 0x40, BIN - 0x40);
            /* The value "long" of alpha now has these data. */
            uint8_t *values = bins + rules_u32(alpha_key(bytes) + 0x28) + 4;
            uint8_t *vk = bins + rules_u32(values + 4) + 4;
            put32(vk + 4, SIZE);
            put32(vk + 8, bin + 0x20);
        }
    }
    put32(bytes + 0x18, 5);
    put32(bytes + 0x28, sizeof(bytes) - BASE_SIZE);
    seal(bytes);
    struct hive *hive = read_hive(bytes, sizeof(bytes));
    struct hive_value *value = hive_find_value(hive_find(hive->root, "alpha"), "long");
    ck_assert_uint_eq(value->size, SIZE);
    for (uint32_t i = 0; i < SIZE; i++) {
        ck_assert_uint_eq(value->data[i], (uint8_t)(i / 16344 * 7 + i % 16344 % 253));
    }
    hive_h *oracle = oracle_open(bytes, sizeof(bytes), 0);
    compare_key(oracle, hivex_root(oracle), hive->root);
    hivex_close(oracle);
    memcpy(bins + 4096 + 3 * BIN + 0x24, "db\2", 4);
    ck_assert_int_eq(hive_read(pool, bytes, sizeof(bytes), &hive, &error), -1);
    ck_assert_msg(strstr(error.text, "segments") != NULL, "%s", error.text);
}
END_TEST

START_TEST(class_names_and_tail_junk_are_kept_and_dropped)
{
    size_t size, written_size;
    const uint8_t *written;
    struct hive *hive = hive_create(pool, "root");
    hive->root->class_name = (const uint8_t *)"c\0l\0s\0";
    hive->root->class_size = 6;
    hive->root->timestamp = 0x0123456789ABCDEF;
    write_hive(hive, &written, &written_size);
    hive_rules_check(written, written_size);
    size = written_size + 333;
    uint8_t *bytes = pool_allocate(pool, size);
    memcpy(bytes, written, written_size);
    hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->class_size, 6);
    ck_assert_mem_eq(hive->root->class_name, "c\0l\0s\0", 6);
    ck_assert_uint_eq(hive->root->timestamp, 0x0123456789ABCDEF);
}
END_TEST

/* ---- damage ---- */

START_TEST(damage_is_named_with_its_place)
{
    enum where { FILE_START, ROOT_KEY, ROOT_LIST, ALPHA, ALPHA_VALUES, SHORT, LONG };
    static const struct {
        enum where where;
        ptrdiff_t offset;
        uint32_t value;
        const char *text;
    } damages[] = {
        {FILE_START, 0x00, 0x12345678, "not a registry hive"},
        {FILE_START, 0x1C, 1, "registry log"},
        {FILE_START, 0x14, 2, "version 2.3"},
        {FILE_START, 0x18, 7, "version 1.7"},
        {FILE_START, 0x20, 0, "not known"},
        {FILE_START, 0x28, 0, "is impossible"},
        {FILE_START, 0x28, 4097, "is impossible"},
        {FILE_START, 0x28, 0xFFFFF000, "is impossible"},
        {FILE_START, 0x28, 8192, "4096 are missing"},
        {FILE_START, 0x24, 0x24, "a key should be here"},
        {FILE_START, 0x24, 0xFFFFFFFF, "offset 0x100000fff: a key should be here"},
        {FILE_START, 0x24, 0x1000, "a key should be here"},
        {FILE_START, 0x1000, 0, "offset 0x1000: a bin should start here"},
        {FILE_START, 0x1008, 0, "offset 0x1000: this bin's size"},
        {FILE_START, 0x1008, 0x2000, "offset 0x1000: this bin's size"},
        {FILE_START, 0x1008, 0x800, "offset 0x1000: this bin's size"},
        {ROOT_KEY, -4, 0, "no cell starts here"},
        {ROOT_KEY, -4, 0x60, "no cell starts here"},
        {ROOT_KEY, -4, 0xFFFFE000, "no cell starts here"},
        {ROOT_KEY, 0x00, 0, "offset 0x1020: a key should be here (\"nk\")"},
        {ROOT_KEY, 0x48, 0x0000FFFF, "name is longer than its cell"},
        {ROOT_KEY, 0x1C, 0x28, "a list of subkeys should be here"},
        {ROOT_KEY, 0x1C, 0x20, "used twice"},
        {ROOT_LIST, 0x00, 0x00025858, "a list of subkeys should be here"},
        {ROOT_LIST, 0x00, 0xFFFF666C, "list of subkeys is longer than its cell"},
        {ROOT_LIST, 0x04, 0x20, "a key should be here"},
        {ALPHA, 0x4C, 0, "holds a NUL"},
        {ALPHA, 0x24, 1000, "no room for the values"},
        {ALPHA, 0x24, 0xFFFFFFFF, "no room for the values"},
        {ALPHA, 0x28, 0, "a list of values should be here"},
        {ALPHA_VALUES, 0x04, 0x20, "a value should be here"},
        {SHORT, 0x00, 0, "a value should be here (\"vk\")"},
        {SHORT, 0x00, 0xFFFF6B76, "name is longer than its cell"},
        {SHORT, 0x04, 0x80000005, "more than 4 bytes"},
        {LONG, 0x04, 1000, "smaller than the value"},
        {LONG, 0x04, 0x7FFFFFFF, "smaller than the value"},
        {LONG, 0x08, 0x20, "a value's data should be here"},
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        size_t size;
        struct hive *hive;
        uint8_t *bytes = small_hive(&size), *at = bytes;
        uint8_t *values = bytes + BASE_SIZE + rules_u32(alpha_key(bytes) + 0x28) + 4;
        switch (damages[i].where) {
        case FILE_START:
            break;
        case ROOT_KEY:
            at = bytes + ROOT + 4;
            break;
        case ROOT_LIST:
            at = root_list(bytes);
            break;
        case ALPHA:
            at = alpha_key(bytes);
            break;
        case ALPHA_VALUES:
            at = values;
            break;
        case SHORT:
            at = bytes + BASE_SIZE + rules_u32(values) + 4;
            break;
        case LONG:
            at = bytes + BASE_SIZE + rules_u32(values + 4) + 4;
            break;
        }
        put32(at + damages[i].offset, damages[i].value);
        ck_assert_msg(hive_read(pool, bytes, size, &hive, &error) == -1, "case %zu was read", i);
        ck_assert_msg(strstr(error.text, damages[i].text) != NULL, "case %zu: %s", i, error.text);
    }
}
END_TEST

START_TEST(every_truncation_is_noticed)
{
    size_t size;
    uint8_t *bytes = sample_load("tests/data/bcd/BCD.scratch-v13", &size);
    for (size_t cut = 0; cut < size; cut += cut < 600 ? 1 : 97) {
        struct hive *hive;
        uint8_t *copy = malloc(cut ? cut : 1); /* of the exact size, for the address sanitizer */
        memcpy(copy, bytes, cut);
        ck_assert_int_eq(hive_read(pool, copy, cut, &hive, &error), -1);
        if (cut >= BASE_SIZE) {
            char expected[64];
            snprintf(expected, sizeof(expected), "%zu are missing", size - cut);
            ck_assert_msg(strstr(error.text, expected) != NULL, "%s", error.text);
        }
        free(copy);
    }
    free(bytes);
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, "root"), *again;
    struct hive_key *key = hive->root;
    for (int depth = 0; depth < HIVE_DEPTH_MAX; depth++) {
        key = hive_add_key(hive, key, "k");
    }
    write_hive(hive, &bytes, &size);
    ck_assert_int_eq(hive_read(pool, bytes, size, &again, &error), 0);
    hive_add_key(hive, key, "k");
    write_hive(hive, &bytes, &size);
    ck_assert_int_eq(hive_read(pool, bytes, size, &again, &error), -1);
    ck_assert_msg(strstr(error.text, "nested") != NULL, "%s", error.text);
}
END_TEST

START_TEST(random_damage_never_breaks_the_reader)
{
    size_t size;
    uint8_t *bytes = sample_load("tests/data/bcd/BCD.menu", &size);
    uint8_t *copy = malloc(size);
    unsigned read = 0;
    for (unsigned round = 0; round < 700; round++) {
        struct pool *own = pool_create();
        struct hive *hive;
        random_state = round + 1;
        memcpy(copy, bytes, size);
        for (unsigned i = 1 + random_below(4); i > 0; i--) {
            copy[BASE_SIZE + random_below((uint32_t)size - BASE_SIZE)] = (uint8_t)random_below(256);
        }
        if (hive_read(own, copy, size, &hive, &error) == 0) {
            const void *written;
            size_t written_size;
            ck_assert_int_eq(hive_write(hive, &written, &written_size, &error), 0);
            hive_rules_check(written, written_size);
            read++;
        }
        pool_destroy(own);
    }
    ck_assert_uint_gt(read, 100);
    ck_assert_uint_lt(read, 700);
    free(copy);
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hive_damaged");
    TCase *tests = tcase_create("hive_damaged");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, what_can_be_mended_is_a_warning);
    tcase_add_test(tests, unsorted_lists_are_read_and_sorted);
    tcase_add_test(tests, many_unsorted_keys_are_sorted);
    tcase_add_test(tests, two_keys_of_one_name_count_once);
    tcase_add_test(tests, lists_of_lists_are_read);
    tcase_add_test(tests, segmented_data_are_put_together);
    tcase_add_test(tests, class_names_and_tail_junk_are_kept_and_dropped);
    tcase_add_test(tests, damage_is_named_with_its_place);
    tcase_add_test(tests, every_truncation_is_noticed);
    tcase_add_test(tests, deep_nesting_is_refused);
    tcase_add_test(tests, random_damage_never_breaks_the_reader);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
