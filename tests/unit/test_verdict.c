/* SPDX-License-Identifier: BSD-2-Clause */
/* What will fail after the hand-over: processors, versions of Windows, codes of boot managers. */
#include <stdio.h>
#include <string.h>

#include "base/little_endian.h"
#include "base/processor.h"
#include "files/pe_resource.h"
#include "tests/unit/unit.h"
#include "verdict/boot_status.h"
#include "verdict/processor_needs.h"
#include "verdict/windows_version.h"

/* ---- what CPUID says ---- */

#define EXTENDED UINT32_C(0x80000000)

static struct {
    uint32_t leaf, registers[4];
} leaves[8];
static size_t leaf_count;

/* Like an Intel's: a leaf that it does not have is answered as its last basic one. */
static bool read_leaf(uint32_t leaf, uint32_t registers[4])
{
    for (size_t i = 0; i < leaf_count; i++) {
        if (leaves[i].leaf == leaf) {
            memcpy(registers, leaves[i].registers, sizeof(leaves[i].registers));
            return true;
        }
    }
    memset(registers, 0xFF, 4 * sizeof(registers[0]));
    registers[0] = 0x16;
    return true;
}

static bool read_nothing(uint32_t leaf, uint32_t registers[4])
{
    return false;
}

static void add_leaf(uint32_t leaf, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    leaves[leaf_count].leaf = leaf;
    memcpy(leaves[leaf_count++].registers, (uint32_t[]){a, b, c, d}, 16);
}

static void add_vendor(const char vendor[13], uint32_t last)
{
    leaf_count = 0;
    add_leaf(0, last, get_u32((const uint8_t *)vendor), get_u32((const uint8_t *)vendor + 8),
             get_u32((const uint8_t *)vendor + 4));
}

static void add_name(const char *name)
{
    char text[48] = "";
    memcpy(text, name, strlen(name));
    for (uint32_t i = 0; i < 3; i++) {
        const uint8_t *part = (const uint8_t *)text + (size_t)16 * i;
        add_leaf(EXTENDED + 2 + i, get_u32(part), get_u32(part + 4), get_u32(part + 8),
                 get_u32(part + 12));
    }
}

static struct processor identify(void)
{
    struct processor processor;
    memset(&processor, 0xA5, sizeof(processor));
    processor_identify(&processor, read_leaf);
    return processor;
}

/* Registers of real processors, as InstLatx64's collection of CPUID dumps has them. */
START_TEST(identifies_processors)
{
    struct processor processor;

    /* Core i7-920: PREFETCHW is not reported. */
    add_vendor("GenuineIntel", 11);
    add_leaf(1, 0x000106A5, 0x00100800, 0x0098E3BD, 0xBFEBFBFF);
    add_leaf(EXTENDED, 0x80000008, 0, 0, 0);
    add_leaf(EXTENDED + 1, 0, 0, 0x00000001, 0x28100800);
    add_name("       Intel(R) Core(TM) i7 CPU 920 @ 2.67GHz");
    processor = identify();
    ck_assert(processor.is_known);
    ck_assert_uint_eq(processor.features, 0xFF);
    ck_assert_str_eq(processor.name, "Intel(R) Core(TM) i7 CPU 920 @ 2.67GHz");

    /* Athlon 64 of 2003: neither CMPXCHG16B nor LAHF; 3DNow! means PREFETCHW. */
    add_vendor("AuthenticAMD", 1);
    add_leaf(1, 0x00000F4A, 0x00000800, 0x00000000, 0x078BFBFF);
    add_leaf(EXTENDED, 0x80000018, 0, 0, 0);
    add_leaf(EXTENDED + 1, 0x00000F4A, 0x10A, 0x00000000, 0xE1D3FBFF);
    add_name("AMD Athlon(tm) 64 Processor 3200+");
    processor = identify();
    ck_assert_uint_eq(processor.features,
                      PROCESSOR_LM | PROCESSOR_PAE | PROCESSOR_NX | PROCESSOR_PREFETCHW);

    /* Pentium III: no extended leaves, whatever it answers. */
    add_vendor("GenuineIntel", 3);
    add_leaf(1, 0x00000683, 0x00000002, 0x00000000, 0x0383F9FF);
    processor = identify();
    ck_assert(processor.is_known);
    ck_assert_uint_eq(processor.features, PROCESSOR_PAE);
    ck_assert_str_eq(processor.name, "");

    /* A hypervisor hides what it cannot take away. */
    add_vendor("AuthenticAMD", 13);
    add_leaf(1, 0x00000663, 0x00000800, 0x80002001, 0x078BFBFD);
    add_leaf(EXTENDED, 0x8000000A, 0, 0, 0);
    add_leaf(EXTENDED + 1, 0x00000663, 0, 0x00000000, 0x20100800);
    add_name("QEMU\tVirtual CPU");
    processor = identify();
    ck_assert_uint_eq(processor.features, 0xFF & ~(PROCESSOR_SSE4_2 | PROCESSOR_POPCNT));
    ck_assert_str_eq(processor.name, "QEMU?Virtual CPU");
}
END_TEST

