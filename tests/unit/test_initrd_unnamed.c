/* SPDX-License-Identifier: BSD-2-Clause */
/* Images that iPXE hands on without a name: the content says what they are. */
#include "base/little_endian.h"
#include "tests/unit/initrd_fixture.h"

static uint8_t image[8192];

static size_t make_wim(size_t length)
{
    memset(image, 0xAB, sizeof(image));
    memset(image, 0, 208);
    memcpy(image, "MSWIM\0\0", 8);
    put_u64(image + 0x30, 0x0200000000000000 | 50);
    put_u64(image + 0x38, 208);
    put_u64(image + 0x48, 0x0200000000000000 | 42);
    put_u64(image + 0x50, length - 42);
    return length;
}

static size_t make_hive(void)
{
    memset(image, 0, sizeof(image));
    memcpy(image, "regf", 4);
    put_u32(image + 0x28, 4096);
    memcpy(image + 4096, "hbin", 4);
    return 8192;
}

static size_t make_sdi(void)
{
    memset(image, 0, sizeof(image));
    memcpy(image, "$SDI0001", 8);
    memcpy(image + 0x400, "PART", 4);
    put_u64(image + 0x410, 0x800);
    put_u64(image + 0x418, 1000);
    memcpy(image + 0x440, "WIM", 3);
    put_u64(image + 0x450, 0x1000);
    return 0x1000;
}

static size_t make_pe(uint16_t machine, uint16_t subsystem)
{
    uint16_t magic = machine == 0x14C ? 0x10B : 0x20B;
    uint8_t *optional = image + 0x80 + 24;
    uint8_t *directories = optional + (magic == 0x20B ? 112 : 96);
    memset(image, 0, sizeof(image));
    memcpy(image, "MZ", 2);
    put_u32(image + 0x3C, 0x80);
    memcpy(image + 0x80, "PE\0", 4);
    put_u16(image + 0x84, machine);
    put_u16(image + 0x86, 1);
    put_u16(image + 0x94, 240);
    put_u16(optional, magic);
    put_u32(optional + 60, 0x200);
    put_u16(optional + 68, subsystem);
    put_u32(directories - 4, 16);
    put_u32(directories + 32, 0x500); /* certificates */
    put_u32(directories + 36, 0x128);
    put_u32(optional + 240 + 16, 0x300); /* the section's size and place */
    put_u32(optional + 240 + 20, 0x200);
    memset(image + 0x500, 0xCC, 0x128);
    return 0x628;
}

START_TEST(images_without_names)
{
    static const char lua[] = "-- a script\nboot.index = 3\n";
    put_ipxe("extra.txt", "named", 5);
    put_ipxe(NULL, "#!ipxe\nkernel wimboot\n", 22);
    put_ipxe(NULL, lua, sizeof(lua) - 1);
    size_t wim_size = make_wim(6000);
    put_ipxe(NULL, image, wim_size);
    size_t wim_at = size - wim_size;
    put_ipxe(NULL, image, make_hive());
    put_ipxe(NULL, image, make_sdi());
    put_ipxe(NULL, image, make_pe(0x14C, 16));
    put_ipxe(NULL, image, make_pe(0x8664, 10));
    put_ipxe(NULL, image, make_wim(5000));
    read_well();
    static const struct {
        const char *name;
        size_t size;
    } expected[] = {{"extra.txt", 5},       {"boot.lua", sizeof(lua) - 1},
                    {"boot.wim", 6000},     {"BCD", 8192},
                    {"boot.sdi", 0x1000},   {"bootmgr.exe", 0x628},
                    {"bootx64.efi", 0x628}, {"boot2.wim", 5000}};
    ck_assert_uint_eq(list.count, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_str_eq(list.files[i]->name, expected[i].name);
        ck_assert_uint_eq(list.files[i]->size, expected[i].size);
        ck_assert_int_eq(list.files[i]->name_is_doubtful, i > 0);
    }
    check_text(1, "boot.lua", lua);
    check_file(2, "boot.wim", NULL, initrd + wim_at, 6000);
}
END_TEST

/* An ISO starts with 32 KiB of zeros, as padding does, and ends where its descriptor says. */
START_TEST(discs_without_names)
{
    enum { DISC_SIZE = 40 * 2048 };
    static uint8_t disc[DISC_SIZE];
    memset(disc, 0, sizeof(disc));
    memcpy(disc + 32768, "\1CD001\1", 7);
    put_u32(disc + 32768 + 80, DISC_SIZE / 2048);
    put_u16(disc + 32768 + 128, 2048);
    memset(disc + 34816, 0xCD, DISC_SIZE - 34816);
    put_ipxe(NULL, image, make_wim(5000));
    put_ipxe(NULL, disc, sizeof(disc));
    put_ipxe(NULL, disc, sizeof(disc));
    put_ipxe(NULL, image, make_hive());
    read_well();
    ck_assert_uint_eq(list.count, 4);
    check_file(1, "boot.iso", NULL, disc, sizeof(disc));
    check_file(2, "boot2.iso", NULL, disc, sizeof(disc));
    ck_assert_str_eq(list.files[3]->name, "BCD");
}
END_TEST

