/* SPDX-License-Identifier: BSD-2-Clause */
/* The two block functions of SHA-1 against each other; test_digest.c has the published vectors. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "arch/sha1.h"
#include "digest/sha1.h"
#include "tests/decompress/i386.h"

#define RUN_SHA1 "build/i386/run_sha1"

START_TEST(native_equals_portable)
{
    uint8_t bytes[SHA_BLOCK_SIZE * 9];
    uint32_t portable[5], native[5];
    srand(1);
    for (unsigned round = 0; round < 500; round++) {
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)rand();
        }
        for (int i = 0; i < 5; i++) {
            portable[i] = native[i] = (uint32_t)rand() * 2654435761u;
        }
        size_t count = round % 10;
        sha1_compress_portable(portable, bytes, count);
        if (sha1_compress_native(native, bytes, count)) {
            ck_assert_mem_eq(native, portable, sizeof(native));
        }
    }
}
END_TEST

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
        printf("skipped: native_equals_portable_in_32_bits: the processor has no instructions for "
               "SHA-1\n");
        return;
    }
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* "abc", padded, by hand: the example of the standard. */
START_TEST(portable_is_right)
{
    uint8_t block[SHA_BLOCK_SIZE] = {'a', 'b', 'c', 0x80, [63] = 24};
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const uint32_t expected[5] = {0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d};
    sha1_compress_portable(h, block, 1);
    ck_assert_mem_eq(h, expected, sizeof(h));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sha1");
    TCase *test = tcase_create("sha1");
    tcase_add_test(test, native_equals_portable);
    tcase_add_test(test, native_equals_portable_in_32_bits);
    tcase_add_test(test, portable_is_right);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