START_TEST(identifies_nothing_without_cpuid)
{
    struct processor processor;
    processor_identify(&processor, read_nothing);
    ck_assert(!processor.is_known);
    add_vendor("GenuineIntel", 0); /* has leaf 0 alone */
    ck_assert(!identify().is_known);
}
END_TEST

/* A name of 48 characters has no NUL. */
START_TEST(takes_the_longest_name)
{
    add_vendor("GenuineIntel", 1);
    add_leaf(1, 0, 0, 0, 0);
    add_leaf(EXTENDED, 0x80000004, 0, 0, 0);
    add_leaf(EXTENDED + 1, 0, 0, 0, 0);
    add_name("0123456789abcdef0123456789abcdef0123456789abcdef");
    ck_assert_str_eq(identify().name, "0123456789abcdef0123456789abcdef0123456789abcdef");
}
END_TEST

/* ---- what Windows needs ---- */

static uint32_t missing(uint32_t features, const char *arch, const char *text)
{
    const struct processor processor = {.is_known = true, .features = features};
    struct windows_version version;
    return processor_missing(&processor, arch,
                             windows_version_parse(text, &version) ? &version : NULL);
}

START_TEST(versions_need_features)
{
    const uint32_t of_8_1 = PROCESSOR_LM | PROCESSOR_PAE | PROCESSOR_NX | PROCESSOR_CX16 |
                            PROCESSOR_LAHF_LM | PROCESSOR_PREFETCHW;
    ck_assert_uint_eq(missing(0, "x86_64", "6.1.7601.17514"), PROCESSOR_LM);
    ck_assert_uint_eq(missing(0, "x86_64", "6.2.9200.16384"),
                      PROCESSOR_LM | PROCESSOR_PAE | PROCESSOR_NX);
    ck_assert_uint_eq(missing(0, "x86_64", "6.3.9600.16384"), of_8_1);
    ck_assert_uint_eq(missing(0, "x86_64", "10.0.22631.1"), of_8_1);
    ck_assert_uint_eq(missing(0, "x86_64", "10.0.26100.1"), 0xFF);
    ck_assert_uint_eq(missing(0, "x86_64", "10.0.28000.1"), 0xFF);
    ck_assert_uint_eq(missing(of_8_1, "x86_64", "10.0.26100.1"),
                      PROCESSOR_SSE4_2 | PROCESSOR_POPCNT);
    ck_assert_uint_eq(missing(of_8_1 | PROCESSOR_POPCNT, "x86_64", "10.0.26100.1"),
                      PROCESSOR_SSE4_2);
    ck_assert_uint_eq(missing(0xFF, "x86_64", "10.0.26100.1"), 0);

    ck_assert_uint_eq(missing(0, "i386", "6.1.7601.17514"), 0);
    ck_assert_uint_eq(missing(0, "i386", "10.0.19041.1"), PROCESSOR_PAE | PROCESSOR_NX);
    ck_assert_uint_eq(missing(0, "arm64", "10.0.26100.1"), 0);
    /* Not known: any. */
    ck_assert_uint_eq(missing(of_8_1, "", ""), PROCESSOR_SSE4_2 | PROCESSOR_POPCNT);
    ck_assert_uint_eq(missing(0, "i386", ""), PROCESSOR_PAE | PROCESSOR_NX);

    const struct processor unknown = {.is_known = false};
    ck_assert_uint_eq(processor_missing(&unknown, "x86_64", NULL), 0);
}
END_TEST

