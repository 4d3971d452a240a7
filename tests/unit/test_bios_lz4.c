/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the BIOS half is packed and unpacked with: tools/pack.c and bios/lz4.c against each other,
 * and each against the lz4 program. In files of the lz4 program blocks are framed; see
 * lz4_Frame_format.md.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bios/lz4.c"

#define PACK "build/tools/pack"

enum { SIZE_MAX_TESTED = 300000, BUFFER_SIZE = 2 * SIZE_MAX_TESTED + 64 };

/* Magic number; version 1, independent blocks, no checksums; blocks up to 4 MB; checksum of these.
 */
static const uint8_t FRAME[] = {0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0x73};

/* What a command makes of bytes. */
static uint8_t *filter(const char *command, const uint8_t *bytes, size_t size, size_t *result_size)
{
    char input[] = "/tmp/lz4-XXXXXX", line[128];
    int file = mkstemp(input);
    ck_assert_int_ge(file, 0);
    FILE *stream = fdopen(file, "wb");
    ck_assert_uint_eq(fwrite(bytes, 1, size, stream), size);
    ck_assert_int_eq(fclose(stream), 0);
    snprintf(line, sizeof(line), "%s < %s", command, input);
    FILE *pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    uint8_t *result = malloc(BUFFER_SIZE);
    *result_size = fread(result, 1, BUFFER_SIZE, pipe);
    ck_assert_uint_lt(*result_size, BUFFER_SIZE);
    ck_assert_int_eq(pclose(pipe), 0);
    remove(input);
    return result;
}

/* Unpack from and to memory of just these sizes, so that the sanitizer sees each byte too many. */
static bool unpacks_to(const uint8_t *packed, size_t packed_size, const uint8_t *bytes, size_t size)
{
    uint8_t *in = malloc(packed_size > 0 ? packed_size : 1), *out = malloc(size > 0 ? size : 1);
    memcpy(in, packed, packed_size);
    bool same = lz4_unpack(in, packed_size, out, size) && memcmp(out, bytes, size) == 0;
    free(in);
    free(out);
    return same;
}

static void packs(const uint8_t *bytes, size_t size)
{
    size_t packed_size, same_size;
    uint8_t *packed = filter(PACK, bytes, size, &packed_size);
    ck_assert_uint_gt(packed_size, 0);
    ck_assert(unpacks_to(packed, packed_size, bytes, size));
    ck_assert(!unpacks_to(packed, packed_size, bytes, size + 1));
    ck_assert(size == 0 || !unpacks_to(packed, packed_size, bytes, size - 1));
    for (size_t cut = packed_size > 200 ? packed_size - 200 : 0; cut < packed_size; cut++) {
        ck_assert(!unpacks_to(packed, cut, bytes, size));
    }

    uint8_t *framed = calloc(1, sizeof(FRAME) + 4 + packed_size + 4);
    uint32_t length = (uint32_t)packed_size;
    memcpy(framed, FRAME, sizeof(FRAME));
    memcpy(framed + sizeof(FRAME), &length, sizeof(length));
    memcpy(framed + sizeof(FRAME) + 4, packed, packed_size);
    uint8_t *same = filter("lz4 -q -dc", framed, sizeof(FRAME) + 4 + packed_size + 4, &same_size);
    ck_assert_uint_eq(same_size, size);
    ck_assert_mem_eq(same, bytes, size);
    free(framed);
    free(packed);
    free(same);
}

/* What the lz4 program packs; a block that it cannot make smaller is not packed. */
static void unpacks_lz4(const uint8_t *bytes, size_t size)
{
    size_t framed_size;
    uint32_t length;
    uint8_t *framed = filter("lz4 -q -9 -B7 --no-frame-crc -c", bytes, size, &framed_size);
    ck_assert_mem_eq(framed, FRAME, 5); /* it may choose smaller blocks */
    memcpy(&length, framed + sizeof(FRAME), sizeof(length));
    ck_assert_uint_eq(length, framed_size - sizeof(FRAME) - 4 - 4);
    ck_assert(unpacks_to(framed + sizeof(FRAME) + 4, length, bytes, size));
    free(framed);
}

