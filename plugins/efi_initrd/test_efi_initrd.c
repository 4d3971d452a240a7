/* SPDX-License-Identifier: BSD-2-Clause */
/* The initrd that a boot loader hands over, with a simulated LoadFile2 of the firmware. */
#include "plugins/efi_initrd/efi_initrd.c"

#include <string.h>

#include "efi/boot_device.c"
#include "efi/firmware.c"
#include "tests/unit/unit.h"

static const char archive[] = "07070100000000000081a40000000000000000000000010000000000000003000000"
                              "000000000000000000000000000"
                              "000000400000000BCD\0\0\0abc";

/* ---- the firmware ---- */

static const char *initrd; /* NULL: none is handed over */
static size_t initrd_size;
static size_t first_answer;     /* the size that it claims at first; 0: the true one */
static size_t claimed_too_much; /* bytes, in the answer that brings the initrd */
static EFI_STATUS load_status;
static bool file_system_is_ipxe;
static int initrd_handle, device_handle;

static EFI_STATUS EFIAPI fake_load(EFI_LOAD_FILE_PROTOCOL *self, EFI_DEVICE_PATH *path,
                                   BOOLEAN boot_policy, UINTN *size, void *buffer)
{
    /* UEFI specification, chapter 13.2.2: the path is relative to the handle, the policy FALSE. */
    ck_assert(IsDevicePathEnd(path) && !boot_policy);
    if (EFI_ERROR(load_status)) {
        *size += 1;
        return load_status;
    }
    if (buffer == NULL || *size < initrd_size) {
        *size = buffer == NULL && first_answer != 0 ? first_answer : initrd_size;
        return EFI_BUFFER_TOO_SMALL;
    }
    memcpy(buffer, initrd, initrd_size);
    *size = initrd_size + claimed_too_much;
    return EFI_SUCCESS;
}

static EFI_LOAD_FILE_PROTOCOL load_file = {.LoadFile = fake_load};

static EFI_STATUS EFIAPI fake_locate_device_path(EFI_GUID *protocol, EFI_DEVICE_PATH **path,
                                                 EFI_HANDLE *handle)
{
    static const uint8_t linux_initrd[] = {4,    3,    20,   0,    0x27, 0xe4, 0x68,
                                           0x55, 0xfc, 0x68, 0x3d, 0x4f, 0xac, 0x74,
                                           0xca, 0x55, 0x52, 0x31, 0xcc, 0x68};
    ck_assert_mem_eq(*path, linux_initrd, sizeof(linux_initrd));
    *handle = &initrd_handle;
    *path = (EFI_DEVICE_PATH *)((uint8_t *)*path + sizeof(linux_initrd));
    return initrd != NULL ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI fake_close(EFI_FILE *file)
{
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_open(EFI_FILE *file, EFI_FILE **opened, CHAR16 *name, UINT64 mode,
                                   UINT64 attributes)
{
    *opened = file;
    return EFI_SUCCESS;
}

static EFI_FILE file = {.Open = fake_open, .Close = fake_close};

static EFI_STATUS EFIAPI fake_open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *self, EFI_FILE **root)
{
    *root = &file;
    return EFI_SUCCESS;
}

static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL file_system = {.OpenVolume = fake_open_volume};
static EFI_LOADED_IMAGE_PROTOCOL loaded_image = {.DeviceHandle = &device_handle};

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (handle == &initrd_handle) {
        *interface = &load_file;
    } else if (handle == efi_image) {
        *interface = &loaded_image;
    } else if (file_system_is_ipxe) {
        *interface = &file_system;
    } else {
        return EFI_UNSUPPORTED;
    }
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {
    .OpenProtocol = fake_open_protocol,
    .LocateDevicePath = fake_locate_device_path,
};

/* ---- tests ---- */

static struct pool *pool;
static struct file_list list;
static struct error error;

static void setup(void)
{
    efi_services = &services;
    efi_image = &efi_services;
    initrd = archive;
    initrd_size = sizeof(archive) - 1;
    first_answer = 0;
    claimed_too_much = 0;
    load_status = EFI_SUCCESS;
    file_system_is_ipxe = false;
    pool = pool_create();
    list = (struct file_list){.pool = pool};
}

static void teardown(void)
{
    pool_destroy(pool);
}

static void expect_the_file(void)
{
    ck_assert_msg(enumerate(&list, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.files[0]->name, "BCD");
    char bytes[3];
    ck_assert_int_eq(file_read(list.files[0], 0, bytes, 3, &error), 0);
    ck_assert_mem_eq(bytes, "abc", 3);
}

START_TEST(files_of_the_initrd)
{
    expect_the_file();
}
END_TEST

START_TEST(no_initrd_means_no_files)
{
    initrd = NULL;
    ck_assert_int_eq(enumerate(&list, &error), 0);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(initrd_of_ipxe_is_left_to_its_file_system)
{
    file_system_is_ipxe = true;
    ck_assert_int_eq(enumerate(&list, &error), 0);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(wrong_size_at_first)
{
    first_answer = initrd_size + 1000;
    expect_the_file();
    list = (struct file_list){.pool = pool};
    first_answer = initrd_size - 10;
    expect_the_file();
}
END_TEST

/* Nobody reads beyond the buffer because the firmware says that there is more. */
START_TEST(more_than_there_was_room_for)
{
    claimed_too_much = 1;
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_BAD_BUFFER_SIZE"));
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(empty_initrd)
{
    initrd_size = 0;
    ck_assert_int_eq(enumerate(&list, &error), 0);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(failures_are_named)
{
    load_status = EFI_DEVICE_ERROR;
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_DEVICE_ERROR"));
    ck_assert(!memory_was_short());
    load_status = EFI_OUT_OF_RESOURCES;
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "out of memory: a copy of the initrd"));
    ck_assert(memory_was_short());
    load_status = EFI_BUFFER_TOO_SMALL; /* for ever */
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "EFI_BUFFER_TOO_SMALL"));
    load_status = EFI_SUCCESS;
    initrd_size -= 1;
    ck_assert_int_eq(enumerate(&list, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "BCD"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_initrd");
    TCase *tests = tcase_create("efi_initrd");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, files_of_the_initrd);
    tcase_add_test(tests, no_initrd_means_no_files);
    tcase_add_test(tests, initrd_of_ipxe_is_left_to_its_file_system);
    tcase_add_test(tests, wrong_size_at_first);
    tcase_add_test(tests, more_than_there_was_room_for);
    tcase_add_test(tests, empty_initrd);
    tcase_add_test(tests, failures_are_named);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
