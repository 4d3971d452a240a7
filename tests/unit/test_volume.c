/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The synthesised volume, as independent tools see it: fsck.fat must find nothing, mtools must read
 * every file back byte for byte, GRUB's FAT driver too. And what does not fit into one.
 */
#include "tests/unit/volume_fixture.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/little_endian.h"
#include "plugins/image/image.h"
#include "tests/unit/unit.h"
#include "volume/disk.h"

static char folder[64]; /* for files of this test */

static void setup(void)
{
    start();
    strcpy(folder, "/tmp/test_volume.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    finish();
}

/* What a command prints. */
static const char *run(const char *format, ...)
{
    static char output[1 << 20];
    char command[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t length = fread(output, 1, sizeof(output) - 1, pipe);
    output[length] = '\0';
    ck_assert_msg(pclose(pipe) == 0, "%s: %s", command, output);
    return output;
}

static const struct disk *find_image(void)
{
    const struct disk *image = disk_find("file", &error);
    ck_assert_msg(image != NULL, "%s", error.text);
    return image;
}

/* Write FOLDER/disk with the image plugin and its partition as FOLDER/partition, both sparse. */
static void write_images(void)
{
    char path[100], description[100];
    snprintf(path, sizeof(path), "%s/disk", folder);
    image_set_path(path);
    const struct disk *image = find_image();
    int status = image->attach(volume, description, sizeof(description), &error);
    ck_assert_msg(status == 0, "%s", error.text);
    image->detach();

    static uint8_t piece[1 << 20];
    const off_t start = VOLUME_PARTITION_LBA * SECTOR_SIZE;
    int from = open(path, O_RDONLY);
    snprintf(path, sizeof(path), "%s/partition", folder);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ck_assert(from >= 0 && to >= 0);
    ck_assert_int_eq(ftruncate(to, (off_t)volume->partition_sector_count * SECTOR_SIZE), 0);
    for (off_t at = start; (at = lseek(from, at, SEEK_DATA)) >= 0;) {
        ssize_t length = pread(from, piece, sizeof(piece), at);
        ck_assert_int_gt(length, 0);
        ck_assert_int_eq(pwrite(to, piece, (size_t)length, at - start), length);
        at += length;
    }
    close(from);
    close(to);
}

/* fsck.fat prints its version and its summary, and nothing between them. */
static void check_with_fsck(void)
{
    const char *output = run("/usr/sbin/fsck.fat -n %s/partition 2>&1", folder);
    size_t lines = 0;
    for (const char *at = output; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    ck_assert_msg(lines == 2 && strstr(output, "partition: ") != NULL, "%s", output);
}

/* Copy all files out with mtools and compare each with what it should be. */
static void check_with_mtools(void)
{
    static uint8_t expected[sizeof(content)], found[sizeof(content) + 1];
    run("cd %s && mkdir copy && LC_ALL=C.UTF-8 mcopy -s -n -i disk@@64K ::/ copy 2>&1", folder);
    size_t entries = (size_t)atol(run("find %s/copy -mindepth 1 -printf . | wc -c", folder));
    ck_assert_uint_eq(entries, tree_count(tree));
    for (struct tree_node *node = tree_next(tree_root(tree)); node != NULL;
         node = tree_next(node)) {
        char path[1400];
        size_t length = (size_t)snprintf(path, sizeof(path), "%s/copy", folder);
        tree_path(node, path + length, sizeof(path) - length);
        for (char *at = path; *at != '\0'; at++) {
            *at = *at == '\\' ? '/' : *at;
        }
        struct stat status;
        ck_assert_msg(stat(path, &status) == 0, "%s is missing", path);
        ck_assert_int_eq(S_ISDIR(status.st_mode), node->file == NULL);
        if (node->file == NULL) {
            continue;
        }
        FILE *copy = fopen(path, "rb");
        ck_assert_ptr_nonnull(copy);
        length = fread(found, 1, sizeof(found), copy);
        fclose(copy);
        ck_assert_uint_eq(length, node->file->size);
        ck_assert_int_eq(file_read(node->file, 0, expected, length, &error), 0);
        ck_assert_msg(memcmp(found, expected, length) == 0, "%s differs", path);
    }
}

START_TEST(empty_volume)
{
    build();
    write_images();
    check_with_fsck();
    const char *listing = run("mdir -i %s/disk@@64K ::/", folder);
    ck_assert_msg(strstr(listing, "Volume in drive : is WIMBOOT") != NULL, "%s", listing);
    ck_assert_ptr_nonnull(strstr(listing, "Serial Number is 1A2B-3C4D"));
    ck_assert_ptr_nonnull(strstr(listing, "No files"));
}
END_TEST

START_TEST(image_that_cannot_be_written)
{
    char path[100], description[100];
    build();
    snprintf(path, sizeof(path), "%s/missing/disk", folder);
    image_set_path(path);
    ck_assert_int_eq(find_image()->attach(volume, description, sizeof(description), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, path));
    image_set_path(NULL);
    ck_assert_int_eq(find_image()->attach(volume, description, sizeof(description), &error), -1);
}
END_TEST

START_TEST(sizes_around_a_cluster)
{
    static const size_t sizes[] = {0, 1, 511, 512, 513, 32767, 32768, 32769, 65536, 98304, 299999};
    char path[100];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        snprintf(path, sizeof(path), "\\Sources\\Size %zu.bin", sizes[i]);
        add(path, file_of(0, sizes[i]));
        snprintf(path, sizeof(path), "\\%zu", sizes[i]);
        add(path, file_of(i, sizes[i] > i ? sizes[i] - i : 0));
    }
    build();
    write_images();
    check_with_fsck();
    check_with_mtools();
    ck_assert_uint_eq(tree_find(tree, "\\0")->first_cluster, 0);
    /* GRUB's driver finds the partition through the MBR. */
    run("cd %s && grub-fstest disk cmp '(loop0,msdos1)/sources/SIZE 299999.bin' "
        "\"$PWD/copy/Sources/Size 299999.bin\" 2>&1",
        folder);
}
END_TEST

START_TEST(a_thousand_names)
{
    /* Names of all lengths, in several scripts, many of them alike in their first characters. */
    static const char *const scripts[] = {"file",
                                          "\xC3\xA4rger\xC3\x9F",
                                          "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82",
                                          "\xE6\xBC\xA2\xE5\xAD\x97",
                                          "\xEF\xBC\xA1",
                                          "UPPER",
                                          "with.many.dots",
                                          "a b  c",
                                          "+,;=[]"};
    static const char *const directories[] = {
        "", "\\Boot", "\\EFI\\Microsoft\\Boot\\Fonts with a long name that is one"};
    char path[500];
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned d = 0; d < 3; d++) {
            size_t length = (size_t)snprintf(path, sizeof(path), "%s\\%s %u", directories[d],
                                             scripts[i % 9], i);
            size_t extra = i % 60;
            memset(path + length, 'n', extra);
            strcpy(path + length + extra, i % 4 ? ".wim" : "");
            add(path, file_of(i, i * 7 % 40000));
        }
    }
    build();
    write_images();
    check_with_fsck();
    check_with_mtools();
}
END_TEST