/* What is in an ISO without a name is not taken for further images. */
START_TEST(archive_headers_in_a_disc_add_nothing)
{
    static uint8_t disc[16 * 4096];
    memcpy(disc + 32768, "\1CD001\1", 7);
    put_u32(disc + 32768 + 80, sizeof(disc) / 2048);
    put_u16(disc + 32768 + 128, 2048);
    put_ipxe(NULL, disc, sizeof(disc));
    size_t end = size;
    size = 10 * 4096;
    put_ipxe("wimboot.lua", "print(1)", 8);
    size = end;
    read_well();
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.files[0]->name, "boot.iso");
}
END_TEST

/* An attacker's server sends the true WIM with an archive appended, wherever it may be looked for.
 */
START_TEST(what_follows_a_bare_image_adds_nothing)
{
    static const size_t gaps[] = {1, 4, 512, 4096, 3 * 4096};
    for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        teardown();
        setup();
        put_ipxe("before", "1", 1);
        put_ipxe(NULL, image, make_wim(6001));
        pad_to(gaps[i]);
        put_header(0100644, 1, 9, 12);
        put("wimboot.lua\0\0\0", 14);
        put("error(1)\n", 9);
        put_ipxe("BCD", "2", 1);
        put_ipxe("more.cpio", "0707010000", 10);
        put_ipxe(NULL, image, make_sdi());
        read_well();
        ck_assert_uint_eq(list.count, 3);
        check_text(0, "before", "1");
        ck_assert_str_eq(list.files[1]->name, "boot.wim");
        ck_assert_uint_eq(list.files[1]->size, 6001);
        ck_assert_str_eq(list.files[2]->name, "boot.sdi");
    }
}
END_TEST

/* Also after what is skipped: text has an end that its maker chooses. */
START_TEST(what_follows_an_unknown_image_adds_nothing)
{
    static const char *const images[] = {"#!ipxe\n", "some text\n", "<html>", "\x1f\x8b\x08 gzip"};
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        teardown();
        setup();
        put_ipxe(NULL, images[i], strlen(images[i]));
        put_ipxe("wimboot.lua", "error(1)\n", 9);
        read_well();
        ck_assert_uint_eq(list.count, 0);
    }
}
END_TEST

START_TEST(unknown_images_are_skipped)
{
    static const uint8_t font[32] = {0,   1,   0, 0, 0, 1, 0, 0, 0, 0,  0, 0, 'c', 'm',
                                     'a', 'p', 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0,   4};
    uint8_t noise[9000];
    memset(noise, 0x91, sizeof(noise));
    put_ipxe("before", "all", 3);
    put_ipxe(NULL, noise, sizeof(noise));
    put_ipxe(NULL, "<!DOCTYPE html><html>404</html>", 31);
    put_ipxe(NULL, "[Unattended]\nx=y\n", 17);
    put_ipxe(NULL, font, sizeof(font));
    put_ipxe(NULL, image, make_pe(0x8664, 3)); /* some program */
    noise[0] = 0x1F;
    noise[1] = 0x8B;
    put_ipxe(NULL, noise, 5000);
    put_ipxe(NULL, noise, 4096); /* no zero in front of what follows */
    put_ipxe(NULL, image, make_hive());
    read_well();
    ck_assert_uint_eq(list.count, 2);
    check_text(0, "before", "all");
    check_file(1, "BCD", NULL, image, 8192);
}
END_TEST

START_TEST(our_own_image_is_ignored)
{
    /* A bzImage that is a PE too, with both headers. */
    size_t length = make_pe(0x8664, 10);
    put_u16(image + 0x1FE, 0xAA55);
    memcpy(image + 0x202, "HdrS", 4);
    image[0x1F1] = 4;
    put_u32(image + 0x1F4, 0x10);
    ck_assert_uint_lt(length, 5 * 512 + 0x100);
    put_ipxe("a", "b", 1);
    put_ipxe(NULL, image, 5 * 512 + 0x100);
    read_well();
    ck_assert_uint_eq(list.count, 1);
    check_text(0, "a", "b");
}
END_TEST

START_TEST(cut_images_without_names)
{
    make_wim(6000);
    put_ipxe("a", "b", 1);
    put_ipxe(NULL, image, 5999);
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "a WIM"));
    ck_assert_ptr_nonnull(strstr(error.text, "0x1000"));
    ck_assert_ptr_nonnull(strstr(error.text, "6000 bytes"));
}
END_TEST

/* WIMs of next to nothing: a file every 258 bytes, each named and told of. */
START_TEST(very_many_images_without_names)
{
    enum { MOST = 256 };
    for (unsigned i = 0; i <= MOST; i++) {
        put(image, make_wim(258));
    }
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_msg(strstr(error.text, "more than 256 images without a name") != NULL, "%s",
                  error.text);
    ck_assert_uint_eq(list.count, MOST);
    ck_assert_str_eq(list.files[1]->name, "boot2.wim");
    ck_assert_str_eq(list.files[MOST - 1]->name, "boot256.wim");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("initrd_unnamed");
    TCase *tests = tcase_create("initrd_unnamed");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, images_without_names);
    tcase_add_test(tests, discs_without_names);
    tcase_add_test(tests, archive_headers_in_a_disc_add_nothing);
    tcase_add_test(tests, what_follows_a_bare_image_adds_nothing);
    tcase_add_test(tests, what_follows_an_unknown_image_adds_nothing);
    tcase_add_test(tests, unknown_images_are_skipped);
    tcase_add_test(tests, our_own_image_is_ignored);
    tcase_add_test(tests, cut_images_without_names);
    tcase_add_test(tests, very_many_images_without_names);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