/* Bytes of few values in repeating pieces, as in programs; or of all values. */
static void fill(uint8_t *bytes, size_t size, unsigned seed, unsigned values)
{
    srand(seed);
    for (size_t i = 0; i < size;) {
        size_t piece = 1 + (size_t)rand() % 40, offset = 1 + (size_t)rand() % 70000;
        for (size_t j = 0; j < piece && i < size; j++, i++) {
            bytes[i] = values < 256 && offset <= i && seed % 2
                           ? bytes[i - offset]
                           : (uint8_t)((unsigned)rand() % values);
        }
    }
}

START_TEST(packed_bytes_come_back)
{
    static const size_t sizes[] = {
        0, 1, 4, 5, 12, 13, 14, 17, 18, 19, 33, 4096, 65536, 200000, SIZE_MAX_TESTED};
    uint8_t *bytes = calloc(1, SIZE_MAX_TESTED);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(bytes, 'z', sizes[i]);
        packs(bytes, sizes[i]);
        fill(bytes, sizes[i], 1, 8);
        packs(bytes, sizes[i]);
        fill(bytes, sizes[i], 2, 256);
        packs(bytes, sizes[i]);
    }
    free(bytes);
}
END_TEST

START_TEST(blocks_of_the_lz4_program)
{
    uint8_t *bytes = calloc(1, SIZE_MAX_TESTED);
    unpacks_lz4(bytes, SIZE_MAX_TESTED);
    fill(bytes, SIZE_MAX_TESTED, 1, 8);
    unpacks_lz4(bytes, SIZE_MAX_TESTED);
    fill(bytes, SIZE_MAX_TESTED, 2, 8);
    unpacks_lz4(bytes, SIZE_MAX_TESTED);
    free(bytes);
}
END_TEST

START_TEST(malformed_blocks)
{
    static const struct {
        const char *block;
        size_t block_size, size;
    } cases[] = {
        {"", 0, 0},               /* no sequence */
        {"\xF0", 1, 300},         /* no length */
        {"\xF0\xFF\xFF", 3, 600}, /* the length does not end */
        {"\x20"
         "a",
         2, 2}, /* one literal of two */
        {"\x20"
         "abc",
         4, 2}, /* the match has half an offset */
        {"\x10"
         "a\0\0\0",
         5, 5}, /* offset 0 */
        {"\x10"
         "a\2\0\0",
         5, 5}, /* before the start */
        {"\x10"
         "a\1\0\0",
         5, 4}, /* beyond the end */
        {"\x1F"
         "a\1\0\xFF",
         5, 300}, /* the match's length does not end */
        {"\x10"
         "a\1\0",
         4, 5}, /* no last sequence */
    };
    uint8_t bytes[600];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(bytes, 'a', sizeof(bytes));
        ck_assert_msg(
            !unpacks_to((const uint8_t *)cases[i].block, cases[i].block_size, bytes, cases[i].size),
            "case %zu", i);
    }
    memset(bytes, 'a', sizeof(bytes));
    ck_assert(unpacks_to((const uint8_t *)"\x10"
                                          "a\1\0\0",
                         5, bytes, 5));
}
END_TEST

/* Damage anywhere never makes it leave its buffers. */
START_TEST(damaged_blocks)
{
    enum { SIZE = 3000, TRIES = 20000 };
    uint8_t bytes[SIZE];
    size_t packed_size;
    fill(bytes, SIZE, 1, 8);
    uint8_t *packed = filter(PACK, bytes, SIZE, &packed_size), *out = malloc(SIZE),
            *in = malloc(packed_size);
    size_t refused = 0;
    srand(3);
    for (int i = 0; i < TRIES; i++) {
        memcpy(in, packed, packed_size);
        for (int changes = 1 + rand() % 4; changes > 0; changes--) {
            in[(size_t)rand() % packed_size] = (uint8_t)rand();
        }
        refused += !lz4_unpack(in, packed_size, out, SIZE);
    }
    ck_assert_uint_gt(refused, TRIES / 4);
    free(packed);
    free(out);
    free(in);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lz4");
    TCase *test = tcase_create("lz4");
    tcase_set_timeout(test, 60);
    tcase_add_test(test, packed_bytes_come_back);
    tcase_add_test(test, blocks_of_the_lz4_program);
    tcase_add_test(test, malformed_blocks);
    tcase_add_test(test, damaged_blocks);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
