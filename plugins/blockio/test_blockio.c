/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BlockIo as a boot manager uses it: this file simulates the firmware, and calls go through the
 * interfaces that were installed.
 */
#include "plugins/blockio/blockio.c"

#include <stdio.h>
#include <string.h>

#include "efi/firmware.c"
#include "efi/virtual_disk.c"
#include "host/host.h"
#include "tests/unit/unit.h"

enum { INTERFACE_COUNT_MAX = 8 };

/* ---- the firmware ---- */

static struct {
    EFI_HANDLE handle;
    EFI_GUID protocol;
    void *interface;
} interfaces[INTERFACE_COUNT_MAX];
static size_t interface_count;
static uintptr_t handle_count;
static int installs_until_failure; /* negative: never */

static EFI_STATUS EFIAPI fake_install(EFI_HANDLE *handle, EFI_GUID *protocol,
                                      EFI_INTERFACE_TYPE type, void *interface)
{
    if (installs_until_failure-- == 0) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (*handle == NULL) {
        *handle = (EFI_HANDLE)++handle_count;
    }
    ck_assert_uint_lt(interface_count, INTERFACE_COUNT_MAX);
    interfaces[interface_count].handle = *handle;
    interfaces[interface_count].protocol = *protocol;
    interfaces[interface_count++].interface = interface;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_uninstall(EFI_HANDLE handle, EFI_GUID *protocol, void *interface)
{
    for (size_t i = 0; i < interface_count; i++) {
        if (interfaces[i].handle == handle && interfaces[i].interface == interface &&
            memcmp(&interfaces[i].protocol, protocol, sizeof(*protocol)) == 0) {
            interfaces[i] = interfaces[--interface_count];
            return EFI_SUCCESS;
        }
    }
    ck_abort_msg("something is uninstalled that was not installed");
    return EFI_NOT_FOUND;
}

/* Task priority levels, with one timer whose function runs as soon as the level is below its own.
 */
static EFI_TPL level = TPL_APPLICATION;
static bool timer_is_due;
static void (*timer_function)(void);

static void let_timer_run(void)
{
    if (timer_is_due && level < TPL_CALLBACK) {
        EFI_TPL interrupted = level;
        timer_is_due = false;
        level = TPL_CALLBACK;
        timer_function();
        level = interrupted;
    }
}

static EFI_TPL EFIAPI fake_raise_tpl(EFI_TPL raised)
{
    EFI_TPL old = level;
    ck_assert_uint_ge(raised, old);
    level = raised;
    return old;
}

static VOID EFIAPI fake_restore_tpl(EFI_TPL old)
{
    ck_assert_uint_le(old, level);
    level = old;
    let_timer_run();
}

static UINTN stalled; /* microseconds */

static EFI_STATUS EFIAPI fake_stall(UINTN microseconds)
{
    ck_assert_uint_eq(level, TPL_APPLICATION); /* nothing else would run for so long */
    stalled += microseconds;
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {
    .RaiseTPL = fake_raise_tpl,
    .RestoreTPL = fake_restore_tpl,
    .Stall = fake_stall,
    .InstallProtocolInterface = fake_install,
    .UninstallProtocolInterface = fake_uninstall,
};

static void *interface_of(EFI_HANDLE handle, const EFI_GUID *protocol)
{
    for (size_t i = 0; i < interface_count; i++) {
        if (interfaces[i].handle == handle &&
            memcmp(&interfaces[i].protocol, protocol, sizeof(*protocol)) == 0) {
            return interfaces[i].interface;
        }
    }
    return NULL;
}

/* ---- a volume ---- */

static struct pool *pool;
static struct volume *volume;
static EFI_BLOCK_IO_PROTOCOL *whole, *part;
static char description[80];
static struct error error;
static uint8_t buffer[64 * SECTOR_SIZE], expected[64 * SECTOR_SIZE];
static bool reader_works;
static int readers_running, reads_done;

static int read_pattern(struct reader *reader, uint64_t offset, void *to, size_t length,
                        struct error *reason)
{
    ck_assert_int_eq(readers_running++, 0); /* no reader can be entered twice */
    for (size_t i = 0; i < length; i++) {
        ((uint8_t *)to)[i] = (uint8_t)((offset + i) * 7 >> 3);
        let_timer_run();
    }
    readers_running--;
    reads_done++;
    return reader_works ? 0 : error_set(reason, "boot.wim: the server is gone");
}

static struct reader pattern = {.read = read_pattern};

static void setup(void)
{
    efi_services = &services;
    interface_count = 0;
    installs_until_failure = -1;
    reader_works = true;
    reads_done = 0;
    pool = pool_create();
    struct tree *tree = tree_create(pool);
    const struct file *file = file_from_reader(pool, "boot.wim", &pattern, 100000);
    struct volume_options layout = {.signature = 0x12345678};
    ck_assert_int_eq(tree_add(tree, "\\sources\\boot.wim", file, &error), 0);
    ck_assert_int_eq(volume_build(pool, tree, &layout, &volume, &error), 0);
}

static void setup_attached(void)
{
    setup();
    ck_assert_int_eq(attach(volume, description, sizeof(description), &error), 0);
    whole = interface_of(efi_disk_handle(), &block_io_guid);
    part = interface_of(efi_partition_handle(), &block_io_guid);
    ck_assert_ptr_nonnull(whole);
    ck_assert_ptr_nonnull(part);
}

static void teardown(void)
{
    pool_destroy(pool);
}

static void teardown_attached(void)
{
    detach();
    efi_disk_close();
    ck_assert_uint_eq(interface_count, 0);
    teardown();
}

static EFI_STATUS read_at(EFI_BLOCK_IO_PROTOCOL *block_io, EFI_LBA lba, size_t sectors)
{
    memset(buffer, 0xEE, sizeof(buffer));
    return block_io->ReadBlocks(block_io, block_io->Media->MediaId, lba, sectors * SECTOR_SIZE,
                                buffer);
}

/* ---- tests ---- */

START_TEST(media_describes_the_volume)
{
    ck_assert_uint_eq(whole->Revision, 0x10000);
    ck_assert_uint_eq(whole->Media->LastBlock, volume->sector_count - 1);
    ck_assert(!whole->Media->LogicalPartition);
    ck_assert(part->Media->LogicalPartition);
    ck_assert_uint_eq(part->Media->LastBlock, volume->partition_sector_count - 1);
    EFI_BLOCK_IO_PROTOCOL *views[] = {whole, part};
    for (size_t i = 0; i < 2; i++) {
        const EFI_BLOCK_IO_MEDIA *media = views[i]->Media;
        ck_assert_uint_eq(media->BlockSize, 512);
        ck_assert(media->MediaPresent && media->ReadOnly);
        ck_assert(!media->RemovableMedia && !media->WriteCaching);
        ck_assert_uint_le(media->IoAlign, 1);
        ck_assert_int_eq(views[i]->Reset(views[i], TRUE), EFI_SUCCESS);
        ck_assert_int_eq(views[i]->FlushBlocks(views[i]), EFI_SUCCESS);
    }
    ck_assert_str_eq(description, "BlockIo, signature 12345678");
}
END_TEST

/* The nodes byte for byte, by the layouts of chapter 10.3. */
START_TEST(device_paths)
{
    static const uint8_t front[] = {
        1,    4,    20,   0,    0x97, 0xd1, 0x22,
        0x13, 0xdc, 0x15, 0x45, 0x4a, 0xa6, 0xa4, /* vendor */
        0xfa, 0x57, 0x05, 0x4e, 0xa6, 0x14, 3,
        1,    8,    0,    0,    0,    0,    0, /* ATAPI */
    };
    static const uint8_t end[] = {0x7f, 0xff, 4, 0};
    const uint8_t *path = interface_of(efi_disk_handle(), &device_path_guid);
    ck_assert_mem_eq(path, front, sizeof(front));
    ck_assert_mem_eq(path + sizeof(front), end, sizeof(end));

    uint8_t node[42] = {4, 1, 42, 0, 1, 0, 0, 0, 128};
    uint64_t sectors = volume->partition_sector_count;
    memcpy(node + 16, &sectors, 8);
    memcpy(node + 24, "\x78\x56\x34\x12", 4);
    node[40] = node[41] = 1;
    path = interface_of(efi_partition_handle(), &device_path_guid);
    ck_assert_mem_eq(path, front, sizeof(front));
    ck_assert_mem_eq(path + sizeof(front), node, sizeof(node));
    ck_assert_mem_eq(path + sizeof(front) + sizeof(node), end, sizeof(end));

    static const uint8_t name[] = {4, 4, 12, 0, '\\', 0, 'a', 0, 0xE4, 0, 0, 0};
    EFI_DEVICE_PATH *file = efi_disk_file_path("\\aä");
    path = (const uint8_t *)file;
    ck_assert_mem_eq(path + sizeof(front), node, sizeof(node));
    ck_assert_mem_eq(path + sizeof(front) + sizeof(node), name, sizeof(name));
    ck_assert_mem_eq(path + sizeof(front) + sizeof(node) + sizeof(name), end, sizeof(end));
    memory_free(file);
}
END_TEST

/* The path that the boot manager was loaded by is older than the volume. */
START_TEST(older_path_is_brought_up_to_date)
{
    EFI_DEVICE_PATH *current = efi_disk_file_path("\\x");
    volume->signature = 0x77777777;
    efi_disk_describe(volume);
    EFI_DEVICE_PATH *wanted = efi_disk_file_path("\\x");
    size_t size = 28 + 42 + 8 + 4;
    ck_assert_int_ne(memcmp(current, wanted, size), 0);
    efi_disk_update_path(current);
    ck_assert_mem_eq(current, wanted, size);
    memory_free(current);
    memory_free(wanted);

    static uint8_t other[28 + 42] = {2, 1, 12, 0};
    static const uint8_t unchanged[28 + 42] = {2, 1, 12, 0};
    efi_disk_update_path((EFI_DEVICE_PATH *)other);
    ck_assert_mem_eq(other, unchanged, sizeof(other));
}
END_TEST

START_TEST(reads_what_the_volume_says)
{
    for (uint64_t lba = 0; lba + 64 <= volume->sector_count; lba += volume->sector_count / 97 | 1) {
        size_t sectors = 1 + lba % 64;
        ck_assert_int_eq(volume_read(volume, lba, (uint32_t)sectors, expected, &error), 0);
        ck_assert_int_eq(read_at(whole, lba, sectors), EFI_SUCCESS);
        ck_assert_mem_eq(buffer, expected, sectors * SECTOR_SIZE);
        if (lba >= VOLUME_PARTITION_LBA) {
            ck_assert_int_eq(read_at(part, lba - VOLUME_PARTITION_LBA, sectors), EFI_SUCCESS);
            ck_assert_mem_eq(buffer, expected, sectors * SECTOR_SIZE);
        }
    }
    ck_assert_int_eq(read_at(part, 0, 1), EFI_SUCCESS);
    ck_assert_mem_eq(buffer, "\xEB\x58\x90", 3);
}
END_TEST

START_TEST(reads_up_to_the_last_sector_and_no_further)
{
    EFI_BLOCK_IO_PROTOCOL *views[] = {whole, part};
    for (size_t i = 0; i < 2; i++) {
        EFI_LBA last = views[i]->Media->LastBlock;
        ck_assert_int_eq(read_at(views[i], last, 1), EFI_SUCCESS);
        ck_assert_int_eq(read_at(views[i], last - 63, 64), EFI_SUCCESS);
        ck_assert_int_eq(read_at(views[i], last - 62, 64), EFI_INVALID_PARAMETER);
        ck_assert_int_eq(read_at(views[i], last + 1, 1), EFI_INVALID_PARAMETER);
        ck_assert_int_eq(read_at(views[i], UINT64_MAX, 1), EFI_INVALID_PARAMETER);
        ck_assert_int_eq(read_at(views[i], UINT64_MAX - 127, 2), EFI_INVALID_PARAMETER);
        ck_assert_uint_eq(buffer[0], 0xEE); /* nothing was written */
        UINTN huge = (UINTN)0 - SECTOR_SIZE;
        ck_assert_int_eq(views[i]->ReadBlocks(views[i], 0x12345678, 0, huge, buffer),
                         EFI_INVALID_PARAMETER);
    }
}
END_TEST

START_TEST(arguments_are_checked)
{
    EFI_BLOCK_IO_PROTOCOL *views[] = {whole, part};
    for (size_t i = 0; i < 2; i++) {
        EFI_BLOCK_IO_PROTOCOL *view = views[i];
        UINT32 id = view->Media->MediaId;
        ck_assert_int_eq(view->ReadBlocks(view, id + 1, 0, 512, buffer), EFI_MEDIA_CHANGED);
        ck_assert_int_eq(view->ReadBlocks(view, id, 0, 511, buffer), EFI_BAD_BUFFER_SIZE);
        ck_assert_int_eq(view->ReadBlocks(view, id, 0, 513, buffer), EFI_BAD_BUFFER_SIZE);
        ck_assert_int_eq(view->ReadBlocks(view, id, 0, 512, NULL), EFI_INVALID_PARAMETER);
        ck_assert_int_eq(view->ReadBlocks(view, id, 0, 0, NULL), EFI_SUCCESS);
        ck_assert_int_eq(view->WriteBlocks(view, id, 0, 512, buffer), EFI_WRITE_PROTECTED);
        ck_assert_int_eq(view->WriteBlocks(view, id + 1, 0, 512, buffer), EFI_MEDIA_CHANGED);
        ck_assert_int_eq(view->WriteBlocks(view, id, UINT64_MAX, 512, buffer),
                         EFI_INVALID_PARAMETER);
        ck_assert_int_eq(view->WriteBlocks(view, id, 0, 5, buffer), EFI_BAD_BUFFER_SIZE);
    }
}
END_TEST

START_TEST(unaligned_buffers_are_fine)
{
    ck_assert_int_eq(volume_read(volume, volume->data_lba, 2, expected, &error), 0);
    ck_assert_int_eq(whole->ReadBlocks(whole, 0x12345678, volume->data_lba, 1024, buffer + 1),
                     EFI_SUCCESS);
    ck_assert_mem_eq(buffer + 1, expected, 1024);
}
END_TEST

START_TEST(reader_that_fails_is_a_device_error_with_a_message)
{
    char text[200] = {0};
    FILE *console = fmemopen(text, sizeof(text), "w");
    host_set_console(console);
    reader_works = false;
    EFI_STATUS status = EFI_SUCCESS;
    EFI_LBA lba = volume->data_lba;
    for (; lba < volume->data_lba + 1024 && !EFI_ERROR(status); lba += 64) {
        status = read_at(whole, lba, 64);
    }
    host_set_console(NULL);
    fclose(console);
    ck_assert_int_eq(status, EFI_DEVICE_ERROR);
    ck_assert_ptr_nonnull(strstr(text, "boot.wim: the server is gone"));
    ck_assert_uint_eq(stalled, 10000000); /* time to read it, once */
    ck_assert_int_eq(read_at(whole, lba - 64, 64), EFI_DEVICE_ERROR);
    ck_assert_uint_eq(stalled, 10000000);
}
END_TEST

static EFI_LBA timer_lba;
static uint8_t timer_buffer[SECTOR_SIZE];
static EFI_STATUS timer_status;

static void read_from_timer(void)
{
    timer_status =
        part->ReadBlocks(part, part->Media->MediaId, timer_lba, SECTOR_SIZE, timer_buffer);
}

/* A timer that reads the disk becomes due in the middle of another read. */
START_TEST(read_within_a_read_waits)
{
    EFI_LBA lba = volume->data_lba;
    while (reads_done == 0) { /* look for the file */
        lba += 8;
        ck_assert_uint_lt(lba, volume->data_lba + 4096);
        ck_assert_int_eq(read_at(whole, lba, 8), EFI_SUCCESS);
    }
    memcpy(expected, buffer, sizeof(expected));
    timer_lba = lba - VOLUME_PARTITION_LBA + 3;
    timer_function = read_from_timer;
    timer_status = EFI_NOT_READY;
    reads_done = 0;
    memset(buffer, 0xEE, sizeof(buffer));
    timer_is_due = true;
    ck_assert_int_eq(part->ReadBlocks(part, part->Media->MediaId, lba - VOLUME_PARTITION_LBA,
                                      8 * SECTOR_SIZE, buffer),
                     EFI_SUCCESS);
    ck_assert(!timer_is_due);
    ck_assert_int_eq(timer_status, EFI_SUCCESS);
    ck_assert_int_eq(reads_done, 2);
    ck_assert_mem_eq(buffer, expected, 8 * SECTOR_SIZE);
    ck_assert_mem_eq(timer_buffer, expected + 3 * SECTOR_SIZE, SECTOR_SIZE);
    ck_assert_uint_eq(level, TPL_APPLICATION);
}
END_TEST

START_TEST(failed_attach_leaves_no_block_io)
{
    for (int installs = 0; installs < 4; installs++) {
        installs_until_failure = installs;
        ck_assert_int_eq(attach(volume, description, sizeof(description), &error), -1);
        ck_assert_ptr_nonnull(strstr(error.text, "EFI_OUT_OF_RESOURCES"));
        installs_until_failure = -1;
        efi_disk_close();
        ck_assert_uint_eq(interface_count, 0);
    }
}
END_TEST

START_TEST(can_be_attached_again)
{
    detach();
    ck_assert_ptr_null(interface_of(efi_partition_handle(), &block_io_guid));
    ck_assert_int_eq(attach(volume, description, sizeof(description), &error), 0);
    ck_assert_ptr_nonnull(interface_of(efi_partition_handle(), &block_io_guid));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blockio");
    TCase *attached = tcase_create("attached");
    tcase_add_checked_fixture(attached, setup_attached, teardown_attached);
    tcase_add_test(attached, media_describes_the_volume);
    tcase_add_test(attached, device_paths);
    tcase_add_test(attached, older_path_is_brought_up_to_date);
    tcase_add_test(attached, reads_what_the_volume_says);
    tcase_add_test(attached, reads_up_to_the_last_sector_and_no_further);
    tcase_add_test(attached, arguments_are_checked);
    tcase_add_test(attached, unaligned_buffers_are_fine);
    tcase_add_test(attached, reader_that_fails_is_a_device_error_with_a_message);
    tcase_add_test(attached, can_be_attached_again);
    tcase_add_test(attached, read_within_a_read_waits);
    suite_add_tcase(suite, attached);
    TCase *detached = tcase_create("detached");
    tcase_add_checked_fixture(detached, setup, teardown);
    tcase_add_test(detached, failed_attach_leaves_no_block_io);
    suite_add_tcase(suite, detached);
    return unit_run(suite);
}
