/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ISO 9660 and UDF: images from independent tools, compared byte by byte with what 7-Zip finds in
 * them (tests/container/make_samples.sh), and images that are damaged in every way.
 */
#include "container/container.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/little_endian.h"
#include "base/log.h"
#include "base/work.h"
#include "tests/unit/pool_fixture.h"
#include "tests/unit/unit.h"

#define SAMPLES "test-container/"

static const char *sample_path(const char *name)
{
    static char path[400];
    const char *build = getenv("BUILD");
    snprintf(path, sizeof(path), "%s/" SAMPLES "%s", build != NULL ? build : "build", name);
    return path;
}

/* A file of this computer, in memory; it may be larger than that. */
static const uint8_t *map_file(const char *path, size_t *size)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY);
    ck_assert_msg(descriptor >= 0 && fstat(descriptor, &status) == 0, "%s", path);
    *size = (size_t)status.st_size;
    void *bytes = *size == 0 ? "" : mmap(NULL, *size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    close(descriptor);
    return bytes;
}

static struct container_volume *open_bytes(const char *name, const void *bytes, size_t size)
{
    struct container_volume *volume;
    const struct file *file = file_from_memory(pool, name, bytes, size);
    ck_assert_msg(container_open(pool, file, &volume, &error) == 0, "%s", error.text);
    ck_assert_msg(volume != NULL, "%s: not recognised", name);
    return volume;
}

static struct container_volume *open_sample(const char *name)
{
    size_t size;
    const uint8_t *bytes = map_file(sample_path(name), &size);
    return open_bytes(name, bytes, size);
}

/* ---- images that are sound ---- */

static void check_content(const struct file *file, const char *path)
{
    static uint8_t bytes[1 << 20];
    size_t size;
    const uint8_t *expected = map_file(path, &size);
    ck_assert_msg(file->size == size, "%s: %llu bytes, not %zu", path,
                  (unsigned long long)file->size, size);
    ck_assert_msg(file_read(file, 0, bytes, size, &error) == 0, "%s", error.text);
    ck_assert_msg(memcmp(bytes, expected, size) == 0, "%s", path);
}

/* Compare a folder with a directory; `path` is in the image. @return how many files are in it */
static int compare_folder(struct container_volume *volume, const char *folder, const char *path)
{
    int count = 0;
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *item; (item = readdir(directory)) != NULL;) {
        char name[1000], inside[1000];
        struct stat status;
        struct file *file;
        if (item->d_name[0] == '.') {
            continue;
        }
        snprintf(name, sizeof(name), "%s/%s", folder, item->d_name);
        snprintf(inside, sizeof(inside), "%s/%s", path, item->d_name);
        ck_assert_int_eq(stat(name, &status), 0);
        if (S_ISDIR(status.st_mode)) {
            count += compare_folder(volume, name, inside);
            continue;
        }
        ck_assert_msg(container_find(volume, inside, &file, &error) == 0, "%s", error.text);
        ck_assert_msg(file != NULL, "%s: %s is missing", volume->name, inside);
        check_content(file, name);
        count++;
    }
    closedir(directory);
    return count;
}

/* Makes all files of a volume, and reads their first and last bytes. */
struct walker {
    struct container_visitor visitor;
    struct container_volume *volume;
    int depth, file_count, damaged_count;
};

static bool walk_entry(struct container_visitor *visitor, const struct container_entry *entry)
{
    struct walker *walker = (struct walker *)visitor;
    struct file *file;
    uint8_t byte;
    if (entry->is_directory) {
        if (walker->depth < 6) {
            walker->depth++;
            char path[1024];
            snprintf(path, sizeof(path), "%s", entry->path);
            walker->damaged_count +=
                container_list(walker->volume, path, &walker->visitor, &error) != 0;
            walker->depth--;
        }
        return true;
    }
    if (container_file(walker->volume, entry, &file, &error) != 0) {
        walker->damaged_count++;
        return true;
    }
    walker->file_count++;
    if (file->size > 0) {
        ck_assert_int_eq(file_read(file, 0, &byte, 1, &error), 0);
        ck_assert_int_eq(file_read(file, file->size - 1, &byte, 1, &error), 0);
    }
    return true;
}