START_TEST(names_outside_the_first_plane)
{
    /* Two UTF-16 units; mtools does not know them, GRUB does. */
    add("\xF0\x9F\x98\x80 4.txt", file_of(0, 3));
    build();
    write_images();
    check_with_fsck();
    ck_assert_str_eq(run("grub-fstest %s/disk ls '(loop0,msdos1)/'", folder),
                     "\xF0\x9F\x98\x80 4.txt \n");
}
END_TEST

START_TEST(long_names_that_fill_their_entries)
{
    char name[300];
    /* 12 characters and a terminator fill an entry; 13 fill it without one. */
    add("boot5678.wim", file_of(0, 12));
    add("boot56789.wim", file_of(0, 13));
    add("boot567890.wim", file_of(0, 14));
    for (size_t length = 240; length <= 255; length++) {
        memset(name, 'a' + (int)(length - 240), length);
        name[length] = '\0';
        add(name, file_of(0, length));
    }
    build();
    write_images();
    check_with_fsck();
    check_with_mtools();
}
END_TEST

START_TEST(short_names)
{
    add("BOOTMGR", file_of(0, 1));
    add("bcd", file_of(0, 2));
    add("a long name.text", file_of(0, 3));
    add("ALONGN~1.TEX", file_of(0, 4)); /* given later, but its own */
    add("a long name two.text", file_of(0, 5));
    add("a long name three.text", file_of(0, 6));
    add("a long name four.text", file_of(0, 7));
    add("a long name five.text", file_of(0, 8));
    add("a long name six.text", file_of(0, 9));
    add(".profile", file_of(0, 10));
    add("two.dots.c", file_of(0, 11));
    add("\xC3\xA4", file_of(0, 12));
    build();
    write_images();
    check_with_fsck();
    const char *listing = run("LC_ALL=C.UTF-8 mdir -i %s/disk@@64K ::/", folder);
    static const char *const lines[] = {
        "BOOTMGR              1 2000-01-01   0:00 \n",
        "bcd                  2 2000-01-01   0:00  bcd\n",
        "ALONGN~2 TEX         3 2000-01-01   0:00  a long name.text\n",
        "ALONGN~1 TEX         4 2000-01-01   0:00 \n",
        "ALONGN~3 TEX         5 2000-01-01   0:00  a long name two.text\n",
        "ALONGN~4 TEX         6 2000-01-01   0:00  a long name three.text\n",
        "PROFIL~1            10 2000-01-01   0:00  .profile\n",
        "TWODOT~1 C          11 2000-01-01   0:00  two.dots.c\n",
        "_~1                 12 2000-01-01   0:00  \xC3\xA4\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char line[100]; /* mdir shows short names of lower case as they would be typed */
        strcpy(line, lines[i]);
        memcpy(line, strncmp(line, "bcd", 3) == 0 ? "BCD" : line, 3);
        ck_assert_msg(strstr(listing, line) != NULL, "no %s in %s", line, listing);
    }
    /* After four tails, a hash: two characters, four digits, ~1. */
    static const char *const hashed[] = {"a long name four.text", "a long name five.text",
                                         "a long name six.text"};
    for (size_t i = 0; i < 3; i++) {
        const char *found = strstr(listing, hashed[i]);
        ck_assert_ptr_nonnull(found);
        while (found > listing && found[-1] != '\n') {
            found--;
        }
        ck_assert_msg(strncmp(found, "AL", 2) == 0 && strncmp(found + 6, "~1 TEX", 6) == 0, "%s",
                      found);
    }
}
END_TEST

