/* SPDX-License-Identifier: BSD-2-Clause */
/* bootmgr.exe out of bootmgr: both compressions, with and without descriptor, and damage. */
#include "tests/unit/unit.h"

#include <string.h>

#include "compression/bootmgr_unpack.h"
#include "tests/decompress/lznt1_encoder.h"

enum { EXE_SIZE = 100000, DATA_OFFSET = 20000, BLOCK_SIZE = 65536, BOOTMGR_SIZE_MAX = 300000 };

static uint8_t exe[EXE_SIZE];
static uint8_t bytes[BOOTMGR_SIZE_MAX];

static void make_exe(void)
{
    for (size_t i = 0; i < EXE_SIZE; i++) {
        exe[i] = (uint8_t)(i * i / 7);
    }
    memcpy(exe, "MZ\x90\0", 4);
    memcpy(exe + 0x3C, "\x80\0\0\0", 4);
    memset(exe + 0x80, 0, 24 + 96);
    memcpy(exe + 0x80, "PE\0\0\x4C\x01", 6);
    exe[0x80 + 20] = 96; /* the optional header's size */
    memcpy(exe + 0x80 + 24, "\x0B\x01", 2);
}

static size_t put_bits(uint8_t *out, size_t bit, unsigned value, unsigned count)
{
    for (unsigned i = 0; i < count; i++, bit++) {
        /* The first bit is the highest of a little-endian word. */
        size_t byte = bit / 16 * 2 + (bit % 16 < 8);
        out[byte] |= (value >> (count - 1 - i) & 1) << (7 - bit % 8);
    }
    return bit;
}

/* XPRESS as simple as it goes: 512 codewords of 9 bits each, only literals, the end symbol. */
static size_t compress_xpress(const uint8_t *in, size_t size, uint8_t *out)
{
    size_t produced = 0;
    memset(out, 0, size * 2);
    for (size_t at = 0; at < size; at += BLOCK_SIZE) {
        size_t bit = 0, block = size - at < BLOCK_SIZE ? size - at : BLOCK_SIZE;
        memset(out + produced, 0x99, 256);
        produced += 256;
        for (size_t i = 0; i < block; i++) {
            bit = put_bits(out + produced, bit, in[at + i], 9);
        }
        if (block < BLOCK_SIZE) {
            bit = put_bits(out + produced, bit, 256, 9);
        }
        /* A decoder is always one word ahead. */
        produced += ((bit + 15) / 16 + 1) * 2;
    }
    return produced;
}

static size_t compress_lznt1(const uint8_t *in, size_t size, uint8_t *out)
{
    size_t produced = 0;
    for (size_t at = 0; at < size; at += LZNT1_CHUNK) {
        size_t chunk = size - at < LZNT1_CHUNK ? size - at : LZNT1_CHUNK;
        produced += lznt1_compress_chunk(in + at, chunk, out + produced);
    }
    return produced;
}

/* A bootmgr: 16-bit code (here zeros), a descriptor if there is to be one, the data.
 * @return its size */
static size_t make_bootmgr(const char *magic, bool descriptor, bool xpress)
{
    memset(bytes, 0, sizeof(bytes));
    size_t size = (xpress ? compress_xpress : compress_lznt1)(exe, EXE_SIZE, bytes + DATA_OFFSET);
    if (descriptor) {
        const uint32_t fields[] = {(uint32_t)size, EXE_SIZE, DATA_OFFSET - 0x1238};
        memcpy(bytes + 0x1238, magic, 4);
        memcpy(bytes + 0x1238 + 4, fields, sizeof(fields));
    }
    return DATA_OFFSET + size + 1; /* one surplus byte, as in Microsoft's */
}

static int unpack(struct pool *pool, size_t size, const struct file **found, struct error *error)
{
    return bootmgr_unpack(pool, file_from_memory(pool, "bootmgr", bytes, size), found, error);
}

static void check_found(size_t size)
{
    struct pool *pool = pool_create();
    struct error error;
    const struct file *found = NULL;
    ck_assert_msg(unpack(pool, size, &found, &error) == 0, "%s", error.text);
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found->name, "bootmgr.exe");
    ck_assert_uint_eq(found->size, EXE_SIZE);
    ck_assert_mem_eq(file_view(found, 0, EXE_SIZE), exe, EXE_SIZE);
    pool_destroy(pool);
}

static void check_damaged(size_t size, const char *what)
{
    struct pool *pool = pool_create();
    struct error error;
    const struct file *found = NULL;
    ck_assert_int_eq(unpack(pool, size, &found, &error), -1);
    ck_assert_msg(strstr(error.text, what) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "bootmgr: ") == error.text, "%s", error.text);
    pool_destroy(pool);
}

static void check_none(size_t size)
{
    struct pool *pool = pool_create();
    struct error error;
    const struct file *found = (const struct file *)bytes;
    ck_assert_int_eq(unpack(pool, size, &found, &error), 0);
    ck_assert_ptr_null(found);
    pool_destroy(pool);
}

START_TEST(by_descriptor)
{
    check_found(make_bootmgr("BMCI", true, false));
    check_found(make_bootmgr("BMXH", true, true));
}
END_TEST

START_TEST(by_search)
{
    check_found(make_bootmgr(NULL, false, false));
    check_found(make_bootmgr(NULL, false, true));
    /* A descriptor that leads nowhere does not hide the data. */
    size_t size = make_bootmgr("BMXH", true, true);
    bytes[0x1238 + 12] ^= 1;
    check_found(size);
}
END_TEST

START_TEST(none)
{
    memset(bytes, 0, sizeof(bytes));
    check_none(0);
    check_none(1);
    check_none(sizeof(bytes));
    /* What only looks like it, all over. */
    for (size_t at = 0; at + 300 < sizeof(bytes); at += 16) {
        memcpy(bytes + at, "\xFF\xB0\0MZ", 5);
    }
    check_none(sizeof(bytes));
    memset(bytes, 0x77, sizeof(bytes));
    for (size_t at = 0; at < sizeof(bytes); at += 1000) {
        memset(bytes + at, 0, 24);
    }
    check_none(sizeof(bytes));
    memcpy(bytes, "BMXH\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12); /* no such program can be */
    check_none(sizeof(bytes));
}
END_TEST

START_TEST(damage)
{
    size_t size = make_bootmgr("BMXH", true, true);
    check_damaged(size - 1000, "ends before it does");
    memset(bytes + DATA_OFFSET, 0, 256);
    check_damaged(size, "0x4e20 (xpress)");
    size = make_bootmgr("BMCI", true, false);
    check_damaged(size - 1000, "ends before it does");
    bytes[DATA_OFFSET + 1] ^= 0x40;
    check_damaged(size, "(lznt1)");
    /* Something else in place of the program. */
    exe[0x84] = 0x64;
    check_damaged(make_bootmgr("BMXH", true, true), "not a 32-bit program");
    exe[0x84] = 0x4C;
}
END_TEST

int main(void)
{
    make_exe();
    Suite *suite = suite_create("bootmgr unpack");
    TCase *tests = tcase_create("unpack");
    tcase_add_test(tests, by_descriptor);
    tcase_add_test(tests, by_search);
    tcase_add_test(tests, none);
    tcase_add_test(tests, damage);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
