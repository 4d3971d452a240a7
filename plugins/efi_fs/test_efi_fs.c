/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot device's files, with a file system in memory that is as unhelpful as real ones:
 * it distinguishes upper and lower case, delivers less than requested, and fails.
 */
#include "plugins/efi_fs/firmware_file.c"

#include <stdio.h>

#include "base/little_endian.h"
#include "efi/boot_device.c"
#include "efi/firmware.c"
#include "plugins/efi_fs/efi_fs.c"
#include "plugins/efi_fs/ipxe_initrd.c"
#include "plugins/efi_fs/own_image.c"
#include "tests/unit/unit.h"

#include "plugins/efi_fs/fake_firmware.h" /* uses static parts of the files above */

static uint8_t content[200000];
static uint8_t magic[64 * 1024]; /* initrd.magic */
static size_t magic_size;
static struct pool *pool;
static struct file_list list;
static struct error error;

static void setup(void)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof(content); i++) {
        seed = seed * 1664525 + 1013904223;
        content[i] = (uint8_t)(seed >> 24);
    }
    start_firmware();
    magic_size = 0;
    memset(magic, 0, sizeof(magic));
    pool = pool_create();
    list = (struct file_list){.pool = pool};
}

static void teardown(void)
{
    pool_destroy(pool);
    finish_firmware();
}

/* ---- iPXE's initrd.magic ---- */

static void put_header(const char *name, unsigned mode, size_t size)
{
    char *at = (char *)magic + magic_size;
    magic_size +=
        (size_t)sprintf(at, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0, mode,
                        0, 0, 1, 0, size, 0, 0, 0, 0, strlen(name) + 1, 0);
    magic_size += (size_t)sprintf((char *)magic + magic_size, "%s", name) + 1;
    magic_size += (4 - magic_size % 4) % 4;
}

static void put_padding(void)
{
    magic_size += (4096 - magic_size % 4096) % 4096;
}

/* An image as iPXE lists it, and as it lies in initrd.magic. */
static void put_image(const char *listed, const char *given, const void *bytes, size_t size)
{
    add_entry(listed, bytes, size);
    put_padding();
    if (given != NULL) {
        put_header(given, 0100644, size);
    }
    memcpy(magic + magic_size, bytes, size);
    magic_size += size;
}

static void finish_magic(void)
{
    add_entry("initrd.magic", magic, magic_size)->hidden = true;
}

static void enumerate_all(void)
{
    ck_assert_msg(enumerate(&list, &error) == 0, "%s", error.text);
}

static const struct file *only_file(void)
{
    enumerate_all();
    ck_assert_uint_eq(list.count, 1);
    return list.files[0];
}

START_TEST(no_file_system_means_no_files)
{
    has_file_system = false;
    enumerate_all();
    ck_assert_uint_eq(list.count, 0);
    loaded_image.DeviceHandle = NULL;
    enumerate_all();
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(what_qemu_loads_kernels_from_is_no_input)
{
    static uint8_t path[] = {4,    3,    20,   0,    0x72, 0xf7, 0x28, 0x14, 0x4a, 0xb6, 0x1e, 0x44,
                             0xb8, 0xc3, 0x9e, 0xbd, 0xd7, 0xf8, 0x93, 0xc7, 0x7f, 0xff, 4,    0};
    add_entry("cmdline", content, 10);
    device_path = path;
    enumerate_all();
    ck_assert_uint_eq(list.count, 0);
    path[4]++;
    enumerate_all();
    ck_assert_uint_eq(list.count, 1);
}
END_TEST

START_TEST(files_are_listed_and_directories_are_not)
{
    add_entry("EFI", NULL, 0)->attribute = EFI_FILE_DIRECTORY;
    add_entry("boot.wim", content, 1000);
    add_entry("BCD", content + 1000, 0);
    add_entry("hidden", content, 10)->hidden = true;
    enumerate_all();
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.files[0]->name, "boot.wim");
    ck_assert_uint_eq(list.files[0]->size, 1000);
    ck_assert_str_eq(list.files[1]->name, "BCD");
    ck_assert_uint_eq(list.files[1]->size, 0);
}
END_TEST

START_TEST(many_files_and_long_names)
{
    for (int i = 0; i < ENTRY_COUNT_MAX; i++) {
        char name[NAME_MAX];
        snprintf(name, sizeof(name), "%05d äöü %0245d", i, 0); /* 255 units */
        add_entry(name, content + i, 100);
    }
    enumerate_all();
    ck_assert_uint_eq(list.count, ENTRY_COUNT_MAX);
    uint8_t byte;
    const struct file *last = list.files[ENTRY_COUNT_MAX - 1];
    ck_assert_uint_eq(strlen(last->name), 258);
    ck_assert_int_eq(file_read(last, 99, &byte, 1, &error), 0);
    ck_assert_uint_eq(byte, content[ENTRY_COUNT_MAX - 1 + 99]);
}
END_TEST

