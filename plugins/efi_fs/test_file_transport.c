/* SPDX-License-Identifier: BSD-2-Clause */
/* file: URLs, on a file system in memory that delivers little at a time, or fails. */
#include "plugins/efi_fs/file_transport.c"

#include "efi/boot_device.c"
#include "efi/firmware.c"
#include "plugins/efi_fs/firmware_file.c"
#include "plugins/efi_fs/volume_label.c"
#include "tests/unit/unit.h"

#include "plugins/efi_fs/fake_firmware.h" /* uses static parts of the files above */

static uint8_t content[200000];
static struct transfer transfer;
static struct error error;

static void setup(void)
{
    for (size_t i = 0; i < sizeof(content); i++) {
        content[i] = (uint8_t)(i * 5 + (i >> 8));
    }
    start_firmware();
    add_entry("\\images\\a b.wim", content, sizeof(content));
    add_entry("\\empty", content, 0);
    add_entry("\\folder", content, 0)->attribute = EFI_FILE_DIRECTORY;
    transfer = (struct transfer){
        .pool = pool_create(), .label = "file", .size_max = 1 << 20, .timeout_ms = 50};
}

static void teardown(void)
{
    pool_destroy(transfer.pool);
    finish_firmware();
}

static enum transport_outcome run(const char *text)
{
    struct url url;
    ck_assert_int_eq(url_parse(text, NULL, &url, &error), 0);
    transfer_start(&transfer);
    return fetch(&url, &transfer, &error);
}

START_TEST(whole_files)
{
    struct file *file;
    read_limit = 1000;
    ck_assert_msg(run("file:///images/a b.wim") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_int_eq(transfer_finish(&transfer, "file", &file, &error), 0);
    ck_assert_mem_eq(file_view(file, 0, sizeof(content)), content, sizeof(content));
    ck_assert_int_eq(run("file:///empty"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, 0);
}
END_TEST

START_TEST(parts)
{
    uint8_t target[5000];
    transfer.part = (struct transfer_part){target, 100000, sizeof(target)};
    ck_assert_msg(run("file:///images/a%20b.wim") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_mem_eq(target, content + 100000, sizeof(target));
    ck_assert_uint_eq(transfer.whole_size, sizeof(content));
    transfer.part.offset = sizeof(content) - 10; /* where the file ends */
    ck_assert_int_eq(run("file:///images/a%20b.wim"), TRANSPORT_DONE);
    ck_assert_uint_eq(transfer.done, 10);
}
END_TEST

START_TEST(what_is_no_file)
{
    ck_assert_int_eq(run("file:///none"), TRANSPORT_MISSING);
    ck_assert_int_eq(run("file:///folder"), TRANSPORT_MISSING);
    ck_assert_int_eq(run("file:///images/../none"), TRANSPORT_MISSING);
    ck_assert_int_eq(run("file:///images%5Cempty"), TRANSPORT_FAILED);
}
END_TEST

START_TEST(failures)
{
    short_by = 1;
    ck_assert_int_eq(run("file:///images/a b.wim"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_END_OF_FILE"));
    read_status = EFI_DEVICE_ERROR;
    ck_assert_int_eq(run("file:///images/a b.wim"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_DEVICE_ERROR"));
    entries[0].size = 2 << 20;
    ck_assert_int_eq(run("file:///images/a b.wim"), TRANSPORT_FAILED);
    ck_assert(transfer.is_refused);
}
END_TEST

START_TEST(other_volumes)
{
    ck_assert_int_eq(run("file:///empty"), TRANSPORT_DONE);
    ck_assert_ptr_eq(opened_volume, &file_system);
    ck_assert_msg(run("file://Deploy-1/images/a b.wim") == TRANSPORT_DONE, "%s", error.text);
    ck_assert_ptr_eq(opened_volume, &labelled_file_system);
    ck_assert_uint_eq(transfer.done, sizeof(content));
    ck_assert_int_eq(run("file://deploy-1/none"), TRANSPORT_MISSING);
    ck_assert_int_eq(run("file://deploy/empty"), TRANSPORT_MISSING);
    has_file_system = false; /* we came from elsewhere */
    ck_assert_int_eq(run("file://deploy-1/empty"), TRANSPORT_DONE);
    ck_assert_int_eq(run("file:///empty"), TRANSPORT_FAILED);
    ck_assert_ptr_nonnull(strstr(error.text, "did not come from a volume"));
    ck_assert_ptr_null(efi_boot_file_url());
}
END_TEST

START_TEST(when_it_serves)
{
    ck_assert(serves("file") && !serves("http"));
}
END_TEST

/* FilePath(\EFI)/FilePath(BOOT\a b#.efi)/end, as some firmware splits it. */
START_TEST(where_we_came_from)
{
    static const CHAR16 first[] = u"\\EFI", second[] = u"BOOT\\a b#.efi";
    _Alignas(8) uint8_t path[128] = {0};
    size_t at = 0;
    const struct {
        const CHAR16 *text;
        size_t size;
    } names[] = {{first, sizeof(first)}, {second, sizeof(second)}};
    for (size_t i = 0; i < 2; i++) {
        path[at] = MEDIA_DEVICE_PATH;
        path[at + 1] = MEDIA_FILEPATH_DP;
        path[at + 2] = (uint8_t)(4 + names[i].size);
        memcpy(path + at + 4, names[i].text, names[i].size);
        at += 4 + names[i].size;
    }
    memcpy(path + at, "\x7F\xFF\x04", 3);
    ck_assert_ptr_null(efi_boot_file_url());
    loaded_image.FilePath = (EFI_DEVICE_PATH *)path;
    ck_assert_str_eq(efi_boot_file_url(), "file:///EFI/BOOT/a%20b%23.efi");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_transport");
    TCase *tests = tcase_create("file_transport");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, whole_files);
    tcase_add_test(tests, parts);
    tcase_add_test(tests, what_is_no_file);
    tcase_add_test(tests, failures);
    tcase_add_test(tests, other_volumes);
    tcase_add_test(tests, when_it_serves);
    tcase_add_test(tests, where_we_came_from);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
