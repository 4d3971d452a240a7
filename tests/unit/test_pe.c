/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers of PE files: programs for each processor by clang and lld, signed by sbsign; GCC's
 * and GRUB's; all compared with what llvm-readobj says. Then damage.
 */
#include "files/pe.h"

#include <stdio.h>
#include <string.h>

#include "base/little_endian.h"
#include "tests/unit/unit.h"

/* In a new directory: program.efi. */
#define BUILD(target, options)                                                                     \
    "echo 'int start(void) { return 0; }' >x.c && echo '1 RCDATA { \"hello\" }' >x.rc && "         \
    "llvm-rc x.rc && clang --target=" target "-windows-msvc -c x.c -o x.obj && "                   \
    "lld-link /entry:start /nodefaultlib /dll x.obj x.res /out:program.efi " options
#define SIGN                                                                                       \
    " && openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=t/ -keyout k -out c "            \
    "2>/dev/null && sbsign --key k --cert c --output signed program.efi >/dev/null 2>&1 && "       \
    "mv signed program.efi"

static const struct {
    const char *command;
    uint16_t machine, format, subsystem;
    bool has_resources, has_certificates, is_nx_compatible;
} programs[] = {
    {BUILD("i686", "/subsystem:boot_application /nxcompat:no"), PE_MACHINE_I386, PE_FORMAT_32,
     PE_SUBSYSTEM_BOOT_APPLICATION, true, false, false},
    {BUILD("x86_64", "/subsystem:efi_application") SIGN, PE_MACHINE_X86_64, PE_FORMAT_32_PLUS,
     PE_SUBSYSTEM_EFI_APPLICATION, true, true, true},
    {BUILD("aarch64", "/subsystem:efi_application"), PE_MACHINE_ARM64, PE_FORMAT_32_PLUS,
     PE_SUBSYSTEM_EFI_APPLICATION, true, false, true},
    {"echo 'int a_long_global_name; int main(void) { return 0; }' >x.c && "
     "i686-w64-mingw32-gcc -g x.c -o program.efi",
     PE_MACHINE_I386, PE_FORMAT_32, 3, false, false, true},
    {"cp /usr/lib/grub/x86_64-efi/monolithic/gcdx64.efi program.efi" SIGN, PE_MACHINE_X86_64,
     PE_FORMAT_32_PLUS, PE_SUBSYSTEM_EFI_APPLICATION, false, true, false},
};

enum { PROGRAM_COUNT = sizeof(programs) / sizeof(programs[0]) };

static char folder[] = "/tmp/test_pe.XXXXXX";
static struct pool *pool;
static struct error error;