START_TEST(features_have_titles)
{
    unsigned essential = 0;
    for (size_t i = 0; i < PROCESSOR_FEATURE_COUNT; i++) {
        ck_assert_uint_eq(processor_features[i].feature, 1U << i);
        ck_assert_ptr_nonnull(processor_feature_title(processor_features[i].feature));
        essential += processor_feature_is_essential(processor_features[i].feature);
    }
    ck_assert_str_eq(processor_feature_title(PROCESSOR_CX16), "CMPXCHG16B");
    ck_assert_uint_eq(essential, 5);
    ck_assert(!processor_feature_is_essential(PROCESSOR_NX));
}
END_TEST

START_TEST(parses_versions)
{
    static const char *const wrong[] = {"",
                                        "10",
                                        "10.0",
                                        "10.0.",
                                        "10.0.x",
                                        "10.0.1.",
                                        "10.0.1.2.3",
                                        "10.0.65536.1",
                                        ".0.1.2",
                                        "10.0.1 ",
                                        "10.0.26100.1x",
                                        "-1.0.1",
                                        "10.0.1.99999999999999999999"};
    struct windows_version version;
    char text[WINDOWS_VERSION_SIZE];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_msg(!windows_version_parse(wrong[i], &version), "%s", wrong[i]);
    }
    ck_assert(windows_version_parse("10.0.19041", &version));
    ck_assert_str_eq(windows_version_format(&version, text), "10.0.19041.0");
    ck_assert(windows_version_parse("65535.65535.65535.65535", &version));
    ck_assert_str_eq(windows_version_format(&version, text), "65535.65535.65535.65535");
}
END_TEST

/* ---- versions of programs ---- */

enum {
    PE_OFFSET = 0x80,
    OPTIONAL = PE_OFFSET + 24,
    SECTIONS = OPTIONAL + 0xF0,
    RESOURCES = 0x400, /* in the file and in memory */
    VERSION_DATA = 0x480,
    PROGRAM_SIZE = 0x600,
};

/* A program with a version resource and nothing else: three directories of one entry, each after
 * the other. */
static void make_program(uint8_t bytes[PROGRAM_SIZE])
{
    static const char key[] = "VS_VERSION_INFO";
    memset(bytes, 0, PROGRAM_SIZE);
    memcpy(bytes, "MZ", 2);
    put_u32(bytes + 0x3C, PE_OFFSET);
    memcpy(bytes + PE_OFFSET, "PE\0", 4);
    put_u16(bytes + PE_OFFSET + 4, PE_MACHINE_X86_64);
    put_u16(bytes + PE_OFFSET + 6, 1);     /* sections */
    put_u16(bytes + PE_OFFSET + 20, 0xF0); /* optional header */
    put_u16(bytes + OPTIONAL, PE_FORMAT_32_PLUS);
    put_u32(bytes + OPTIONAL + 108, 16); /* directories */
    put_u32(bytes + OPTIONAL + 112 + 8 * PE_DIRECTORY_RESOURCES, RESOURCES);
    put_u32(bytes + OPTIONAL + 116 + 8 * PE_DIRECTORY_RESOURCES, 0x200);
    memcpy(bytes + SECTIONS, ".rsrc", 5);
    put_u32(bytes + SECTIONS + 8, 0x200);
    put_u32(bytes + SECTIONS + 12, RESOURCES);
    put_u32(bytes + SECTIONS + 16, 0x200);
    put_u32(bytes + SECTIONS + 20, RESOURCES);
    for (uint32_t level = 0; level < 3; level++) {
        uint8_t *directory = bytes + RESOURCES + (size_t)0x18 * level;
        put_u16(directory + 14, 1);
        put_u32(directory + 16, level == 0 ? PE_RESOURCE_VERSION : level == 1 ? 1 : 0x409);
        put_u32(directory + 20, level == 2 ? 0x48 : 0x80000000U | (0x18 * (level + 1)));
    }
    put_u32(bytes + RESOURCES + 0x48, VERSION_DATA);
    put_u32(bytes + RESOURCES + 0x4C, 0x100);
    for (size_t i = 0; i < sizeof(key); i++) {
        put_u16(bytes + VERSION_DATA + 6 + 2 * i, (uint8_t)key[i]);
    }
    put_u32(bytes + VERSION_DATA + 40, 0xFEEF04BD);
    put_u32(bytes + VERSION_DATA + 48, 10 << 16 | 0);
    put_u32(bytes + VERSION_DATA + 52, UINT32_C(26100) << 16 | 8655);
}