static struct walker walk(struct container_volume *volume)
{
    struct walker walker = {.visitor = {walk_entry}, .volume = volume};
    walker.damaged_count += container_list(volume, "/", &walker.visitor, &error) != 0;
    return walker;
}

START_TEST(all_files_of_all_images)
{
    glob_t found;
    char folder[500];
    ck_assert_int_eq(glob(sample_path("*.files"), 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 30);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        snprintf(folder, sizeof(folder), "%s", found.gl_pathv[i]);
        char image[500];
        snprintf(image, sizeof(image), "%.*s", (int)(strlen(folder) - strlen(".files")), folder);
        struct container_volume *volume = open_sample(strrchr(image, '/') + 1);
        int expected = compare_folder(volume, folder, "");
        struct walker walker = walk(volume);
        ck_assert_msg(walker.damaged_count == 0, "%s: %s", image, error.text);
        ck_assert_msg(walker.file_count == expected, "%s: %d files, not %d", image,
                      walker.file_count, expected);
        bool is_udf = strstr(image, "udf") != NULL || strstr(image, "many.iso") != NULL;
        ck_assert_str_eq(volume->kind->name, is_udf ? "UDF" : "ISO 9660");
    }
    globfree(&found);
}
END_TEST

static void check_large(const char *image, const char *path)
{
    struct file *file;
    char text[8] = "";
    ck_assert_int_eq(container_find(open_sample(image), path, &file, &error), 0);
    ck_assert_uint_eq(file->size, UINT64_C(5) << 30);
    ck_assert_int_eq(file_read(file, 0, text, 5, &error), 0);
    ck_assert_str_eq(text, "start");
    ck_assert_int_eq(file_read(file, UINT64_C(4) << 30, text, 6, &error), 0);
    ck_assert_str_eq(text, "middle");
    ck_assert_int_eq(file_read(file, file->size - 4, text, 4, &error), 0);
    ck_assert_mem_eq(text, "\0end", 4);
}

START_TEST(a_file_larger_than_4_gb)
{
    if (SIZE_MAX < UINT64_C(6) << 30) {
        printf("skipped: a_file_larger_than_4_gb: the address space is smaller\n");
        return;
    }
    check_large("large.image", "INSTALL.WIM");
    check_large("large-9660.image", "boot.wim");
}
END_TEST

START_TEST(a_file_in_two_extents)
{
    struct file *file;
    ck_assert_int_eq(container_find(open_sample("two-extents.iso"), "\\boot.wim", &file, &error),
                     0);
    ck_assert_uint_eq(file->extent_count, 2);
    ck_assert_uint_eq(file->size, 300001);
    ck_assert_str_eq(file->note, "two-extents.iso: \\BOOT.WIM");
}
END_TEST

START_TEST(paths)
{
    struct container_volume *volume = open_sample("plain.udf");
    struct file *file;
    static const char *const missing[] = {"",
                                          "/",
                                          "sources",
                                          "/sources/boot.wi",
                                          "boot.wim",
                                          "..",
                                          "sources/../bootmgr",
                                          "deleted.txt",
                                          "bootmgr/x",
                                          "sources/*"};
    static const char *const found[] = {"Sources/BOOT.wim", "\\sources\\.\\boot.wim",
                                        "//sources//boot.wim", "SOURCES/ünïcode 日本語.txt"};
    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
        ck_assert_int_eq(container_find(volume, missing[i], &file, &error), 0);
        ck_assert_msg(file == NULL, "%s", missing[i]);
    }
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        ck_assert_int_eq(container_find(volume, found[i], &file, &error), 0);
        ck_assert_msg(file != NULL, "%s", found[i]);
    }
    struct walker walker = {.visitor = {walk_entry}, .volume = volume};
    ck_assert_int_eq(container_list(volume, "nowhere", &walker.visitor, &error), -1);
    ck_assert_str_eq(error.text, "plain.udf: nowhere: there is no such directory");
    ck_assert_int_eq(container_list(volume, "bootmgr", &walker.visitor, &error), -1);
}
END_TEST

START_TEST(labels)
{
    ck_assert_str_eq(open_sample("plain.udf")->label, "WIMBOOT");
    ck_assert_str_eq(open_sample("mkudffs-dvd-0x0102.udf")->label, "Leer");
    ck_assert_str_eq(open_sample("genisoimage-9660.iso")->label, "CDROM");
    ck_assert_str_eq(open_sample("genisoimage-joliet.iso")->label, "CDROM");
}
END_TEST

