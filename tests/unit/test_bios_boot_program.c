/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit boot applications: loading one made by hand, and refusing broken ones. */
#include "tests/unit/unit.h"

#include <string.h>

#include "bios/boot_program.h"

enum {
    FILE_SIZE = 0x800,
    NT = 0x80,
    SECTIONS = NT + 24 + 224,
    BASE = 0x400000,
};

static uint8_t image[FILE_SIZE];

static void put(size_t offset, uint32_t value, size_t size)
{
    memcpy(image + offset, &value, size);
}

static void put_section(unsigned index, uint32_t virtual_size, uint32_t address, uint32_t raw_size,
                        uint32_t raw_offset)
{
    size_t at = SECTIONS + index * 40u;
    put(at + 8, virtual_size, 4);
    put(at + 12, address, 4);
    put(at + 16, raw_size, 4);
    put(at + 20, raw_offset, 4);
}

/* Headers of 0x400 bytes; code 0x150 bytes (0x200 in the file), data 0x3000 (0x200 in the file). */
static void make_image(void)
{
    for (size_t i = 0; i < FILE_SIZE; i++) {
        image[i] = (uint8_t)(i * 5 + i / 256);
    }
    memset(image, 0, 0x400);
    memcpy(image, "MZ", 2);
    put(0x3C, NT, 4);
    memcpy(image + NT, "PE\0\0", 4);
    put(NT + 4, 0x14C, 2);
    put(NT + 6, 2, 2);
    put(NT + 20, 224, 2);
    put(NT + 24, 0x10B, 2);
    put(NT + 24 + 16, 0x1010, 4);
    put(NT + 24 + 28, BASE, 4);
    put(NT + 24 + 32, 0x1000, 4);
    put(NT + 24 + 36, 0x200, 4);
    put(NT + 24 + 60, 0x400, 4);
    put_section(0, 0x150, 0x1000, 0x200, 0x400);
    put_section(1, 0x3000, 0x2000, 0x200, 0x600);
}

static int check(struct boot_program *program, struct error *error)
{
    struct pool *pool = pool_create();
    int rc =
        boot_program_check(file_from_memory(pool, "bootmgr.exe", image, FILE_SIZE), program, error);
    pool_destroy(pool);
    return rc;
}

START_TEST(loads)
{
    struct error error;
    struct boot_program program;
    struct pool *pool = pool_create();
    make_image();
    const struct file *file = file_from_memory(pool, "bootmgr.exe", image, FILE_SIZE);
    ck_assert_int_eq(boot_program_check(file, &program, &error), 0);
    ck_assert_uint_eq(program.base, BASE);
    ck_assert_uint_eq(program.entry_point, BASE + 0x1010);
    ck_assert_uint_eq(program.length, 0x5000);
    ck_assert_uint_eq(program.total, 0x5000 + FILE_SIZE);
    uint8_t *memory = malloc(program.total), *expected = calloc(1, program.total);
    memset(memory, 0xEE, program.total);
    memcpy(expected, image, 0x400);
    memcpy(expected + 0x1000, image + 0x400, 0x200);
    memcpy(expected + 0x2000, image + 0x600, 0x200);
    memcpy(expected + 0x5000, image, FILE_SIZE);
    ck_assert_int_eq(boot_program_load(&program, memory, &error), 0);
    ck_assert_mem_eq(memory, expected, program.total);
    free(memory);
    free(expected);
    pool_destroy(pool);
}
END_TEST

/* Each changes one field, 4 bytes, of a good image. */
static const struct {
    size_t offset;
    uint32_t value;
    const char *message;
} broken[] = {
    {0, 0, "does not start with 'MZ'"},
    {0x3C, 0xFFFFFFF0, "beyond the end"},
    {0x3C, FILE_SIZE - 23, "beyond the end"},
    {NT, 0, "no PE signature"},
    {NT + 4, 0x28664, "x86-64"},
    {NT + 4, 0x2AA64, "ARM64"},
    {NT + 4, 0x201C4, "another processor"},
    {NT + 4, 0x0014C, "no sections"},
    {NT + 4, 0xFFFF014C, "number of sections"},
    {NT + 4, 0x61014C, "number of sections"},
    {NT + 24, 0x20B, "not that of a 32-bit program"},
    {NT + 20, 32, "not that of a program"},
    {NT + 20, 0xFFFF, "beyond the end"},
    {NT + 24 + 16, 0x5000, "entry point"},
    {NT + 24 + 28, 0xFFFFF000, "leaves no room"},
    {NT + 24, 0x107, "not that of a program"},
    {NT + 24 + 32, 0, "alignment"},
    {NT + 24 + 32, 0x1001, "alignment"},
    {NT + 24 + 32, 0x80000000, "alignment"},
    {NT + 24 + 60, FILE_SIZE + 1, "beyond the end"},
    {SECTIONS + 8, 0xFFFFFFFF, "too far"},
    {SECTIONS + 12, 0xFFFFFFFF, "too far"},
    {SECTIONS + 16, 0xFFFFFFFF, "beyond the end"},
    {SECTIONS + 20, 0xFFFFFFFF, "beyond the end"},
    {SECTIONS + 40 + 20, 0x601, "beyond the end"},
};

START_TEST(refuses)
{
    struct error error;
    struct boot_program program;
    make_image();
    put(broken[_i].offset, broken[_i].value, 4);
    ck_assert_msg(check(&program, &error) == -1, "%s", broken[_i].message);
    ck_assert_msg(strstr(error.text, broken[_i].message) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "bootmgr.exe: ") == error.text, "%s", error.text);
}
END_TEST

START_TEST(every_length)
{
    struct error error;
    struct boot_program program;
    make_image();
    for (size_t size = 0; size < FILE_SIZE; size++) {
        struct pool *pool = pool_create();
        uint8_t *copy = malloc(size + 1); /* the sanitizer watches its end */
        memcpy(copy, image, size);
        const struct file *file = file_from_memory(pool, "cut", copy, size);
        ck_assert_int_eq(boot_program_check(file, &program, &error), -1);
        free(copy);
        pool_destroy(pool);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bios boot program");
    TCase *tests = tcase_create("boot program");
    tcase_add_test(tests, loads);
    tcase_add_loop_test(tests, refuses, 0, sizeof(broken) / sizeof(broken[0]));
    tcase_add_test(tests, every_length);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