START_TEST(four_thousand_files_in_nine_directories)
{
    static const char *const directories[] = {
        "",      "\\Boot",      "\\Boot\\Fonts",    "\\Boot\\Resources",     "\\Sources",
        "\\EFI", "\\EFI\\Boot", "\\EFI\\Microsoft", "\\EFI\\Microsoft\\Boot"};
    char path[200];
    for (unsigned i = 0; i < 4096; i++) {
        snprintf(path, sizeof(path), "a driver package of the vendor %u.cab", i);
        struct file *file = file_of(i, 1);
        for (unsigned d = 0; d < 9; d++) {
            snprintf(path, sizeof(path), "%s\\a driver package of the vendor %u.cab",
                     directories[d], i);
            add(path, file);
        }
    }
    build();
    ck_assert_uint_eq(volume->extent_count, 4096 + 9);
    /* As an image this is more than a gigabyte, so look at the system area and the directories. */
    uint8_t sector[SECTOR_SIZE], file[SECTOR_SIZE];
    for (unsigned i = 0; i < 4096; i += 63) {
        snprintf(path, sizeof(path), "%s\\A DRIVER package of the vendor %u.cab",
                 directories[i % 9], i);
        struct tree_node *node = tree_find(tree, path);
        ck_assert_ptr_nonnull(node);
        ck_assert_int_eq(volume_read(volume, cluster_lba(node->first_cluster), 1, sector, &error),
                         0);
        memset(file, 0, sizeof(file));
        file[0] = content[i];
        ck_assert_mem_eq(sector, file, SECTOR_SIZE);
        /* A cluster each, and so no chain runs on. */
        uint32_t entry = node->first_cluster * 4;
        ck_assert_int_eq(volume_read(volume, 192 + entry / SECTOR_SIZE, 1, sector, &error), 0);
        ck_assert_uint_eq(get_u32(sector + entry % SECTOR_SIZE), 0x0FFFFFFF);
    }
}
END_TEST

/* A file of 1000 bytes, zeros, and 1000 other bytes. */
static struct file *file_with_zeros(uint64_t size)
{
    struct file *parts[] = {file_of(0, 1000), file_from_zeros(pool, "zeros", size - 2000),
                            file_of(1000, 1000)};
    struct file *joined;
    ck_assert_int_eq(
        file_join(pool, "large.wim", (const struct file *const *)parts, 3, &joined, &error), 0);
    return joined;
}

START_TEST(the_largest_file)
{
    add("small", file_of(5, 5));
    add("large.wim", file_with_zeros(0xFFFFFFFF));
    add("after", file_of(7, 7));
    build();
    write_images();
    ck_assert_ptr_nonnull(strstr(run("mdir -i %s/disk@@64K ::/", folder), " 4294967295 "));
    uint8_t sector[2 * SECTOR_SIZE];
    uint32_t lba = cluster_lba(tree_find(tree, "large.wim")->first_cluster);
    ck_assert_int_eq(volume_read(volume, lba + 0x7FFFFE, 2, sector, &error), 0);
    ck_assert_mem_eq(sector + 23, content + 1000, 1000);
    ck_assert_uint_eq(sector[1023], 0);
    ck_assert_int_eq(volume_read(volume, lba + 0x7FFFFF, 2, sector, &error), 0);
    ck_assert_mem_eq(sector, content + 1000 + 489, 511);
    ck_assert_mem_eq(sector + 512, content + 7, 7);
}
END_TEST