START_TEST(names_keep_their_case)
{
    uint8_t byte;
    add_entry("Boot.WIM", content, 10);
    const struct file *file = only_file();
    ck_assert_str_eq(file->name, "Boot.WIM");
    ck_assert_int_eq(file_read(file, 0, &byte, 1, &error), 0);
}
END_TEST

START_TEST(reads_of_every_size_and_place)
{
    static uint8_t buffer[sizeof(content)];
    read_limit = 10007;
    add_entry("boot.wim", content, sizeof(content));
    const struct file *file = only_file();
    uint32_t seed = 7;
    for (int i = 0; i < 2000; i++) {
        seed = seed * 1664525 + 1013904223;
        size_t length = (seed >> 8) % (i % 4 == 0 ? sizeof(content) : 3000);
        seed = seed * 1664525 + 1013904223;
        size_t offset = (seed >> 8) % (sizeof(content) - length);
        memset(buffer, 0, length);
        ck_assert_int_eq(file_read(file, offset, buffer, length, &error), 0);
        ck_assert_mem_eq(buffer, content + offset, length);
    }
}
END_TEST

START_TEST(small_reads_share_calls_of_the_firmware)
{
    uint8_t bytes[16];
    add_entry("boot.wim", content, sizeof(content));
    const struct file *file = only_file();
    read_calls = 0;
    for (size_t offset = 0; offset + sizeof(bytes) <= sizeof(content); offset += sizeof(bytes)) {
        ck_assert_int_eq(file_read(file, offset, bytes, sizeof(bytes), &error), 0);
        ck_assert_mem_eq(bytes, content + offset, sizeof(bytes));
    }
    ck_assert_uint_le(read_calls, sizeof(content) / FIRMWARE_BLOCK_SIZE + 1);
}
END_TEST

START_TEST(cached_blocks_of_different_files_are_kept_apart)
{
    uint8_t byte;
    for (int i = 0; i < 3 * BLOCK_COUNT; i++) {
        char name[16];
        snprintf(name, sizeof(name), "file%d", i);
        add_entry(name, content + 100 * i, 100);
    }
    enumerate_all();
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < list.count; i++) {
            ck_assert_int_eq(file_read(list.files[i], 50, &byte, 1, &error), 0);
            ck_assert_uint_eq(byte, content[100 * i + 50]);
        }
    }
}
END_TEST

START_TEST(file_that_ends_early_is_an_error)
{
    uint8_t bytes[100];
    short_by = 1;
    add_entry("boot.wim", content, 1000);
    const struct file *file = only_file();
    ck_assert_int_eq(file_read(file, 900, bytes, 100, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "boot.wim"));
    ck_assert_ptr_nonnull(strstr(error.text, "0x3e7"));
    short_by = 0;
    ck_assert_int_eq(file_read(file, 900, bytes, 100, &error), 0);
    ck_assert_mem_eq(bytes, content + 900, 100);
}
END_TEST

/* The medium shows other bytes once the file was verified: no read may deliver them. */
START_TEST(pinned_file_that_changes_is_an_error)
{
    static uint8_t buffer[sizeof(content)], expected[sizeof(content)];
    enum { CHANGED = 100000 };
    add_entry("boot.wim", content, sizeof(content));
    const struct file *file = only_file();
    struct file *slice;
    memcpy(expected, content, sizeof(content));
    ck_assert_int_eq(file_slice(pool, file, 5, 150000, &slice, &error), 0);
    ck_assert_int_eq(file_read(file, CHANGED, buffer, 1, &error), 0); /* now it is in the cache */
    ck_assert_int_eq(file_pin(file, &error), 0);
    ck_assert_int_eq(file_pin(file, &error), 0);
    content[CHANGED] ^= 1; /* before the first read: what that sees counts */
    expected[CHANGED] ^= 1;
    ck_assert_int_eq(file_read(file, 0, buffer, sizeof(buffer), &error), 0);
    ck_assert_mem_eq(buffer, expected, sizeof(buffer));

    content[CHANGED] ^= 0x80;
    uint32_t seed = 5;
    size_t refused = 0;
    for (int i = 0; i < 1500; i++) {
        seed = seed * 1664525 + 1013904223;
        size_t length = 1 + (seed >> 8) % (i % 3 == 0 ? sizeof(content) - 1 : 2000);
        seed = seed * 1664525 + 1013904223;
        size_t offset = (seed >> 8) % (sizeof(content) - length);
        bool in_slice = offset >= 5 && offset + length <= 150005 && i % 2 == 0;
        int rc = in_slice ? file_read(slice, offset - 5, buffer, length, &error)
                          : file_read(file, offset, buffer, length, &error);
        size_t first = offset / FIRMWARE_BLOCK_SIZE,
               last = (offset + length - 1) / FIRMWARE_BLOCK_SIZE;
        bool touches =
            first <= CHANGED / FIRMWARE_BLOCK_SIZE && last >= CHANGED / FIRMWARE_BLOCK_SIZE;
        ck_assert_int_eq(rc, touches ? -1 : 0);
        if (rc == 0) {
            ck_assert_mem_eq(buffer, expected + offset, length);
        } else {
            ck_assert_ptr_nonnull(strstr(error.text, "boot.wim"));
            ck_assert_ptr_nonnull(strstr(error.text, "0x18000"));
            refused++;
        }
    }
    ck_assert_uint_gt(refused, 100);
    content[CHANGED] ^= 0x80;
    ck_assert_int_eq(file_read(file, CHANGED, buffer, 1, &error), 0);
}
END_TEST