static void setup(void)
{
    strcpy(folder + sizeof(folder) - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    pool = pool_create();
}

static void teardown(void)
{
    char command[100];
    pool_destroy(pool);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* What a command, run in the folder, writes to its standard output. */
static char *output_of(const char *command, size_t *size)
{
    enum { CAPACITY = 8 << 20 };
    char whole[2000], *output = pool_allocate(pool, CAPACITY);
    snprintf(whole, sizeof(whole), "cd %s && %s", folder, command);
    FILE *pipe = popen(whole, "r");
    ck_assert_ptr_nonnull(pipe);
    *size = fread(output, 1, CAPACITY - 1, pipe);
    ck_assert_msg(pclose(pipe) == 0 && *size > 0, "%s", command);
    output[*size] = '\0';
    return output;
}

static const struct file *make_program(int index)
{
    char command[1500];
    size_t size;
    snprintf(command, sizeof(command), "{ %s; } >&2 && cat program.efi", programs[index].command);
    const char *bytes = output_of(command, &size);
    return file_from_memory(pool, "program.efi", bytes, size);
}

/* The number on the next line of llvm-readobj's report that has a name; moves on to it. */
static uint64_t reported(const char **report, const char *name)
{
    char start[64];
    snprintf(start, sizeof(start), " %s", name);
    const char *line = strstr(*report, start);
    ck_assert_msg(line != NULL, "%s", name);
    *report = line + strlen(start);
    size_t length = strcspn(*report, "\n");
    const char *number = memchr(*report, '(', length);
    return strtoull(number != NULL ? number + 1 : *report + strspn(*report, ": "), NULL, 0);
}

static void check_headers(const struct pe *pe, const char **report)
{
    ck_assert_uint_eq(pe->machine, reported(report, "Machine:"));
    ck_assert_uint_eq(pe->section_count, reported(report, "SectionCount:"));
    ck_assert_uint_eq(pe->symbols, reported(report, "PointerToSymbolTable:"));
    ck_assert_uint_eq(pe->symbol_count, reported(report, "SymbolCount:"));
    ck_assert_uint_eq(pe->characteristics, reported(report, "Characteristics"));
    ck_assert_uint_eq(pe->format, reported(report, "Magic:"));
    ck_assert_uint_eq(pe->entry_point, reported(report, "AddressOfEntryPoint:"));
    ck_assert_uint_eq(pe->image_base, reported(report, "ImageBase:"));
    ck_assert_uint_eq(pe->section_alignment, reported(report, "SectionAlignment:"));
    ck_assert_uint_eq(pe->image_size, reported(report, "SizeOfImage:"));
    ck_assert_uint_eq(pe->headers_size, reported(report, "SizeOfHeaders:"));
    ck_assert_uint_eq(pe->subsystem, reported(report, "Subsystem:"));
    ck_assert_uint_eq(pe->dll_characteristics, reported(report, "Characteristics"));
}

static void check_directory(const struct pe *pe, unsigned index, const char *name,
                            const char **report)
{
    char line[64];
    snprintf(line, sizeof(line), "%sRVA:", name);
    ck_assert_uint_eq(pe->directories[index].address, reported(report, line));
    snprintf(line, sizeof(line), "%sSize:", name);
    ck_assert_uint_eq(pe->directories[index].size, reported(report, line));
}

static void check_section(const struct pe *pe, unsigned index, const char **report)
{
    struct pe_section section;
    ck_assert_int_eq(pe_read_section(pe, index, &section, &error), 0);
    ck_assert_uint_eq(index + 1, reported(report, "Number:"));
    uint64_t virtual_size = reported(report, "VirtualSize:");
    ck_assert_uint_eq(section.address, reported(report, "VirtualAddress:"));
    ck_assert_uint_eq(section.raw_size, reported(report, "RawDataSize:"));
    ck_assert_uint_eq(section.virtual_size, virtual_size != 0 ? virtual_size : section.raw_size);
    ck_assert_uint_eq(section.raw_offset, reported(report, "PointerToRawData:"));
    ck_assert_uint_eq(section.characteristics, reported(report, "Characteristics"));
}

START_TEST(same_as_readobj)
{
    struct pe pe;
    size_t size;
    uint64_t file_size;
    const struct file *file = make_program(_i);
    const char *report = output_of("llvm-readobj --file-headers --sections program.efi", &size);
    ck_assert_msg(pe_read(file, &pe, &error) == 0, "%s", error.text);
    check_headers(&pe, &report);
    check_directory(&pe, PE_DIRECTORY_RESOURCES, "ResourceTable", &report);
    check_directory(&pe, PE_DIRECTORY_CERTIFICATES, "CertificateTable", &report);
    for (unsigned i = 0; i < pe.section_count; i++) {
        check_section(&pe, i, &report);
    }
    ck_assert_int_eq(pe_file_size(&pe, &file_size, &error), 0);
    ck_assert_uint_eq(file_size, file->size);
    /* And that each program is what it was made to be. */
    ck_assert_uint_eq(pe.machine, programs[_i].machine);
    ck_assert_uint_eq(pe.format, programs[_i].format);
    ck_assert_uint_eq(pe.subsystem, programs[_i].subsystem);
    ck_assert(programs[_i].has_resources == (pe.directories[PE_DIRECTORY_RESOURCES].size != 0));
    ck_assert(programs[_i].has_certificates ==
              (pe.directories[PE_DIRECTORY_CERTIFICATES].size != 0));
    ck_assert(programs[_i].is_nx_compatible == ((pe.dll_characteristics & PE_NX_COMPATIBLE) != 0));
}
END_TEST

START_TEST(the_checksum_that_sbsign_writes)
{
    struct pe pe;
    const struct file *file = make_program(1);
    const uint8_t *bytes = file_view(file, 0, (size_t)file->size);
    uint32_t sum = 0;
    ck_assert_int_eq(pe_read(file, &pe, &error), 0);
    /* As Windows computes it: 16-bit words with their carry, without the field itself, and the
     * file's size. */
    for (size_t i = 0; i < file->size; i += 2) {
        bool is_field = i - (size_t)(pe.optional_offset + 64) < 4;
        sum += is_field ? 0 : get_u16(bytes + i);
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    ck_assert_uint_eq(pe.checksum, sum + (uint32_t)file->size);
}
END_TEST

/* Headers of a program for 32 bits, to be damaged. */
enum { NT = 0x80, OPTIONAL = NT + 24, SECTIONS = OPTIONAL + 224, SMALL_SIZE = 0x400 };

static uint8_t small[SMALL_SIZE];

static void make_small(void)
{
    memset(small, 0, sizeof(small));
    memcpy(small, "MZ", 2);
    put_u32(small + 0x3C, NT);
    memcpy(small + NT, "PE\0\0", 4);
    put_u16(small + NT + 4, PE_MACHINE_I386);
    put_u16(small + NT + 6, 2);
    put_u16(small + NT + 20, 224);
    put_u16(small + OPTIONAL, PE_FORMAT_32);
    put_u32(small + OPTIONAL + 92, 16); /* data directories */
    for (unsigned i = 0; i < 16; i++) {
        put_u32(small + OPTIONAL + 96 + 8 * i, 0x1000 + i);
        put_u32(small + OPTIONAL + 100 + 8 * i, 0x2000 + i);
    }
    put_u32(small + SECTIONS + 56, 0x30); /* the second one's size in the file, none in memory */
}

static int read_small(struct pe *pe)
{
    return pe_read(file_from_memory(pool, "small.efi", small, sizeof(small)), pe, &error);
}

START_TEST(as_many_directories_as_there_is_room_for)
{
    struct pe pe;
    make_small();
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_uint_eq(pe.directories[15].address, 0x100F);
    ck_assert_uint_eq(pe.directories[15].size, 0x200F);
    put_u32(small + OPTIONAL + 92, 0xFFFFFFFF);
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_uint_eq(pe.directories[15].size, 0x200F);
    put_u32(small + OPTIONAL + 92, 4);
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_uint_eq(pe.directories[3].size, 0x2003);
    ck_assert_uint_eq(pe.directories[4].size, 0);
    put_u32(small + OPTIONAL + 92, 16);
    put_u16(small + NT + 20, 96 + 3 * 8 + 7);
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_uint_eq(pe.directories[2].size, 0x2002);
    ck_assert_uint_eq(pe.directories[3].size, 0);
}
END_TEST

START_TEST(a_section_without_size_in_memory_has_that_in_the_file)
{
    struct pe pe;
    struct pe_section section;
    make_small();
    memcpy(small + SECTIONS + 40, "12345678", 8);
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_int_eq(pe_read_section(&pe, 1, &section, &error), 0);
    ck_assert_uint_eq(section.virtual_size, 0x30);
    ck_assert_str_eq(section.name, "12345678");
}
END_TEST

START_TEST(the_largest_figures_do_not_wrap)
{
    struct pe pe;
    uint64_t size;
    make_small();
    put_u32(small + NT + 12, 0xFFFFFFFF); /* symbols */
    put_u32(small + NT + 16, 0xFFFFFFFF);
    put_u32(small + OPTIONAL + 96 + 8 * 4, 0xFFFFFFFF);
    put_u32(small + OPTIONAL + 100 + 8 * 4, 0xFFFFFFFF);
    ck_assert_int_eq(read_small(&pe), 0);
    ck_assert_int_eq(pe_file_size(&pe, &size, &error), 0);
    ck_assert_uint_eq(size, UINT64_C(0xFFFFFFFF) * 19);
}
END_TEST

/* Each changes one field, 4 bytes, of a good file. */
static const struct {
    size_t offset;
    uint32_t value;
    const char *message;
} broken[] = {
    {0, 0, "does not start with 'MZ'"},
    {0x3C, 0xFFFFFFF0, "the PE header at 0xfffffff0 lies beyond the end"},
    {0x3C, SMALL_SIZE - 23, "the PE header at 0x3e9 lies beyond the end"},
    {0x3C, SMALL_SIZE - 24, "no PE signature at 0x3e8"},
    {NT, 0, "no PE signature at 0x80"},
    {NT + 4, 0xFFFF014C, "impossible number of sections (65535)"},
    {NT + 4, 0x61014C, "impossible number of sections (97)"},
    {NT + 4, 0x11014C, "the section table at 0x178 lies beyond the end"},
    {NT + 20, 95, "the optional header at 0x98 is not that of a program"},
    {NT + 20, SMALL_SIZE - OPTIONAL + 1, "the optional header at 0x98 (873 bytes) lies beyond"},
    {NT + 20, SMALL_SIZE - OPTIONAL, "the section table at 0x400 lies beyond the end"},
    {OPTIONAL, 0x107, "the optional header at 0x98 is not that of a program"},
};

START_TEST(refuses)
{
    struct pe pe;
    make_small();
    put_u32(small + broken[_i].offset, broken[_i].value);
    ck_assert_msg(read_small(&pe) == -1, "%s", broken[_i].message);
    ck_assert_msg(strstr(error.text, broken[_i].message) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "small.efi: ") == error.text, "%s", error.text);
}
END_TEST

START_TEST(every_length)
{
    make_small();
    for (size_t size = 0; size <= SMALL_SIZE; size++) {
        struct pe pe;
        uint8_t *copy = malloc(size + 1); /* the sanitizer watches its end */
        memcpy(copy, small, size);
        const struct file *file = file_from_memory(pool, "cut.efi", copy, size);
        ck_assert_int_eq(pe_read(file, &pe, &error), size < SECTIONS + 80 ? -1 : 0);
        free(copy);
    }
}
END_TEST

START_TEST(names_of_machines)
{
    ck_assert_str_eq(pe_machine_name(PE_MACHINE_I386), "32-bit x86");
    ck_assert_str_eq(pe_machine_name(PE_MACHINE_X86_64), "x86-64");
    ck_assert_str_eq(pe_machine_name(PE_MACHINE_ARM64), "ARM64");
    ck_assert_str_eq(pe_machine_name(0x1C4), "another processor");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pe");
    TCase *tests = tcase_create("pe");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, same_as_readobj, 0, PROGRAM_COUNT);
    tcase_add_test(tests, the_checksum_that_sbsign_writes);
    tcase_add_test(tests, as_many_directories_as_there_is_room_for);
    tcase_add_test(tests, a_section_without_size_in_memory_has_that_in_the_file);
    tcase_add_test(tests, the_largest_figures_do_not_wrap);
    tcase_add_loop_test(tests, refuses, 0, sizeof(broken) / sizeof(broken[0]));
    tcase_add_test(tests, every_length);
    tcase_add_test(tests, names_of_machines);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
