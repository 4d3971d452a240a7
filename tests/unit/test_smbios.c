/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts out of SMBIOS tables (base/smbios.c): right ones, and damaged ones. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem() */
#endif
#include <stdint.h>
#include <string.h>

#include "base/little_endian.h"
#include "base/smbios.h"
#include "base/smbios_entry.h"
#include "tests/unit/unit.h"

/* A table as DMTF DSP0134 lays it out: BIOS, system, board, chassis, end. */
static const uint8_t sample[] = "\x00\x09\x00\x00\x01\x02\x00\x00\x03"
                                "Vendor\0"
                                "1.2.3\0"
                                "01/02/2024\0"
                                "\0"
                                "\x01\x1b\x01\x00\x01\x02\x03\x04"
                                "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
                                "\x06\x05\x06"
                                "Maker Inc.\0"
                                "  Model 7  \0"
                                "v1\0"
                                "SN42\0"
                                "SKU1\0"
                                "Family\0"
                                "\0"
                                "\x02\x08\x02\x00\x01\x02\x00\x00"
                                "Maker\0"
                                "Board X\0"
                                "\0"
                                "\x03\x09\x03\x00\x00\x00\x00\x00\x01"
                                "Asset 9\0"
                                "\0"
                                "\x7f\x04\xff\xff"
                                "\0";

static const struct smbios_field *field(const char *name)
{
    size_t i = 0;
    while (strcmp(smbios_fields[i].name, name) != 0) {
        i++;
    }
    return &smbios_fields[i];
}

static void check_fact(const char *name, const char *expected)
{
    char text[200] = "";
    smbios_fact(sample, sizeof(sample), field(name), text, sizeof(text));
    ck_assert_str_eq(text, expected);
}

START_TEST(facts_of_a_sample)
{
    check_fact("bios_vendor", "Vendor");
    check_fact("bios_version", "1.2.3");
    check_fact("bios_date", "01/02/2024");
    check_fact("manufacturer", "Maker Inc.");
    check_fact("product", "Model 7");
    check_fact("version", "v1");
    check_fact("serial", "SN42");
    check_fact("uuid", "00112233-4455-6677-8899-aabbccddeeff");
    check_fact("sku", "SKU1");
    check_fact("family", "Family");
    check_fact("board", "Board X");
    check_fact("asset_tag", "Asset 9");
}
END_TEST

START_TEST(no_table)
{
    char text[200];
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        ck_assert_uint_eq(smbios_fact(NULL, 0, &smbios_fields[i], text, sizeof(text)), 0);
    }
}
END_TEST

/* Ask for every fact of a table in memory of exactly its size: the sanitizers watch. */
static void ask_everything(const uint8_t *table, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    char text[8];
    memcpy(exact, table, size);
    ck_assert_uint_le(smbios_memory(exact, size), SMBIOS_MEMORY_MAX);
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        size_t length = smbios_fact(exact, size, &smbios_fields[i], text, sizeof(text));
        if (length > 0 && length < sizeof(text)) {
            ck_assert_uint_eq(strlen(text), length);
        }
    }
    free(exact);
}

START_TEST(cut_tables)
{
    for (size_t size = 0; size < sizeof(sample); size++) {
        ask_everything(sample, size);
    }
}
END_TEST

START_TEST(changed_tables)
{
    uint8_t changed[sizeof(sample)];
    for (size_t i = 0; i < sizeof(sample); i++) {
        static const uint8_t values[] = {0, 1, 4, 0x7f, 0xff};
        for (size_t v = 0; v < sizeof(values); v++) {
            memcpy(changed, sample, sizeof(sample));
            changed[i] = values[v];
            ask_everything(changed, sizeof(changed));
        }
    }
}
END_TEST

START_TEST(unset_uuid)
{
    uint8_t changed[sizeof(sample)];
    char text[64];
    const uint8_t *uuid = memmem(sample, sizeof(sample), "\x33\x22\x11", 3);
    memcpy(changed, sample, sizeof(sample));
    memset(changed + (uuid - sample), 0xff, 16);
    ck_assert_uint_eq(smbios_fact(changed, sizeof(changed), field("uuid"), text, sizeof(text)), 0);
}
END_TEST

/* ---- memory ---- */