START_TEST(other_files_are_no_containers)
{
    static uint8_t bytes[100000];
    for (size_t size = 0; size < sizeof(bytes); size += 4999) {
        struct container_volume *volume = NULL;
        const struct file *file = file_from_memory(pool, "zeros", bytes, size);
        ck_assert_int_eq(container_open(pool, file, &volume, &error), 0);
        ck_assert_ptr_null(volume);
    }
}
END_TEST

/* ---- images that are damaged ---- */

static uint8_t *image;
static size_t image_size;

static void load_sample(const char *name)
{
    const uint8_t *bytes = map_file(sample_path(name), &image_size);
    image = malloc(image_size); /* of exactly this size, so that the sanitizer sees overruns */
    memcpy(image, bytes, image_size);
}

/* Open and walk what may be damaged: nothing may be read that is not there. */
static void try_image(const char *name)
{
    struct container_volume *volume;
    struct pool *outer = pool;
    pool = pool_create();
    const struct file *file = file_from_memory(pool, name, image, image_size);
    int rc = container_open(pool, file, &volume, &error);
    if (rc == 0 && volume != NULL) {
        struct walker walker = walk(volume);
        rc = walker.damaged_count > 0 ? -1 : 0;
    }
    if (rc != 0) {
        ck_assert_msg(strstr(error.text, name) == error.text, "%s", error.text);
    }
    pool_destroy(pool);
    pool = outer;
}

static const char *const small_samples[] = {
    "genisoimage-udf.iso", "genisoimage-9660.iso", "metadata.udf",  "chain.udf",
    "continued.udf",       "embedded.udf",         "block-512.udf", "two-extents.iso"};

START_TEST(damaged_anywhere)
{
    uint32_t seed = 1;
    log_set_quiet(true);
    for (size_t i = 0; i < sizeof(small_samples) / sizeof(small_samples[0]); i++) {
        load_sample(small_samples[i]);
        for (int round = 0; round < 1500; round++) {
            uint8_t kept[4];
            size_t at[4];
            for (int j = 0; j < 4; j++) { /* mostly where something is */
                do {
                    seed = seed * 1664525 + 1013904223;
                    at[j] = (size_t)((uint64_t)seed * image_size >> 32);
                } while (image[at[j]] == 0 && seed % 16 != 0);
                kept[j] = image[at[j]];
                image[at[j]] = (uint8_t)(seed >> (8 + 4 * j));
            }
            try_image(small_samples[i]);
            for (int j = 3; j >= 0; j--) {
                image[at[j]] = kept[j];
            }
        }
        free(image);
    }
    log_set_quiet(false);
}
END_TEST

START_TEST(cut_anywhere)
{
    log_set_quiet(true);
    for (size_t i = 0; i < sizeof(small_samples) / sizeof(small_samples[0]); i++) {
        size_t whole;
        load_sample(small_samples[i]);
        whole = image_size;
        free(image);
        for (size_t size = whole; size > 10000; size -= size / 23 + 999) {
            load_sample(small_samples[i]);
            image_size = size;
            image = realloc(image, size);
            try_image(small_samples[i]);
            free(image);
        }
    }
    log_set_quiet(false);
}
END_TEST

/* The CRC of ECMA-167, here from its definition as a division. */
static uint16_t crc_of(const uint8_t *bytes, size_t length)
{
    uint32_t remainder = 0;
    for (size_t i = 0; i < 8 * length + 16; i++) {
        uint32_t bit = i < 8 * length ? bytes[i / 8] >> (7 - i % 8) & 1 : 0;
        remainder = remainder << 1 | bit;
        remainder ^= (remainder & 0x10000) != 0 ? 0x11021 : 0;
    }
    return (uint16_t)remainder;
}

/* Make a descriptor's tag fit what it was changed to. */
static void seal(uint8_t *descriptor)
{
    put_u16(descriptor + 8, crc_of(descriptor + 16, get_u16(descriptor + 10)));
    descriptor[4] = 0;
    uint8_t sum = 0;
    for (int i = 0; i < 16; i++) {
        sum += descriptor[i];
    }
    descriptor[4] = sum;
}