START_TEST(file_too_large_to_pin_is_an_error)
{
    add_entry("boot.wim", content, FILE_SIZE_MAX);
    ck_assert_int_eq(file_pin(only_file(), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "boot.wim: too large"));
}
END_TEST

START_TEST(impossible_size_is_an_error)
{
    add_entry("boot.wim", content, FILE_SIZE_MAX + 1);
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_str_eq(error.text, "boot.wim: the firmware says that it has 9223372036854775808 "
                                 "bytes, which is impossible");
}
END_TEST

START_TEST(errors_of_the_firmware_are_named)
{
    uint8_t byte;
    add_entry("boot.wim", content, 1000);
    const struct file *file = only_file();
    read_status = EFI_DEVICE_ERROR;
    ck_assert_int_eq(file_read(file, 0, &byte, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "boot.wim"));
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_DEVICE_ERROR"));
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_DEVICE_ERROR"));
}
END_TEST

START_TEST(directory_entry_larger_than_its_buffer_is_an_error)
{
    add_entry("boot.wim", content, 1000);
    claimed_too_much = 100000;
    ck_assert_int_eq(enumerate(&list, &error), -1);
    claimed_too_much = 0;
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_BAD_BUFFER_SIZE"));
    enumerate_all();
    ck_assert_uint_eq(list.count, 1);
}
END_TEST

