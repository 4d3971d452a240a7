/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounted volumes, with a firmware that has a stick that we came from, a disc on a server, a disk,
 * and a drive without a medium.
 */
#include "plugins/efi_fs/efi_volumes.c"

#include <check.h>
#include <stdlib.h>

#include "plugins/efi_fs/volume_label.c"
#include "tests/unit/unit.h"

/* ---- the firmware ---- */

struct item {
    const char *path; /* with '\', "" for the root */
    const char *text; /* NULL: a directory */
};

struct drive {
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL file_system; /* first: handles are addresses of drives */
    const char *label;                           /* NULL: no medium */
    const struct item *items;
    const uint8_t *device_path;
};

struct open_file {
    EFI_FILE file;
    const struct drive *drive;
    const struct item *item;
    size_t position; /* bytes, or entries seen */
};

static int open_count, directory_reads;

static EFI_FILE *make_file_handle(const struct drive *drive, const struct item *item);

static bool is_child(const struct item *item, const char *folder)
{
    size_t length = strlen(folder);
    const char *rest = item->path + length + (length > 0);
    return strncmp(item->path, folder, length) == 0 && strlen(item->path) > length &&
           (length == 0 || item->path[length] == '\\') && strchr(rest, '\\') == NULL;
}

static EFI_STATUS EFIAPI fake_open(EFI_FILE *file, EFI_FILE **opened, CHAR16 *name, UINT64 mode,
                                   UINT64 attributes)
{
    struct open_file *open = (struct open_file *)file;
    char path[200];
    utf8_from_utf16(name, length_of(name, 200), path, sizeof(path));
    for (const struct item *item = open->drive->items; item->path != NULL; item++) {
        if (strcmp(item->path, path) == 0) { /* it distinguishes upper and lower case */
            *opened = make_file_handle(open->drive, item);
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI fake_close(EFI_FILE *file)
{
    open_count--;
    free(file);
    return EFI_SUCCESS;
}

static EFI_STATUS read_directory(struct open_file *open, UINTN *size, void *buffer)
{
    size_t seen = 0;
    directory_reads++;
    for (const struct item *item = open->drive->items; item->path != NULL; item++) {
        if (!is_child(item, open->item->path) || seen++ != open->position) {
            continue;
        }
        const char *slash = strrchr(item->path, '\\');
        const char *name = slash == NULL ? item->path : slash + 1;
        EFI_FILE_INFO *info = buffer;
        open->position++;
        memset(info, 0, SIZE_OF_EFI_FILE_INFO);
        info->FileSize = item->text == NULL ? 0 : strlen(item->text);
        info->Attribute = item->text == NULL ? EFI_FILE_DIRECTORY : 0;
        size_t units = utf16_from_utf8(name, strlen(name) + 1, info->FileName, 100);
        *size = SIZE_OF_EFI_FILE_INFO + units * sizeof(CHAR16);
        return EFI_SUCCESS;
    }
    *size = 0;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_read(EFI_FILE *file, UINTN *size, void *buffer)
{
    struct open_file *open = (struct open_file *)file;
    if (open->item->text == NULL) {
        return read_directory(open, size, buffer);
    }
    size_t left = strlen(open->item->text) - open->position;
    *size = *size < left ? *size : left;
    memcpy(buffer, open->item->text + open->position, *size);
    open->position += *size;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_set_position(EFI_FILE *file, UINT64 position)
{
    ((struct open_file *)file)->position = (size_t)position;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_get_info(EFI_FILE *file, EFI_GUID *type, UINTN *size, void *buffer)
{
    const struct drive *drive = ((struct open_file *)file)->drive;
    EFI_FILE_SYSTEM_INFO *info = buffer;
    size_t units = utf16_from_utf8(drive->label, strlen(drive->label) + 1, info->VolumeLabel, 100);
    *size = SIZE_OF_EFI_FILE_SYSTEM_INFO + units * sizeof(CHAR16);
    return EFI_SUCCESS;
}

static EFI_FILE *make_file_handle(const struct drive *drive, const struct item *item)
{
    struct open_file *open = calloc(1, sizeof(*open));
    open->file = (EFI_FILE){.Open = fake_open,
                            .Close = fake_close,
                            .Read = fake_read,
                            .SetPosition = fake_set_position,
                            .GetInfo = fake_get_info};
    open->drive = drive;
    open->item = item;
    open_count++;
    return &open->file;
}

static EFI_STATUS EFIAPI fake_open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *self, EFI_FILE **root)
{
    static const struct item root_item = {"", NULL};
    const struct drive *drive = (const struct drive *)self;
    if (drive->label == NULL) {
        return EFI_NO_MEDIA;
    }
    *root = make_file_handle(drive, &root_item);
    return EFI_SUCCESS;
}

/* PciRoot-like node, then what makes the paths differ: partitions, a network card with a URI. */
#define NODE_DEVICE 2, 1, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8
#define NODE_OTHER  2, 1, 12, 0, 1, 2, 3, 4, 5, 6, 7, 9
#define NODE_PART_1 4, 1, 5, 0, 1
#define NODE_PART_2 4, 1, 5, 0, 2
#define NODE_REMOTE 3, 0x18, 8, 0, 'h', 't', 't', 'p'
#define NODE_END    0x7F, 0xFF, 4, 0

static const uint8_t stick_path[] = {NODE_DEVICE, NODE_PART_1, NODE_END};
static const uint8_t stick_other_path[] = {NODE_DEVICE, NODE_PART_2, NODE_END};
static const uint8_t disc_path[] = {NODE_DEVICE, NODE_REMOTE, NODE_END};
static const uint8_t disk_path[] = {NODE_OTHER, NODE_PART_1, NODE_END};

static const struct item disc_items[] = {
    {"Sources", NULL},         {"Sources\\Boot.wim", "wim"},
    {"Sources\\deep", NULL},   {"Sources\\deep\\Größe.txt", "deep file"},
    {"readme.txt", "read me"}, {NULL, NULL}};
static const struct item no_items[] = {{NULL, NULL}};

static struct drive drives[] = {
    {{.OpenVolume = fake_open_volume}, "STICK", no_items, stick_path},
    {{.OpenVolume = fake_open_volume}, NULL, no_items, disk_path},
    {{.OpenVolume = fake_open_volume}, "DISC", disc_items, disc_path},
    {{.OpenVolume = fake_open_volume}, "", no_items, stick_other_path},
    {{.OpenVolume = fake_open_volume}, "DISK", no_items, disk_path},
};
enum { STICK, DISC, STICK_2, DISK, VOLUME_COUNT };

static EFI_LOADED_IMAGE_PROTOCOL loaded_image = {.DeviceHandle = &drives[0]};

EFI_LOADED_IMAGE_PROTOCOL *efi_loaded_image(void)
{
    return &loaded_image;
}

void *efi_protocol(EFI_HANDLE handle, const EFI_GUID *protocol)
{
    struct drive *drive = handle;
    return memcmp(protocol, &file_system_guid, sizeof(*protocol)) == 0
               ? (void *)&drive->file_system
               : (void *)(uintptr_t)drive->device_path;
}

EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count)
{
    *count = sizeof(drives) / sizeof(drives[0]);
    EFI_HANDLE *handles = calloc(*count, sizeof(*handles));
    for (size_t i = 0; i < *count; i++) {
        handles[i] = &drives[i];
    }
    return handles;
}

const EFI_DEVICE_PATH *efi_sound_path(const EFI_DEVICE_PATH *path)
{
    return path;
}

const EFI_DEVICE_PATH *efi_next_node(const EFI_DEVICE_PATH *node)
{
    const EFI_DEVICE_PATH *next =
        (const EFI_DEVICE_PATH *)((const uint8_t *)node + DevicePathNodeLength(node));
    return IsDevicePathEndType(next) ? NULL : next;
}

const char *efi_status_name(EFI_STATUS status)
{
    return status == EFI_NOT_FOUND ? "EFI_NOT_FOUND" : "another status";
}

static CHAR16 *EFIAPI fake_to_text(const EFI_DEVICE_PATH *path, BOOLEAN display, BOOLEAN shortcuts)
{
    CHAR16 *text = calloc(20, sizeof(*text));
    utf16_from_utf8("/Path()", 7, text, 19);
    return text;
}

static EFI_DEVICE_PATH_TO_TEXT_PROTOCOL converter = {.ConvertDevicePathToText =
                                                         (void *)fake_to_text};

static EFI_STATUS EFIAPI fake_locate(EFI_GUID *protocol, void *registration, void **interface)
{
    *interface = &converter;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_free(void *memory)
{
    free(memory);
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services = {.LocateProtocol = fake_locate, .FreePool = fake_free};
EFI_BOOT_SERVICES *efi_services = &services;

#include "plugins/efi_fs/firmware_file.c"

/* ---- the tests ---- */

static struct pool *pool;
static struct container_volumes list_of;
static struct error error;

static void setup(void)
{
    pool = pool_create();
    directory_reads = 0;
    list_of = (struct container_volumes){.pool = pool};
    ck_assert_msg(find_mounted(&list_of, &error) == 0, "%s", error.text);
}

static void teardown(void)
{
    pool_destroy(pool);
    ck_assert_int_eq(open_count, 0);
}

START_TEST(what_is_mounted)
{
    static const struct {
        const char *name;
        bool is_remote, is_own;
    } expected[] = {[STICK] = {"STICK", false, true},
                    [DISC] = {"DISC", true, false},
                    [STICK_2] = {"/Path()", false, true},
                    [DISK] = {"DISK", false, false}};
    ck_assert_uint_eq(list_of.count, VOLUME_COUNT);
    for (size_t i = 0; i < VOLUME_COUNT; i++) {
        const struct container_volume *volume = list_of.volumes[i];
        ck_assert_str_eq(volume->name, expected[i].name);
        ck_assert_str_eq(volume->device, "/Path()");
        ck_assert_int_eq(volume->is_remote, expected[i].is_remote);
        ck_assert_int_eq(volume->is_own, expected[i].is_own);
    }
}
END_TEST

static void check_file(const char *path, const char *text)
{
    struct file *file;
    char bytes[20] = "";
    ck_assert_msg(container_find(list_of.volumes[DISC], path, &file, &error) == 0, "%s",
                  error.text);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->size, strlen(text));
    ck_assert_msg(file_read(file, 0, bytes, strlen(text), &error) == 0, "%s", error.text);
    ck_assert_str_eq(bytes, text);
}

/* Asking the firmware may mean asking a server. */
START_TEST(a_directory_is_listed_once)
{
    struct file *file;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(container_find(list_of.volumes[DISC], "sources/deep/none", &file, &error),
                         0);
    }
    ck_assert_int_eq(directory_reads, 3 + 3 + 2); /* entries and ends of three directories */
}
END_TEST

START_TEST(files_are_found_whatever_the_case_of_their_names)
{
    struct file *file;
    check_file("\\sources\\boot.wim", "wim");
    check_file("SOURCES/DEEP/GRößE.TXT", "deep file");
    check_file("readme.TXT", "read me");
    ck_assert_int_eq(container_find(list_of.volumes[DISC], "sources/none", &file, &error), 0);
    ck_assert_ptr_null(file);
    ck_assert_int_eq(container_find(list_of.volumes[STICK], "sources/boot.wim", &file, &error), 0);
    ck_assert_ptr_null(file);
}
END_TEST

/* A disc that is taken out: a message, and no crash. */
START_TEST(a_volume_that_disappears)
{
    struct file *file;
    ck_assert_int_eq(container_find(list_of.volumes[DISC], "sources/boot.wim", &file, &error), 0);
    drives[2].items = no_items;
    uint8_t byte;
    ck_assert_int_eq(file_read(file, 0, &byte, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "Sources\\Boot.wim: the firmware cannot open it"));
    struct container_visitor none = {NULL};
    ck_assert_int_eq(container_list(list_of.volumes[DISC], "sources/deep", &none, &error), -1);
    ck_assert_str_eq(error.text,
                     "DISC: \\Sources\\deep: the firmware cannot open a directory: EFI_NOT_FOUND");
    drives[2].items = disc_items;
}
END_TEST

/* A directory without an end: looking ends where a script's work does. */
START_TEST(looking_for_too_long)
{
    struct file *file;
    work_limit = work_done.moved;
    ck_assert_int_eq(container_find(list_of.volumes[DISC], "sources/boot.wim", &file, &error), -1);
    work_limit = UINT64_MAX;
    ck_assert_msg(strstr(error.text, WORK_EXHAUSTED) != NULL, "%s", error.text);
    check_file("sources/boot.wim", "wim");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi_volumes");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_mounted);
    tcase_add_test(tests, files_are_found_whatever_the_case_of_their_names);
    tcase_add_test(tests, a_directory_is_listed_once);
    tcase_add_test(tests, a_volume_that_disappears);
    tcase_add_test(tests, looking_for_too_long);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
