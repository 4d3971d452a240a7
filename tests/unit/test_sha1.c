/* SPDX-License-Identifier: BSD-2-Clause */
/* Each block function of SHA-1: with published vectors, and against the one in C. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "arch/sha1.h"
#include "digest/sha1.h"
#include "tests/decompress/i386.h"

#define RUN_SHA1 "build/i386/run_sha1"

static void digest_is(sha1_blocks *compress, const void *bytes, size_t length,
                      const uint8_t expected[SHA1_SIZE])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    struct sha_blocks blocks = {.length = 0};
    uint8_t result[SHA1_SIZE];
    sha_blocks_update(&blocks, compress, h, bytes, length);
    sha_blocks_finish(&blocks, compress, h, 5, result);
    ck_assert_mem_eq(result, expected, SHA1_SIZE);
}

/* The examples of FIPS 180: one block, two, and a million times the letter a. */
static void published_vectors(sha1_blocks *compress)
{
    static const uint8_t one_block[SHA1_SIZE] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81,
                                                 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50,
                                                 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
    static const uint8_t two_blocks[SHA1_SIZE] = {0x84, 0x98, 0x3e, 0x44, 0x1c, 0x3b, 0xd2,
                                                  0x6e, 0xba, 0xae, 0x4a, 0xa1, 0xf9, 0x51,
                                                  0x29, 0xe5, 0xe5, 0x46, 0x70, 0xf1};
    static const uint8_t many_blocks[SHA1_SIZE] = {0x34, 0xaa, 0x97, 0x3c, 0xd4, 0xc4, 0xda,
                                                   0xa4, 0xf6, 0x1e, 0xeb, 0x2b, 0xdb, 0xad,
                                                   0x27, 0x31, 0x65, 0x34, 0x01, 0x6f};
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static char million[1000000];
    digest_is(compress, "abc", 3, one_block);
    digest_is(compress, two, strlen(two), two_blocks);
    memset(million, 'a', sizeof(million));
    digest_is(compress, million, sizeof(million), many_blocks);
}

static void equals_portable(sha1_blocks *compress)
{
    uint8_t bytes[SHA_BLOCK_SIZE * 10];
    srand(1);
    for (unsigned round = 0; round < 500; round++) {
        uint32_t portable[5], other[5];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)rand();
        }
        for (int i = 0; i < 5; i++) {
            portable[i] = other[i] = (uint32_t)rand() * 2654435761u;
        }
        /* Unaligned, too: a file in a WIM starts anywhere. */
        const uint8_t *start = bytes + round % SHA_BLOCK_SIZE;
        size_t count = round % 10;
        sha1_compress_portable(portable, start, count);
        compress(other, start, count);
        ck_assert_mem_eq(other, portable, sizeof(other));
    }
}

START_TEST(portable_is_right)
{
    published_vectors(sha1_compress_portable);
}
END_TEST

START_TEST(native_is_right)
{
    sha1_blocks *native;
    if (sha1_native(0) == NULL) {
        printf("skipped: native_is_right: the processor has nothing for SHA-1\n");
    }
    for (unsigned index = 0; (native = sha1_native(index)) != NULL; index++) {
        published_vectors(native);
        equals_portable(native);
    }
}
END_TEST

/* As the BIOS image has them. */
START_TEST(native_equals_portable_in_32_bits)
{
    enum { HAS_NONE = 2 };
    char command[64];
    const char *runner = i386_runner(RUN_SHA1);
    if (runner == NULL) {
        printf("skipped: native_equals_portable_in_32_bits: " I386_MISSING "\n");
        return;
    }
    snprintf(command, sizeof(command), "%s" RUN_SHA1, runner);
    int status = system(command);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == HAS_NONE) {
        printf("skipped: native_equals_portable_in_32_bits: the processor has neither SSSE3 nor "
               "instructions for SHA-1\n");
        return;
    }
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sha1");
    TCase *test = tcase_create("sha1");
    tcase_add_test(test, portable_is_right);
    tcase_add_test(test, native_is_right);
    tcase_add_test(test, native_equals_portable_in_32_bits);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