/* The first descriptor of a kind in the partition of an image of udf_image.py. */
static uint8_t *find_descriptor(unsigned identifier, int which)
{
    for (size_t offset = 256 * 2048; offset + 2048 <= image_size; offset += 2048) {
        if (get_u16(image + offset) == identifier && which-- == 0) {
            return image + offset;
        }
    }
    ck_abort_msg("no descriptor %u", identifier);
    return NULL;
}

static void expect_failure(const char *path, const char *message)
{
    struct container_volume *volume;
    struct file *file;
    const struct file *whole = file_from_memory(pool, "win.iso", image, image_size);
    int rc = container_open(pool, whole, &volume, &error);
    if (rc == 0) {
        ck_assert_ptr_nonnull(volume);
        rc = container_find(volume, path, &file, &error);
    }
    ck_assert_int_eq(rc, -1);
    ck_assert_msg(strstr(error.text, "win.iso: ") == error.text, "%s", error.text);
    ck_assert_msg(strstr(error.text, message) != NULL, "%s", error.text);
    free(image);
}

/* The file entry that a directory of plain.udf has for a name. */
static uint8_t *entry_of(const char *name)
{
    for (size_t offset = 300 * 2048; offset + 38 + strlen(name) < image_size; offset++) {
        if (get_u16(image + offset) == 257 &&
            memcmp(image + offset + 39, name, strlen(name)) == 0) {
            return image + (300 + (size_t)get_u32(image + offset + 24)) * 2048;
        }
    }
    ck_abort_msg("no %s", name);
    return NULL;
}

START_TEST(messages_have_the_sector)
{
    load_sample("plain.udf");
    size_t sector = (size_t)(entry_of("bootmgr") - image) / 2048;
    char message[100];
    snprintf(message, sizeof(message), "sector %zu: the descriptor is damaged", sector);
    entry_of("bootmgr")[100] ^= 1;
    expect_failure("bootmgr", message);

    load_sample("plain.udf"); /* an extent outside the partition */
    put_u32(entry_of("bootmgr") + 176 + 4, 0x7FFFFFFF);
    seal(entry_of("bootmgr"));
    expect_failure("bootmgr", "sector 2147483947: what is there goes beyond the end");

    load_sample("plain.udf"); /* a file that is larger than its extents */
    put_u64(entry_of("bootmgr") + 56, UINT64_MAX);
    seal(entry_of("bootmgr"));
    expect_failure("bootmgr", "the file is larger than its extents");

    load_sample("plain.udf");
    put_u32(entry_of("bootmgr") + 168, 0xFFFFFFFF);
    seal(entry_of("bootmgr"));
    expect_failure("bootmgr", "the file entry is longer than its block");

    load_sample("plain.udf"); /* a directory that is a file */
    entry_of("sources")[27] = 5;
    seal(entry_of("sources"));
    expect_failure("sources/boot.wim", "this should be a directory, but is not");

    load_sample("plain.udf");
    entry_of("bootmgr")[27] = 4;
    seal(entry_of("bootmgr"));
    expect_failure("bootmgr", "this should be a file, but is not");

    load_sample("plain.udf");
    memset(image + (size_t)256 * 2048, 0, 2048);
    memset(image + image_size - 2048, 0, 2048);
    expect_failure("bootmgr", "sector 256: UDF's anchor is missing");

    load_sample("genisoimage-9660.iso");
    put_u32(image + 16 * 2048 + 156 + 2, 0x00FFFFFF);
    expect_failure("bootmgr", "sector 16777215: what is there goes beyond the end of the image");
}
END_TEST

START_TEST(loops_end)
{
    load_sample("continued.udf"); /* a list of extents that goes on in itself */
    uint8_t *more = find_descriptor(258, 0);
    uint32_t block = (uint32_t)((size_t)(more - image) / 2048 - 300);
    put_u32(more + 24, 3U << 30 | 2048);
    put_u32(more + 28, block);
    seal(more);
    try_image("continued.udf");
    expect_failure("boot/bcd", "the list of a file's extents has no end");

    load_sample("chain.udf"); /* a chain of file entries that leads to its start */
    uint8_t *indirect = entry_of("bootmgr") + 2048;
    put_u32(indirect + 36 + 4, (uint32_t)((size_t)(indirect - image) / 2048 - 301));
    seal(indirect);
    expect_failure("bootmgr", "the chain of its file entries has no end");
}
END_TEST