static bool read_version(const uint8_t *bytes, size_t size, struct windows_version *version)
{
    struct file file;
    struct extent extent;
    struct pe pe;
    struct error error;
    file_on_memory(&file, &extent, "winload.efi", bytes, size);
    return pe_read(&file, &pe, &error) == 0 && windows_version_of_program(&pe, version);
}

START_TEST(reads_versions_of_programs)
{
    uint8_t bytes[PROGRAM_SIZE];
    struct windows_version version;
    char text[WINDOWS_VERSION_SIZE];
    make_program(bytes);
    ck_assert(read_version(bytes, sizeof(bytes), &version));
    ck_assert_str_eq(windows_version_format(&version, text), "10.0.26100.8655");
}
END_TEST

/* What windres made (tests/trust/make_samples.sh). */
START_TEST(reads_version_of_another_linker)
{
    static uint8_t bytes[1 << 16];
    struct windows_version version;
    char text[WINDOWS_VERSION_SIZE];
    FILE *stream = fopen("build/test-trust/eleven.efi", "rb");
    ck_assert_ptr_nonnull(stream);
    size_t size = fread(bytes, 1, sizeof(bytes), stream);
    fclose(stream);
    ck_assert(read_version(bytes, size, &version));
    ck_assert_str_eq(windows_version_format(&version, text), "10.0.28000.342");
}
END_TEST

START_TEST(damaged_programs_have_no_version)
{
    static const struct {
        size_t at;
        uint32_t value;
    } damages[] = {
        {OPTIONAL + 116 + 8 * PE_DIRECTORY_RESOURCES, 0},       /* no resources */
        {OPTIONAL + 112 + 8 * PE_DIRECTORY_RESOURCES, 0x10000}, /* outside all sections */
        {RESOURCES + 16, 3},                                    /* another type */
        {RESOURCES + 20, 0x18},                                 /* data where directories are */
        {RESOURCES + 20, 0xFFFFFFFF},
        {RESOURCES + 0x18 + 20, 0x80000000}, /* a circle: the name is the type's directory */
        {RESOURCES + 0x30 + 20, 0x80000000}, /* a directory where data are */
        {RESOURCES + 0x30 + 20, 0x1F8},      /* half of it lies beyond the end */
        {RESOURCES + 0x48, 0x5F0},           /* the data, too */
        {RESOURCES + 0x48, 0xFFFFFFF0},
        {RESOURCES + 0x4C, 55}, /* too short */
        {VERSION_DATA + 40, 0xFEEF04BE},
        {VERSION_DATA + 8, 0}, /* another key */
    };
    struct windows_version version;
    uint8_t bytes[PROGRAM_SIZE];
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        make_program(bytes);
        put_u32(bytes + damages[i].at, damages[i].value);
        ck_assert_msg(!read_version(bytes, sizeof(bytes), &version), "damage %zu", i);
    }
    make_program(bytes);
    for (size_t size = 0; size < VERSION_DATA + 56; size++) {
        ck_assert_msg(!read_version(bytes, size, &version), "cut to %zu bytes", size);
    }
}
END_TEST

/* ---- codes ---- */

START_TEST(codes_have_advice)
{
    ck_assert_ptr_nonnull(strstr(boot_status_advice(0xC000000F), "boot.sdi"));
    ck_assert_ptr_nonnull(strstr(boot_status_advice(0xC0430001), "older winload"));
    ck_assert_ptr_null(boot_status_advice(0));
    ck_assert_ptr_null(boot_status_advice(0xC0000002));
    for (size_t i = 1; i < BOOT_STATUS_COUNT; i++) {
        ck_assert_uint_lt(boot_statuses[i - 1].code, boot_statuses[i].code);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verdict");
    TCase *tests = tcase_create("verdict");
    tcase_add_test(tests, identifies_processors);
    tcase_add_test(tests, identifies_nothing_without_cpuid);
    tcase_add_test(tests, takes_the_longest_name);
    tcase_add_test(tests, versions_need_features);
    tcase_add_test(tests, features_have_titles);
    tcase_add_test(tests, parses_versions);
    tcase_add_test(tests, reads_versions_of_programs);
    tcase_add_test(tests, reads_version_of_another_linker);
    tcase_add_test(tests, damaged_programs_have_no_version);
    tcase_add_test(tests, codes_have_advice);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