/* A memory device (DSP0134 7.18) of 0x22 bytes, or of as many as are wanted, without strings. */
static size_t add_device(uint8_t *table, uint8_t length, uint8_t technology, uint16_t size,
                         uint32_t extended)
{
    memset(table, 0, 0x24);
    table[0] = 17;
    table[1] = length;
    put_u16(table + 0x0C, size);
    table[0x12] = technology;
    if (length >= 0x20) {
        put_u32(table + 0x1C, extended);
    }
    memset(table + length, 0, 2);
    return length + 2u;
}

/* A range (DSP0134 7.20): in KiB, or with UINT32_MAX for both in bytes. */
static size_t add_range(uint8_t *table, uint32_t start, uint32_t end, uint64_t extended_start,
                        uint64_t extended_end)
{
    memset(table, 0, 0x21);
    table[0] = 19;
    table[1] = 0x1F;
    put_u32(table + 4, start);
    put_u32(table + 8, end);
    put_u64(table + 0x0F, extended_start);
    put_u64(table + 0x17, extended_end);
    return 0x21;
}

enum { DDR4 = 0x1A, FLASH = 0x09 };

static uint64_t memory_of_device(uint8_t length, uint8_t technology, uint16_t size,
                                 uint32_t extended)
{
    uint8_t table[64];
    size_t table_size = add_device(table, length, technology, size, extended);
    ck_assert_uint_eq(smbios_memory(table, table_size - 1), 0); /* cut: the strings do not end */
    return smbios_memory(table, table_size);
}

START_TEST(memory_devices)
{
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 2048, 0), UINT64_C(2) << 30);
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 0x8000 | 512, 0), 512 << 10);
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 0x7FFF, 32768), UINT64_C(32) << 30);
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 0x7FFF, 0x80000000 | 65536), UINT64_C(64) << 30);
    ck_assert_uint_eq(memory_of_device(0x1B, DDR4, 1024, 0), 1 << 30);
    ck_assert_uint_eq(memory_of_device(0x1B, DDR4, 0x7FFF, 0), 0); /* too short to have it */
    ck_assert_uint_eq(memory_of_device(0x12, DDR4, 1024, 0), 0);
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 0, 0), 0);      /* an empty slot */
    ck_assert_uint_eq(memory_of_device(0x22, DDR4, 0xFFFF, 0), 0); /* unknown */
    static const uint8_t not_ram[] = {0x05, 0x08, FLASH, 0x0C, 0x1F};
    for (size_t i = 0; i < sizeof(not_ram); i++) {
        ck_assert_uint_eq(memory_of_device(0x22, not_ram[i], 16, 0), 0);
    }
    ck_assert_uint_eq(smbios_memory(NULL, 0), 0);
    ck_assert_uint_eq(smbios_memory(sample, sizeof(sample)), 0);
}
END_TEST

START_TEST(memory_adds_up)
{
    uint8_t table[400];
    size_t size = add_range(table, 0, 0xFFFFF, 0, 0); /* the first GiB of them, say */
    ck_assert_uint_eq(smbios_memory(table, size), 1 << 30);
    size += add_range(table + size, UINT32_MAX, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(6) << 30);
    ck_assert_uint_eq(smbios_memory(table, size), (UINT64_C(3) << 30) + 1);
    size += add_range(table + size, 5, 4, 0, 0); /* no range: ends before it starts */
    ck_assert_uint_eq(smbios_memory(table, size), (UINT64_C(3) << 30) + 1);
    /* Devices, where there are any, are what counts. */
    size += add_device(table + size, 0x22, DDR4, 4096, 0);
    size += add_device(table + size, 0x22, FLASH, 16, 0);
    size += add_device(table + size, 0x22, DDR4, 2048, 0);
    ck_assert_uint_eq(smbios_memory(table, size), UINT64_C(6) << 30);
}
END_TEST

START_TEST(memory_that_cannot_be)
{
    uint8_t table[200];
    size_t size = add_range(table, UINT32_MAX, UINT32_MAX, 0, UINT64_MAX);
    ck_assert_uint_eq(smbios_memory(table, size), 0);
    size = add_range(table, UINT32_MAX, UINT32_MAX, 1, UINT64_MAX);
    ck_assert_uint_eq(smbios_memory(table, size), 0);
    size = add_range(table, UINT32_MAX, UINT32_MAX, 0, SMBIOS_MEMORY_MAX - 1);
    ck_assert_uint_eq(smbios_memory(table, size), SMBIOS_MEMORY_MAX);
    size += add_range(table + size, 0, 0, 0, 0);
    ck_assert_uint_eq(smbios_memory(table, size), 0);
}
END_TEST

