/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules that a hive must obey for every boot manager since Windows 7 to take it, checked on raw
 * bytes and without any of the loader's code.
 */
#ifndef TESTS_HIVE_RULES_H
#define TESTS_HIVE_RULES_H

#include <check.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct hive_rules {
    const uint8_t *bins;
    uint32_t size;
    uint8_t *uses; /* references to the cell that starts at each 8 bytes */
    uint32_t security, keys;
};

static uint32_t rules_u32(const uint8_t *bytes)
{
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint16_t rules_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/** The data of a cell, which counts as used by its caller. */
static const uint8_t *rules_cell(struct hive_rules *rules, uint32_t cell, uint32_t least)
{
    ck_assert_uint_lt(cell, rules->size);
    ck_assert_uint_eq(cell % 8, 0);
    uint32_t stored = rules_u32(rules->bins + cell);
    ck_assert_msg(stored >= 0x80000000, "cell 0x%x is free", cell);
    ck_assert_uint_le(least + 4, 0 - stored);
    rules->uses[cell / 8]++;
    return rules->bins + cell + 4;
}

/** A key's name as UTF-16. */
static size_t rules_name(const uint8_t *nk, uint16_t units[256])
{
    size_t size = rules_u16(nk + 0x48);
    if (rules_u16(nk + 2) & 0x20) {
        for (size_t i = 0; i < size; i++) {
            units[i] = nk[0x4C + i];
        }
        return size;
    }
    memcpy(units, nk + 0x4C, size);
    return size / 2;
}

static int rules_upcase(uint16_t unit)
{
    if (unit < 0x80) {
        return toupper(unit);
    }
    if (unit == 0xFF) {
        return 0x178;
    }
    return unit >= 0xE0 && unit <= 0xFE && unit != 0xF7 ? unit - 0x20 : unit;
}

static int rules_compare(const uint8_t *left, const uint8_t *right)
{
    uint16_t l[256], r[256];
    size_t left_count = rules_name(left, l), right_count = rules_name(right, r);
    for (size_t i = 0; i < left_count && i < right_count; i++) {
        int a = rules_upcase(l[i]), b = rules_upcase(r[i]);
        if (a != b) {
            return a - b;
        }
    }
    return (int)left_count - (int)right_count;
}

static void rules_hint(const uint8_t *nk, const uint8_t *hint)
{
    uint16_t units[256];
    size_t count = rules_name(nk, units);
    uint8_t expected[4] = {0};
    for (size_t i = 0; i < 4 && i < count; i++) {
        if (units[i] > 0xFF) {
            memset(expected, 0, 4);
            break;
        }
        expected[i] = (uint8_t)units[i];
    }
    ck_assert_mem_eq(hint, expected, 4);
}

static void rules_values(struct hive_rules *rules, const uint8_t *nk)
{
    uint32_t count = rules_u32(nk + 0x24);
    if (count == 0) {
        ck_assert_uint_eq(rules_u32(nk + 0x28), 0xFFFFFFFF);
        return;
    }
    const uint8_t *list = rules_cell(rules, rules_u32(nk + 0x28), 4 * count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *vk = rules_cell(rules, rules_u32(list + 4 * i), 0x14);
        ck_assert_mem_eq(vk, "vk", 2);
        uint32_t size = rules_u32(vk + 4);
        if (size & 0x80000000) {
            ck_assert_uint_le(size & 0x7FFFFFFF, 4);
        } else {
            ck_assert_uint_gt(size, 4); /* short data lie inline, always */
        }
        if (!(size & 0x80000000)) {
            rules_cell(rules, rules_u32(vk + 8), size);
        }
        ck_assert_uint_le(size & 0x7FFFFFFF, rules_u32(nk + 0x40));
    }
}

static void rules_key(struct hive_rules *rules, uint32_t cell, uint32_t parent)
{
    const uint8_t *nk = rules_cell(rules, cell, 0x4C);
    ck_assert_mem_eq(nk, "nk", 2);
    ck_assert_uint_eq(rules_u16(nk + 2) & ~0x20, parent == 0xFFFFFFFF ? 0x0C : 0);
    ck_assert_uint_eq(rules_u32(nk + 0x10), parent);
    if (rules->keys++ == 0) {
        rules->security = rules_u32(nk + 0x2C);
    }
    ck_assert_uint_eq(rules_u32(nk + 0x2C), rules->security);
    if (rules_u16(nk + 0x4A)) {
        rules_cell(rules, rules_u32(nk + 0x30), rules_u16(nk + 0x4A));
    } else {
        ck_assert_uint_eq(rules_u32(nk + 0x30), 0xFFFFFFFF);
    }
    rules_values(rules, nk);
    uint32_t count = rules_u32(nk + 0x14);
    ck_assert_uint_eq(rules_u32(nk + 0x18), 0);
    if (count == 0) {
        ck_assert_uint_eq(rules_u32(nk + 0x1C), 0xFFFFFFFF);
        return;
    }
    const uint8_t *list = rules_cell(rules, rules_u32(nk + 0x1C), 4 + 8 * count);
    const uint8_t *previous = NULL;
    ck_assert_mem_eq(list, "lf", 2);
    ck_assert_uint_eq(rules_u16(list + 2), count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t child = rules_u32(list + 4 + 8 * i);
        rules_key(rules, child, cell);
        const uint8_t *child_nk = rules->bins + child + 4;
        rules_hint(child_nk, list + 8 + 8 * i);
        if (previous) {
            ck_assert_int_lt(rules_compare(previous, child_nk), 0);
        }
        previous = child_nk;
    }
}

/** Every byte of every bin belongs to a cell; every cell in use is used once. */
static void rules_cells(struct hive_rules *rules)
{
    for (uint32_t bin = 0; bin < rules->size;) {
        ck_assert_mem_eq(rules->bins + bin, "hbin", 4);
        ck_assert_uint_eq(rules_u32(rules->bins + bin + 4), bin);
        uint32_t size = rules_u32(rules->bins + bin + 8);
        ck_assert(size != 0 && size % 4096 == 0 && size <= rules->size - bin);
        uint32_t cell = bin + 0x20;
        while (cell < bin + size) {
            uint32_t stored = rules_u32(rules->bins + cell);
            uint32_t length = stored >= 0x80000000 ? 0 - stored : stored;
            ck_assert(length >= 8 && length % 8 == 0 && length <= bin + size - cell);
            ck_assert_uint_eq(rules->uses[cell / 8], stored >= 0x80000000);
            cell += length;
        }
        bin += size;
    }
}

/** Fail the test unless a hive obeys all rules. */
static void hive_rules_check(const uint8_t *hive, size_t size)
{
    uint32_t sum = 0;
    ck_assert_uint_ge(size, 8192);
    ck_assert_mem_eq(hive, "regf", 4);
    ck_assert_uint_eq(rules_u32(hive + 4), rules_u32(hive + 8));
    ck_assert_uint_eq(rules_u32(hive + 0x14), 1);
    ck_assert_uint_eq(rules_u32(hive + 0x18), 3);
    ck_assert_uint_eq(rules_u32(hive + 0x1C), 0);
    ck_assert_uint_eq(rules_u32(hive + 0x20), 1);
    ck_assert_uint_eq(rules_u32(hive + 0x24), 0x20);
    ck_assert_uint_eq(rules_u32(hive + 0x28), size - 4096);
    ck_assert_uint_eq(rules_u32(hive + 0x2C), 1);
    for (size_t offset = 0; offset < 0x1FC; offset += 4) {
        sum ^= rules_u32(hive + offset);
    }
    ck_assert_uint_eq(rules_u32(hive + 0x1FC), sum == 0 ? 1 : sum == ~0u ? ~1u : sum);

    struct hive_rules rules = {.bins = hive + 4096, .size = (uint32_t)size - 4096};
    rules.uses = calloc(rules.size / 8, 1);
    rules_key(&rules, 0x20, 0xFFFFFFFF);
    const uint8_t *sk = rules_cell(&rules, rules.security, 0x14);
    ck_assert_mem_eq(sk, "sk", 2);
    ck_assert_uint_eq(rules_u32(sk + 4), rules.security);
    ck_assert_uint_eq(rules_u32(sk + 8), rules.security);
    ck_assert_uint_eq(rules_u32(sk + 12), rules.keys);
    ck_assert_uint_gt(rules_u32(sk + 16), 20);
    rules_cells(&rules);
    free(rules.uses);
}

#endif
