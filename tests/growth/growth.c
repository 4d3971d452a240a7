/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * growth NAME N: do one thing with N items, for test_growth.py, which counts the instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bcd/bcd.h"
#include "files/initrd.h"
#include "files/source.h"
#include "files/tree.h"
#include "tests/unit/unit.h"
#include "tests/wim/builder.h"
#include "wim/wim.h"

static struct pool *pool;
static struct error error;

static void require(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "%s: %s\n", what, error.text);
        exit(1);
    }
}

/* ---- the given files ---- */

/* CPIO members of equal contents, named by a format of their number. */
static uint8_t *make_archive(unsigned count, const char *format, size_t *size)
{
    uint8_t *archive = calloc(count, 512);
    *size = 0;
    for (unsigned i = 0; i < count; i++) {
        char name[256];
        size_t length = (size_t)snprintf(name, sizeof(name), format, i) + 1;
        char *header = (char *)archive + *size;
        sprintf(header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 0, 0100644, 0,
                0, 1, 0, 4, 0, 0, 0, 0, (unsigned)length, 0);
        memcpy(header + 110, name, length);
        *size += (110 + length + 3) / 4 * 4 + 4;
    }
    return archive;
}

static void name_files(unsigned count, const char *format)
{
    struct file_list list = {.pool = pool};
    size_t size;
    uint8_t *archive = make_archive(count, format, &size);
    require(initrd_add_files(&list, archive, size, INITRD_GIVEN, &error) == 0 &&
                list.count == count,
            format);
    for (unsigned i = 0; i < count; i++) {
        char name[256];
        snprintf(name, sizeof(name), format, i);
        require(file_list_find(&list, name) == list.files[i], name);
    }
    free(archive);
}

/* Names that are alike in their first 100 characters. */
static void long_names(unsigned count)
{
    char format[128];
    memset(format, 'n', 100);
    strcpy(format + 100, "%u.cab");
    name_files(count, format);
}

/* One name in many directories. */
static void paths(unsigned count)
{
    name_files(count, "d%u\\driver.inf");
}

static void unnamed(unsigned count)
{
    struct file_list list = {.pool = pool};
    uint8_t *images = calloc(count + 1, 208);
    for (unsigned i = 0; i < count; i++) {
        memcpy(images + (size_t)i * 208, "MSWIM\0\0", 8);
    }
    require(initrd_add_files(&list, images, (size_t)count * 208, INITRD_GIVEN, &error) == 0,
            "unnamed");
    require(list.count == count, "unnamed");
    free(images);
}

static void disk(unsigned count)
{
    struct tree *tree = tree_create(pool);
    const struct file *file = file_from_memory(pool, "x", "x", 1);
    char path[40];
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "directory\\file %u", i);
        require(tree_add(tree, path, file, &error) == 0, path);
    }
    for (unsigned i = count; i > 0; i--) {
        snprintf(path, sizeof(path), "directory\\file %u", i - 1);
        require(tree_remove(tree, path), path);
    }
}

/* ---- boot configurations ---- */

static void objects(unsigned count)
{
    struct bcd *bcd = bcd_create(pool);
    const struct file *file;
    struct hive_key *key;
    char guid[GUID_TEXT_SIZE];
    for (unsigned i = 0; i < count; i++) {
        bcd_make_guid(bcd, guid);
        require(bcd_create_object(bcd, guid, BCD_LOADER, &key, &error) == 0, guid);
        require(bcd_find_object(bcd, guid) == key, guid);
    }
    require(bcd_file(bcd, &file, &error) == 0 && bcd_open(pool, file, &bcd, &error) == 0,
            "objects");
}

/* Keys in an order that no insertion at either end serves. */
static void keys(unsigned count)
{
    struct hive *hive = hive_create(pool, "root");
    for (unsigned i = 0; i < count; i++) {
        char name[20];
        snprintf(name, sizeof(name), "%08x", i * 0x9E3779B1U);
        require(hive_add_key(hive, hive->root, name) != NULL, name);
    }
    const struct hive_key *before = NULL;
    for (struct hive_key *key = hive_first_child(hive->root); key != NULL; key = key->next) {
        require(before == NULL || strcmp(before->name, key->name) < 0, key->name);
        before = key;
    }
}

/* ---- WIMs ---- */

static struct builder builder;

/* An image with so many files in its root, of one name or of different ones. */
static struct wim *make_wim(unsigned count, bool same_name)
{
    const struct file *file;
    struct wim *wim;
    uint8_t sha1[20];
    builder_start(&builder);
    builder_add_blob(&builder, "contents", sha1);
    builder_list(&builder, builder.root);
    for (unsigned i = 0; i < count; i++) {
        char name[20];
        snprintf(name, sizeof(name), "f%u", same_name ? 0 : i);
        builder_add(&builder, name, NULL, 0x80, sha1);
    }
    builder_end_list(&builder);
    builder_finish(&builder);
    file = file_from_memory(pool, "made.wim", builder.bytes, builder.size);
    require(wim_open(pool, &file, 1, &wim, &error) == 0, "made.wim");
    return wim;
}

static void inject(struct wim *wim, const char *path, unsigned number)
{
    char *text = pool_allocate(pool, 10);
    snprintf(text, 10, "%08x", number); /* all of one size */
    require(wim_inject(wim, 1, path, file_from_memory(pool, "x", text, 8), &error) == 0, path);
}

/* As many files injected beside as many that are there. */
static void siblings(unsigned count)
{
    struct wim *wim = make_wim(count, false);
    const struct file *patched;
    for (unsigned i = 0; i < count; i++) {
        char path[20];
        snprintf(path, sizeof(path), i % 2 == 0 ? "f%u" : "g%u", i);
        inject(wim, path, i);
    }
    require(wim_patch(wim, &patched, &error) == 0, "siblings");
}

/* One file into a large image. */
static void patched(unsigned count)
{
    struct wim *wim = make_wim(count, false);
    const struct file *file;
    inject(wim, "Windows\\System32\\startnet.cmd", 0);
    require(wim_patch(wim, &file, &error) == 0, "patched");
}

/* Files of one name; one takes the place of all, again and again. */
static void twins(unsigned count)
{
    struct wim *wim = make_wim(count, true);
    for (unsigned i = 0; i < count; i++) {
        inject(wim, "F0", i);
    }
}

/* What was removed is in nobody's way. */
static void again(unsigned count)
{
    struct wim *wim = make_wim(1, false);
    for (unsigned i = 0; i < count; i++) {
        inject(wim, "directory\\file", i);
        require(wim_remove(wim, 1, "directory", &error) == 0, "again");
    }
}

static const struct {
    const char *name;
    void (*run)(unsigned count);
} things[] = {
    {"long_names", long_names}, {"paths", paths},     {"unnamed", unnamed},   {"disk", disk},
    {"objects", objects},       {"keys", keys},       {"siblings", siblings}, {"twins", twins},
    {"again", again},           {"patched", patched},
};

static void (*thing)(unsigned count);
static unsigned thing_count;

/* The builder of WIMs works only inside of a test. */
START_TEST(run_thing)
{
    pool = pool_create();
    thing(thing_count);
    pool_destroy(pool);
}
END_TEST

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof(things) / sizeof(things[0]); i++) {
        if (strcmp(things[i].name, argv[1]) == 0) {
            thing = things[i].run;
        }
    }
    if (thing == NULL) {
        fprintf(stderr, "usage: growth NAME N\n");
        return 2;
    }
    thing_count = (unsigned)strtoul(argv[2], NULL, 10);
    Suite *suite = suite_create("growth");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, run_thing);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