/* A directory that contains itself: a path ends all the same. */
START_TEST(a_directory_in_itself)
{
    load_sample("plain.udf");
    uint8_t *deep = entry_of("deep");
    for (size_t offset = 300 * 2048; offset + 50 < image_size; offset++) {
        if (get_u16(image + offset) == 257 && memcmp(image + offset + 39, "deeper", 6) == 0) {
            put_u32(image + offset + 24, (uint32_t)((size_t)(deep - image) / 2048 - 300));
            seal(image + offset);
        }
    }
    struct container_volume *volume = open_bytes("plain.udf", image, image_size);
    struct file *file;
    ck_assert_int_eq(
        container_find(volume, "sources/deep/deeper/deeper/deeper/file.txt", &file, &error), 0);
    ck_assert_ptr_null(file);
    char path[4000] = "sources/deep";
    for (int i = 0; i < 400; i++) {
        strcat(path, "/deeper");
    }
    ck_assert_int_eq(container_find(volume, path, &file, &error), 0);
    ck_assert_ptr_null(file);
    try_image("plain.udf");
    free(image);
}
END_TEST

/* Large directories, one in the other: looking ends where a script's work does. */
START_TEST(looking_for_too_long)
{
    static const char *const names[] = {"plain.udf", "genisoimage-9660.iso"};
    struct file *file;
    struct container_volume *volume = open_sample(names[_i]);
    work_limit = work_done.moved;
    ck_assert_int_eq(container_find(volume, "sources/boot.wim", &file, &error), -1);
    work_limit = UINT64_MAX;
    ck_assert_msg(strstr(error.text, WORK_EXHAUSTED) != NULL, "%s", error.text);
    uint64_t before = work_done.moved;
    ck_assert_int_eq(container_find(volume, "sources/boot.wim", &file, &error), 0);
    ck_assert_uint_gt(work_done.moved - before, 500);
}
END_TEST

START_TEST(what_is_not_supported_is_said)
{
    load_sample("virtual.bad");
    expect_failure("bootmgr", "the disc was written in packets (a virtual partition)");
    load_sample("mkudffs-virtual.bad");
    expect_failure("bootmgr", "the disc was written in packets (a virtual partition)");
    load_sample("spared.bad");
    expect_failure("bootmgr", "the disc has replaced sectors");
}
END_TEST

/* A damaged UDF tree is no reason not to use the other one. */
START_TEST(the_other_tree_is_used)
{
    load_sample("genisoimage-udf.iso");
    memset(image + (size_t)256 * 2048, 0, 2048);
    memset(image + image_size - 2048, 0, 2048);
    log_set_quiet(true);
    struct container_volume *volume = open_bytes("win.iso", image, image_size);
    log_set_quiet(false);
    struct file *file;
    ck_assert_str_eq(volume->kind->name, "ISO 9660");
    ck_assert_int_eq(container_find(volume, "sources/boot.wim", &file, &error), 0);
    ck_assert_ptr_nonnull(file);
    free(image);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("container");
    TCase *sound = tcase_create("sound"), *damaged = tcase_create("damaged");
    tcase_add_checked_fixture(sound, start, finish);
    tcase_set_timeout(sound, 120);
    tcase_add_test(sound, all_files_of_all_images);
    tcase_add_test(sound, a_file_larger_than_4_gb);
    tcase_add_test(sound, a_file_in_two_extents);
    tcase_add_test(sound, paths);
    tcase_add_test(sound, labels);
    tcase_add_test(sound, other_files_are_no_containers);
    suite_add_tcase(suite, sound);
    tcase_add_checked_fixture(damaged, start, finish);
    tcase_set_timeout(damaged, 300);
    tcase_add_test(damaged, damaged_anywhere);
    tcase_add_test(damaged, cut_anywhere);
    tcase_add_test(damaged, messages_have_the_sector);
    tcase_add_test(damaged, loops_end);
    tcase_add_test(damaged, a_directory_in_itself);
    tcase_add_loop_test(damaged, looking_for_too_long, 0, 2);
    tcase_add_test(damaged, what_is_not_supported_is_said);
    tcase_add_test(damaged, the_other_tree_is_used);
    suite_add_tcase(suite, damaged);
    return unit_run(suite);
}