/* fsck.fat 4.2 multiplies clusters and their size in 32 bits, and takes the very last cluster of
 * the largest file for none at all, also on a volume that mkfs.fat and mtools made. */
START_TEST(the_largest_file_that_fsck_can_count)
{
    add("large.wim", file_with_zeros(0xFFFF8000));
    build();
    write_images();
    check_with_fsck();
}
END_TEST

START_TEST(too_large)
{
    add("\\Deploy\\huge.wim", file_from_zeros(pool, "huge.wim", 0x100000000));
    ck_assert_int_eq(volume_build(pool, tree, &options, &volume, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "\\Deploy\\huge.wim"));
    ck_assert_ptr_nonnull(strstr(error.text, "4294967296 bytes"));
}
END_TEST

START_TEST(disk_full)
{
    char path[20];
    struct file *zeros = file_from_zeros(pool, "big.wim", 0xFFFFFFFF);
    for (unsigned i = 0; i < 511; i++) {
        snprintf(path, sizeof(path), "big%u.wim", i);
        add(path, zeros);
    }
    build();
    ck_assert_uint_le(volume->sector_count, (uint64_t)1 << 32);
    uint8_t sector[SECTOR_SIZE];
    ck_assert_int_eq(volume_read(volume, volume->sector_count - 1, 1, sector, &error), 0);
    add("one too many.wim", zeros);
    ck_assert_int_eq(volume_build(pool, tree, &options, &volume, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "\\one too many.wim: the disk is full"));
}
END_TEST

START_TEST(directory_full)
{
    char path[300] = "\\d\\";
    for (unsigned i = 0; i < 3200; i++) {
        memset(path + 3, 'x', 251);
        snprintf(path + 254, sizeof(path) - 254, "%04u", i);
        add(path, file_of(0, 0));
        if (i == 2900) { /* 22 entries for each */
            build();
        }
    }
    ck_assert_int_eq(volume_build(pool, tree, &options, &volume, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "\\d: 3200 names"));
}
END_TEST

START_TEST(a_signature_that_no_disk_has)
{
    static const uint32_t taken[] = {0x424D4959, 0, 0x424D4957, 0x424D4958};
    ck_assert_uint_eq(volume_choose_signature(NULL, 0), 0x424D4957); /* "WIMB" */
    ck_assert_uint_eq(volume_choose_signature(taken, 2), 0x424D4957);
    ck_assert_uint_eq(volume_choose_signature(taken, 3), 0x424D4958);
    ck_assert_uint_eq(volume_choose_signature(taken, 4), 0x424D495A);
}
END_TEST

START_TEST(labels)
{
    static const char *const bad[] = {"twelve chars", "a/b", " x", "\xC3\xA4", "a\n", "a.b"};
    struct volume_options labelled = options;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        labelled.label = bad[i];
        ck_assert_int_eq(volume_build(pool, tree, &labelled, &volume, &error), -1);
        ck_assert_ptr_nonnull(strstr(error.text, bad[i]));
    }
    add("DEPLOY", file_of(0, 1)); /* a file may be called like the volume */
    labelled.label = "Deploy";
    ck_assert_int_eq(volume_build(pool, tree, &labelled, &volume, &error), 0);
    write_images();
    check_with_fsck();
    ck_assert_ptr_nonnull(strstr(run("mlabel -s -i %s/disk@@64K ::", folder), "DEPLOY"));
    labelled.label = "";
    ck_assert_int_eq(volume_build(pool, tree, &labelled, &volume, &error), 0);
    write_images();
    check_with_fsck();
    ck_assert_ptr_nonnull(strstr(run("mlabel -s -i %s/disk@@64K ::", folder), "has no label"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("volume");
    TCase *tests = tcase_create("volume");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, empty_volume);
    tcase_add_test(tests, image_that_cannot_be_written);
    tcase_add_test(tests, sizes_around_a_cluster);
    tcase_add_test(tests, a_thousand_names);
    tcase_add_test(tests, names_outside_the_first_plane);
    tcase_add_test(tests, long_names_that_fill_their_entries);
    tcase_add_test(tests, short_names);
    tcase_add_test(tests, four_thousand_files_in_nine_directories);
    tcase_add_test(tests, the_largest_file);
    tcase_add_test(tests, the_largest_file_that_fsck_can_count);
    tcase_add_test(tests, too_large);
    tcase_add_test(tests, disk_full);
    tcase_add_test(tests, directory_full);
    tcase_add_test(tests, a_signature_that_no_disk_has);
    tcase_add_test(tests, labels);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