START_TEST(file_that_is_gone_is_an_error)
{
    uint8_t byte;
    add_entry("boot.wim", content, 1000);
    const struct file *file = only_file();
    entries[0].name[0] = 'x';
    ck_assert_int_eq(file_read(file, 0, &byte, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_NOT_FOUND"));
}
END_TEST

/* A PE file of 0x600 bytes with one section, as own_size() and the firmware see it. */
static void make_pe(uint8_t pe[0x600])
{
    memset(pe, 0, 0x600);
    memcpy(pe, "MZ", 2);
    put_u32(pe + 0x3C, 0x40);
    memcpy(pe + 0x40, "PE", 2);
    put_u16(pe + 0x40 + 6, 1);
    put_u16(pe + 0x40 + 20, 160);
    put_u16(pe + 0x40 + 24, 0x20B);
    put_u32(pe + 0x40 + 24 + 108, 6);     /* data directories */
    put_u32(pe + 0x40 + 24 + 64, 0x1234); /* checksum */
    put_u32(pe + 0x40 + 24 + 160 + 16, 0x400);
    put_u32(pe + 0x40 + 24 + 160 + 20, 0x200);
}

static void set_own_image(uint8_t memory[0x600])
{
    loaded_image.ImageBase = memory;
    loaded_image.ImageSize = 0x600;
}

START_TEST(own_image_is_not_an_input)
{
    static uint8_t disk[0x600], memory[0x600], other[0x600];
    make_pe(disk);
    make_pe(memory);
    make_pe(other);
    put_u64(memory + 0x40 + 24 + 24, 0x123456789); /* the firmware notes where it loaded us */
    put_u32(other + 0x40 + 24 + 64, 0x1235);
    set_own_image(memory);
    add_entry("wimboot", disk, sizeof(disk));
    add_entry("renamed.bin", disk, sizeof(disk));
    add_entry("other.efi", other, sizeof(other));
    add_entry("longer", content, sizeof(disk) + 1);
    enumerate_all();
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.files[0]->name, "other.efi");
    ck_assert_str_eq(list.files[1]->name, "longer");
}
END_TEST

START_TEST(own_signed_image_is_not_an_input)
{
    static uint8_t disk[0x700], memory[0x600];
    make_pe(memory);
    put_u32(memory + 0x40 + 24 + 112 + 32, 0x600);
    put_u32(memory + 0x40 + 24 + 112 + 36, 0x100);
    memcpy(disk, memory, sizeof(memory));
    set_own_image(memory);
    add_entry("wimboot", disk, sizeof(disk));
    enumerate_all();
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(ipxe_images_have_the_names_they_were_given)
{
    put_image("winpe.wim?arch=x64", "boot.wim", content, 5000);
    put_image("BCD", "BCD", content + 1, 4096);
    put_image("boot.sdi", NULL, content + 2, 4097);
    put_padding();
    put_header("fonts", 040755, 0);
    put_header("fonts/latin", 040755, 0);
    add_entry("wgl4.ttf", content + 3, 10);
    put_header("/fonts/latin/wgl4_boot.ttf", 0100644, 10);
    memcpy(magic + magic_size, content + 3, 10);
    magic_size += 10;
    put_image("last", "final name", content + 4, 1);
    finish_magic();
    enumerate_all();
    static const struct {
        const char *name, *path;
        uint64_t size;
    } expected[] = {
        {"boot.wim", NULL, 5000}, {"BCD", NULL, 4096},
        {"boot.sdi", NULL, 4097}, {"wgl4_boot.ttf", "fonts\\latin\\wgl4_boot.ttf", 10},
        {"final name", NULL, 1},
    };
    ck_assert_uint_eq(list.count, 5);
    for (size_t i = 0; i < 5; i++) {
        uint8_t byte;
        ck_assert_str_eq(list.files[i]->name, expected[i].name);
        ck_assert_pstr_eq(list.files[i]->path, expected[i].path);
        ck_assert_uint_eq(list.files[i]->size, expected[i].size);
        ck_assert_int_eq(file_read(list.files[i], 0, &byte, 1, &error), 0);
        ck_assert_uint_eq(byte, content[i]);
    }
}
END_TEST

/* iPXE before 2021 has no initrd.magic, and lists names as they were given. */
START_TEST(listed_names_have_their_directories)
{
    add_entry("sources/boot.wim", content, 5000);
    add_entry("Drivers/net/x.inf", content + 1, 10);
    enumerate_all();
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.files[0]->name, "boot.wim");
    ck_assert_str_eq(list.files[0]->path, "sources\\boot.wim");
    ck_assert_str_eq(list.files[1]->path, "Drivers\\net\\x.inf");
    ck_assert_ptr_eq(file_list_find(&list, "boot.wim"), list.files[0]);
    uint8_t byte;
    ck_assert_int_eq(file_read(list.files[1], 0, &byte, 1, &error), 0);
    ck_assert_uint_eq(byte, content[1]);
}
END_TEST

START_TEST(ipxe_lists_us_but_we_are_not_in_its_initrd)
{
    static uint8_t own[0x600];
    make_pe(own);
    set_own_image(own);
    add_entry("wimboot", own, sizeof(own));
    put_image("x", "boot.wim", content, 100);
    finish_magic();
    ck_assert_str_eq(only_file()->name, "boot.wim");
}
END_TEST

/* An archive opens by its name alone. */
START_TEST(archives_of_ipxe)
{
    static uint8_t archive[4096];
    put_header("inner.txt", 0100644, 3);
    memcpy(magic + magic_size, "abc", 3);
    size_t size = magic_size + 3;
    memcpy(archive, magic, size);
    memset(magic, 0, sizeof(magic));
    magic_size = 0;
    put_image("bundle", NULL, archive, size);
    put_image("bundle", "bundle.cpio", archive, size);
    put_image("tail", "tail.txt", content, 5);
    finish_magic();
    enumerate_all();
    ck_assert_uint_eq(list.count, 3);
    ck_assert_str_eq(list.files[0]->name, "bundle");
    ck_assert_uint_eq(list.files[0]->size, size);
    ck_assert(!list.files[0]->name_is_doubtful);
    ck_assert_str_eq(list.files[1]->name, "inner.txt");
    ck_assert_uint_eq(list.files[1]->size, 3);
    ck_assert(list.files[1]->name_is_doubtful);
    ck_assert_str_eq(list.files[2]->name, "tail.txt");
}
END_TEST

START_TEST(archive_on_a_disk_stands_for_its_files)
{
    put_header("inner.txt", 0100644, 3);
    memcpy(magic + magic_size, "abc", 3);
    add_entry("bundle.CPIO", magic, magic_size + 3);
    add_entry("other.cpio", content, 100);
    enumerate_all();
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.files[0]->name, "inner.txt");
    ck_assert_str_eq(list.files[1]->name, "other.cpio");
}
END_TEST

