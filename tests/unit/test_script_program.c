/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts inside programs: made by clang and lld, signed by sbsign, and by tools/mkscript.py. Then
 * damage: what is found never lies outside the bytes.
 */
#include "files/script_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"
#include "files/pe.h"
#include "tests/unit/unit.h"

#define SCRIPT "boot.index = 2 -- a script"
#define SIGN                                                                                       \
    " && openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=t/ -keyout k -out c "            \
    "2>/dev/null && sbsign --key k --cert c --output p p >/dev/null 2>&1"

static const char *const commands[] = {
    "echo '__attribute__((section(\".lua\"), used)) const char s[] = \"" SCRIPT "\";"
    "int start(void) { return 0; }' >x.c && clang --target=x86_64-windows-msvc -c x.c -o x.obj && "
    "lld-link /entry:start /nodefaultlib /subsystem:efi_application x.obj /out:p" SIGN,
    "printf '" SCRIPT "' >x.lua && $OLDPWD/tools/mkscript.py --version 1.0 --homepage urn:x "
    "--output p x.lua",
    "printf '" SCRIPT "' >x.lua && $OLDPWD/tools/mkscript.py --version 1.0 --homepage urn:x "
    "--output p x.lua" SIGN,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]), SIZE_MAX_OF_SAMPLE = 16384 };

static char folder[] = "/tmp/test_script_program.XXXXXX";
static uint8_t bytes[SIZE_MAX_OF_SAMPLE];
static size_t size, length;
static const char *text;
static struct error error;

static void make_sample(int index)
{
    char command[1000], path[60];
    strcpy(folder + sizeof(folder) - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(command, sizeof(command), "cd %s && %s", folder, commands[index]);
    ck_assert_int_eq(system(command), 0);
    snprintf(path, sizeof(path), "%s/p", folder);
    FILE *stream = fopen(path, "rb");
    ck_assert_ptr_nonnull(stream);
    size = fread(bytes, 1, sizeof(bytes), stream);
    fclose(stream);
    ck_assert(size > 0 && size < sizeof(bytes));
    snprintf(command, sizeof(command), "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(finds_the_text)
{
    make_sample(_i);
    ck_assert(script_is_program(bytes, size));
    ck_assert_int_eq(script_program_text("p", bytes, size, &text, &length, &error), 0);
    /* A C string has a NUL, which is part of the section. */
    ck_assert_uint_eq(length, sizeof(SCRIPT) - (_i == 0 ? 0 : 1));
    ck_assert_mem_eq(text, SCRIPT, sizeof(SCRIPT) - 1);
}
END_TEST

START_TEST(text_is_no_program)
{
    ck_assert(!script_is_program("M", 1));
    ck_assert(!script_is_program("boot.index = 2", 14));
    ck_assert_int_eq(script_program_text("p", "MZ", 2, &text, &length, &error), -1);
}
END_TEST

static size_t section_header(const char *name)
{
    for (size_t i = 0; i + 40 <= size; i++) {
        if (memcmp(bytes + i, name, strlen(name) + 1) == 0) {
            return i;
        }
    }
    ck_abort_msg("no section %s", name);
}

START_TEST(without_the_section)
{
    make_sample(1);
    bytes[section_header(".lua") + 1] = 'L';
    ck_assert_int_eq(script_program_text("p", bytes, size, &text, &length, &error), -1);
    ck_assert_str_eq(error.text,
                     "p is a program without a section .lua, so there is no script in it");
}
END_TEST

/* Signatures are not signed: a text there would be anybody's. */
START_TEST(text_among_the_signatures)
{
    struct file file;
    struct extent extent;
    struct pe pe;
    make_sample(2);
    size_t header = section_header(".lua");
    file_on_memory(&file, &extent, "p", bytes, size);
    ck_assert_int_eq(pe_read(&file, &pe, &error), 0);
    put_u32(bytes + header + 20, pe.directories[PE_DIRECTORY_CERTIFICATES].address - 4);
    ck_assert_int_eq(script_program_text("p", bytes, size, &text, &length, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "lies beyond the end of what is signed"));
    put_u32(bytes + header + 20, UINT32_MAX);
    put_u32(bytes + header + 8, UINT32_MAX);
    put_u32(bytes + header + 16, UINT32_MAX);
    ck_assert_int_eq(script_program_text("p", bytes, size, &text, &length, &error), -1);
}
END_TEST

static void check_bounds(const uint8_t *sample, size_t sample_size)
{
    if (script_program_text("p", sample, sample_size, &text, &length, &error) == 0) {
        size_t offset = (size_t)((const uint8_t *)text - sample);
        ck_assert(offset <= sample_size && length <= sample_size - offset);
    }
}

/* The sanitizer watches a copy of exactly that size. */
START_TEST(every_length)
{
    make_sample(2);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = malloc(cut + 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes, cut);
        check_bounds(copy, cut);
        free(copy);
    }
}
END_TEST

START_TEST(every_byte_of_the_headers)
{
    make_sample(2);
    for (size_t i = 0; i < 1024; i++) {
        uint8_t old = bytes[i];
        static const uint8_t values[] = {0, 1, 0x7F, 0x80, 0xFF};
        for (size_t j = 0; j < sizeof(values); j++) {
            bytes[i] = values[j];
            check_bounds(bytes, size);
        }
        bytes[i] = old;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("script_program");
    TCase *tests = tcase_create("script_program");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, finds_the_text, 0, COMMAND_COUNT);
    tcase_add_test(tests, text_is_no_program);
    tcase_add_test(tests, without_the_section);
    tcase_add_test(tests, text_among_the_signatures);
    tcase_add_test(tests, every_length);
    tcase_add_test(tests, every_byte_of_the_headers);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