/* ---- the entry point ---- */

static uint8_t entry[32];

/* A sound entry point, "_SM_" or "_SM3_", of a table of `size` bytes at `address`. */
static void make_entry(bool is_3, uint64_t address, uint32_t size)
{
    memset(entry, 0, sizeof(entry));
    if (is_3) {
        memcpy(entry, "_SM3_", 5);
        entry[6] = 24;
        put_u32(entry + 12, size);
        put_u64(entry + 16, address);
    } else {
        memcpy(entry, "_SM_", 4);
        entry[5] = 31;
        memcpy(entry + 16, "_DMI_", 5);
        put_u16(entry + 22, (uint16_t)size);
        put_u32(entry + 24, (uint32_t)address);
    }
}

static bool read_entry(size_t room, uint64_t *address, uint32_t *size)
{
    size_t length = entry[1] == 'S' && entry[3] == '3' ? entry[6] : entry[5];
    size_t checksum_at = entry[3] == '3' ? 5 : 4;
    uint8_t sum = 0, *exact = malloc(room > 0 ? room : 1);
    entry[checksum_at] = 0;
    for (size_t i = 0; i < length && i < sizeof(entry); i++) {
        sum = (uint8_t)(sum + entry[i]);
    }
    entry[checksum_at] = (uint8_t)-sum;
    memcpy(exact, entry, room);
    bool result = smbios_read_entry(exact, room, address, size);
    free(exact);
    return result;
}

START_TEST(entry_points)
{
    uint64_t address;
    uint32_t size;
    make_entry(false, 0xF1234, 4000);
    ck_assert(read_entry(32, &address, &size));
    ck_assert(address == 0xF1234 && size == 4000);
    make_entry(true, UINT64_C(0x123456789), 70000);
    ck_assert(read_entry(24, &address, &size));
    ck_assert(address == UINT64_C(0x123456789) && size == 70000);
    make_entry(true, 1, UINT32_MAX);
    ck_assert(read_entry(32, &address, &size));
    ck_assert_uint_eq(size, 1 << 20);
}
END_TEST

START_TEST(unsound_entry_points)
{
    uint64_t address;
    uint32_t size;
    for (int kind = 0; kind < 2; kind++) {
        for (unsigned length = 0; length < 256; length++) {
            make_entry(kind, 0xF0000, 100);
            entry[kind ? 6 : 5] = (uint8_t)length; /* 0 bytes always add up to zero */
            bool possible = length >= (kind ? 24 : 28) && length <= 32;
            ck_assert_int_eq(read_entry(32, &address, &size), possible);
        }
        for (size_t room = 0; room < 32; room++) {
            make_entry(kind, 0xF0000, 100);
            ck_assert_int_eq(read_entry(room, &address, &size), room >= (kind ? 24 : 31));
        }
        make_entry(kind, 0, 100);
        ck_assert(!read_entry(32, &address, &size));
        make_entry(kind, 0xF0000, 0);
        ck_assert(!read_entry(32, &address, &size));
        make_entry(kind, 0xF0000, 100);
        ck_assert(read_entry(32, &address, &size));
        entry[20]++;
        ck_assert(!smbios_read_entry(entry, 32, &address, &size)); /* the checksum */
    }
    make_entry(true, UINT64_MAX - 50, 100);
    ck_assert(!read_entry(32, &address, &size));
    make_entry(false, 0xF0000, 100);
    entry[16] = 'x';
    ck_assert(!read_entry(32, &address, &size));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("smbios");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, facts_of_a_sample);
    tcase_add_test(tests, no_table);
    tcase_add_test(tests, cut_tables);
    tcase_add_test(tests, changed_tables);
    tcase_add_test(tests, unset_uuid);
    tcase_add_test(tests, memory_devices);
    tcase_add_test(tests, memory_adds_up);
    tcase_add_test(tests, memory_that_cannot_be);
    tcase_add_test(tests, entry_points);
    tcase_add_test(tests, unsound_entry_points);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