START_TEST(damaged_archive_is_an_error)
{
    put_header("inner.txt", 0100644, 300);
    add_entry("bundle.cpio", magic, magic_size + 3);
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "bundle.cpio"));
    ck_assert_ptr_nonnull(strstr(error.text, "inner.txt"));
}
END_TEST

START_TEST(ipxe_initrd_may_end_with_padding)
{
    put_image("x", "boot.wim", content, 100);
    put_padding();
    finish_magic();
    ck_assert_str_eq(only_file()->name, "boot.wim");
}
END_TEST

/* If the two do not agree, the names that are listed are better than wrong ones. */
START_TEST(ipxe_initrd_of_other_images_is_not_used)
{
    put_image("x", "boot.wim", content, 100);
    put_padding();
    put_padding();
    memcpy(magic + magic_size, content, 8192);
    magic_size += 8192;
    finish_magic();
    ck_assert_str_eq(only_file()->name, "x");
    entries[1].size = 150;
    list = (struct file_list){.pool = pool};
    ck_assert_str_eq(only_file()->name, "x");
    entries[1].size = 0;
    list = (struct file_list){.pool = pool};
    ck_assert_str_eq(only_file()->name, "x");
}
END_TEST

START_TEST(headers_with_impossible_names_are_none)
{
    put_image("x", "boot.wim", content, 100);
    memcpy(magic + 6 + 11 * 8, "ffffffff", 8);
    finish_magic();
    ck_assert_str_eq(only_file()->name, "x");
    memcpy(magic + 6 + 11 * 8, "0000000g", 8);
    list = (struct file_list){.pool = pool};
    ck_assert_str_eq(only_file()->name, "x");
}
END_TEST

START_TEST(initrd_of_another_boot_loader_goes_first)
{
    has_initrd = true;
    add_entry("bootmgr", content, 100);
    enumerate_all();
    ck_assert_uint_eq(list.count, 0);
    put_image("x", "boot.wim", content, 100);
    entries[0].hidden = true;
    finish_magic();
    ck_assert_str_eq(only_file()->name, "boot.wim");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_fs");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, no_file_system_means_no_files);
    tcase_add_test(files, what_qemu_loads_kernels_from_is_no_input);
    tcase_add_test(files, files_are_listed_and_directories_are_not);
    tcase_add_test(files, many_files_and_long_names);
    tcase_add_test(files, names_keep_their_case);
    tcase_add_test(files, reads_of_every_size_and_place);
    tcase_add_test(files, small_reads_share_calls_of_the_firmware);
    tcase_add_test(files, cached_blocks_of_different_files_are_kept_apart);
    tcase_add_test(files, file_that_ends_early_is_an_error);
    tcase_add_test(files, pinned_file_that_changes_is_an_error);
    tcase_add_test(files, file_too_large_to_pin_is_an_error);
    tcase_add_test(files, impossible_size_is_an_error);
    tcase_add_test(files, errors_of_the_firmware_are_named);
    tcase_add_test(files, file_that_is_gone_is_an_error);
    tcase_add_test(files, directory_entry_larger_than_its_buffer_is_an_error);
    tcase_add_test(files, own_image_is_not_an_input);
    tcase_add_test(files, own_signed_image_is_not_an_input);
    tcase_add_test(files, archive_on_a_disk_stands_for_its_files);
    tcase_add_test(files, damaged_archive_is_an_error);
    tcase_add_test(files, initrd_of_another_boot_loader_goes_first);
    suite_add_tcase(suite, files);
    TCase *ipxe = tcase_create("ipxe");
    tcase_add_checked_fixture(ipxe, setup, teardown);
    tcase_add_test(ipxe, ipxe_images_have_the_names_they_were_given);
    tcase_add_test(ipxe, listed_names_have_their_directories);
    tcase_add_test(ipxe, ipxe_lists_us_but_we_are_not_in_its_initrd);
    tcase_add_test(ipxe, archives_of_ipxe);
    tcase_add_test(ipxe, ipxe_initrd_may_end_with_padding);
    tcase_add_test(ipxe, ipxe_initrd_of_other_images_is_not_used);
    tcase_add_test(ipxe, headers_with_impossible_names_are_none);
    suite_add_tcase(suite, ipxe);
    return unit_run(suite);
}
