/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading WIMs that libwim wrote, in every compression and with every chunk size it knows, solid,
 * pipable, split: what the engine lists and reads must be what libwim says and what was captured.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/wim/samples.h"
#include "wim/wim.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"

#define NONE   WIMLIB_COMPRESSION_TYPE_NONE
#define XPRESS WIMLIB_COMPRESSION_TYPE_XPRESS
#define LZX    WIMLIB_COMPRESSION_TYPE_LZX
#define LZMS   WIMLIB_COMPRESSION_TYPE_LZMS
#define SOLID  WIMLIB_WRITE_FLAG_SOLID

static const struct sample samples[] = {
    {"none", NONE, 0, 0, 0, 0},
    {"none-checked", NONE, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"none-pipable", NONE, 0, WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
    {"xpress-4k", XPRESS, 4 << 10, 0, 0, 0},
    {"xpress-8k", XPRESS, 8 << 10, 0, 0, 0},
    {"xpress-16k", XPRESS, 16 << 10, 0, 0, 0},
    {"xpress-32k", XPRESS, 32 << 10, 0, 0, 0},
    {"xpress-64k", XPRESS, 64 << 10, 0, 0, 0},
    {"xpress-pipable", XPRESS, 0, WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
    {"lzx-32k", LZX, 32 << 10, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"lzx-64k", LZX, 64 << 10, 0, 0, 0},
    {"lzx-128k", LZX, 128 << 10, 0, 0, 0},
    {"lzx-256k", LZX, 256 << 10, 0, 0, 0},
    {"lzx-512k", LZX, 512 << 10, 0, 0, 0},
    {"lzx-1m", LZX, 1 << 20, 0, 0, 0},
    {"lzx-2m", LZX, 2 << 20, 0, 0, 0},
    {"lzx-pipable", LZX, 0, WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
    {"lzms-32k", LZMS, 32 << 10, 0, 0, 0},
    {"lzms-64k", LZMS, 64 << 10, 0, 0, 0},
    {"lzms-128k", LZMS, 128 << 10, 0, 0, 0},
    {"lzms-1m", LZMS, 1 << 20, 0, 0, 0},
    {"solid-lzms-64m", LZMS, 0, SOLID, LZMS, 64 << 20},
    {"solid-lzms-256k", LZMS, 0, SOLID, LZMS, 256 << 10},
    {"solid-lzms-in-lzx", LZX, 0, SOLID, LZMS, 32 << 10},
    {"solid-lzx-32k", LZX, 0, SOLID, LZX, 32 << 10},
    {"solid-lzx-1m", XPRESS, 0, SOLID, LZX, 1 << 20},
    {"solid-xpress-64k", XPRESS, 0, SOLID, XPRESS, 64 << 10},
};

enum { SAMPLE_COUNT = sizeof(samples) / sizeof(samples[0]) };

/* ---- comparing with libwim ---- */

struct comparison {
    struct wim *wim;
    uint32_t index;
    const char *folder; /* that the image was captured from */
    unsigned directories, files;
};

struct wanted {
    const char *name;
    unsigned found;
    struct wim_entry entry;
};

static bool match_name(void *context, const struct wim_entry *entry)
{
    struct wanted *wanted = context;
    if (!strcmp(entry->name, wanted->name)) {
        wanted->found++;
        wanted->entry = *entry;
        wanted->entry.name = NULL;
    }
    return true;
}

struct count {
    struct wim *wim;
    uint32_t index;
    const char *path;
    unsigned entries;
};

/* Count an entry and all below it. */
static bool count_entry(void *context, const struct wim_entry *entry)
{
    struct count *count = context;
    char path[1024];
    struct error error;
    count->entries++;
    if ((entry->attributes & 0x410) == 0x10) {
        snprintf(path, sizeof(path), "%s\\%s", count->path, entry->name);
        struct count below = {.wim = count->wim, .index = count->index, .path = path};
        ck_assert_msg(!wim_list(count->wim, count->index, path, count_entry, &below, &error), "%s",
                      error.text);
        count->entries += below.entries;
    }
    return true;
}

/* Compare a file's bytes with those on the disk. */
static void compare_contents(struct comparison *comparison, const char *path)
{
    char disk_path[1024];
    struct error error;
    struct file *file;
    size_t size;
    snprintf(disk_path, sizeof(disk_path), "%s%s", comparison->folder, path);
    uint8_t *expected = sample_read(disk_path, &size);
    ck_assert_msg(!wim_find(comparison->wim, comparison->index, path, &file, &error), "%s",
                  error.text);
    ck_assert_msg(file != NULL, "%s not found", path);
    ck_assert_uint_eq(file->size, size);
    uint8_t *bytes = malloc(size + 1);
    if (size > 10) { /* first a piece in the middle: it must fetch what it needs */
        ck_assert_int_eq(file_read(file, size / 2, bytes, 5, &error), 0);
    }
    ck_assert_msg(!file_read(file, 0, bytes, size, &error), "%s", error.text);
    ck_assert_mem_eq(bytes, expected, size);
    free(bytes);
    free(expected);
}

static int compare_entry(const struct wimlib_dir_entry *theirs, void *context)
{
    struct comparison *comparison = context;
    bool is_directory = (theirs->attributes & 0x410) == 0x10;
    struct error error;
    comparison->directories += is_directory;
    comparison->files += !is_directory;
    if (strcmp(theirs->full_path, "/") != 0) {
        char parent[1024];
        struct wanted wanted = {.name = theirs->filename};
        snprintf(parent, sizeof(parent), "%s", theirs->full_path);
        *strrchr(parent, '/') = 0;
        ck_assert_msg(
            !wim_list(comparison->wim, comparison->index, parent, match_name, &wanted, &error),
            "%s", error.text);
        ck_assert_msg(wanted.found == 1, "%s found %u times", theirs->full_path, wanted.found);
        ck_assert_uint_eq(wanted.entry.attributes, theirs->attributes);
        if (!(theirs->attributes & 0x400)) {
            ck_assert_uint_eq(wanted.entry.size, theirs->streams[0].resource.uncompressed_size);
        }
    }
    if (!(theirs->attributes & 0x410)) {
        compare_contents(comparison, theirs->full_path);
    }
    return 0;
}

/* Compare everything that can be read of a WIM with what libwim and the disk say. */
static void compare(struct wim *wim, WIMStruct *theirs, const char *tree)
{
    char windows[512];
    struct error error;
    snprintf(windows, sizeof(windows), "%s/Windows", tree);
    ck_assert_uint_eq(wim_image_count(wim), 2);
    for (uint32_t index = 1; index <= 2; index++) {
        struct comparison comparison = {
            .wim = wim, .index = index, .folder = index == 1 ? tree : windows};
        struct count count = {.wim = wim, .index = index, .path = ""};
        sample_check(wimlib_iterate_dir_tree(theirs, (int)index, "/",
                                             WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, compare_entry,
                                             &comparison),
                     "iterate");
        ck_assert_msg(!wim_list(wim, index, "\\", count_entry, &count, &error), "%s", error.text);
        ck_assert_uint_eq(count.entries + 1, comparison.directories + comparison.files);
        ck_assert_uint_gt(comparison.files, 80);
        ck_assert_uint_eq(wim_image(wim, index)->files, comparison.files);
    }
}

static struct wim *open_wim(struct pool *pool, const struct file *file)
{
    struct error error;
    struct wim *wim;
    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    return wim;
}

START_TEST(every_compression)
{
    const struct sample *sample = &samples[_i];
    const char *path = sample_make(sample, true);
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, path);
    struct counting_reader reader;
    WIMStruct *theirs;
    struct wimlib_wim_info info;
    sample_check(wimlib_open_wim(path, 0, &theirs), "open");
    sample_check(wimlib_get_wim_info(theirs, &info), "info");
    struct wim *wim = open_wim(pool, file);
    static const char *const names[] = {"none", "xpress", "lzx", "lzms"};
    ck_assert_str_eq(wim_compression(wim), names[sample->compression]);
    ck_assert_uint_eq(wim_chunk_size(wim), info.chunk_size);
    ck_assert_uint_eq(wim_boot_index(wim), info.boot_index);
    compare(wim, theirs, sample_tree(true));

    const struct file *on_demand = sample_on_demand(pool, &reader, file);
    wim = open_wim(pool, on_demand);
    compare(wim, theirs, sample_tree(true));
    wimlib_free(theirs);
    pool_destroy(pool);
    ck_assert_int_eq(remove(path), 0);
}
END_TEST

/* ---- split sets ---- */

START_TEST(split)
{
    const char *path = sample_make(&(struct sample){"to-split", LZX, 0, 0, 0, 0}, true);
    const struct file *parts[8], *collected[9];
    struct pool *pool = pool_create();
    size_t count = 0;
    struct error error;
    struct wim *wim;
    WIMStruct *theirs;
    sample_check(wimlib_open_wim(path, 0, &theirs), "open");
    sample_check(wimlib_split(theirs, SAMPLE_FOLDER "/part.swm", 200000, 0), "split");
    for (; count < 8; count++) {
        char name[64];
        snprintf(name, sizeof(name),
                 count ? SAMPLE_FOLDER "/part%zu.swm" : SAMPLE_FOLDER "/part.swm", count + 1);
        FILE *part = fopen(name, "rb");
        if (part == NULL) {
            break;
        }
        fclose(part);
        parts[count] = sample_open(pool, name);
        remove(name);
    }
    ck_assert_uint_gt(count, 2);

    /* In any order. */
    const struct file *swapped = parts[0];
    parts[0] = parts[count - 1];
    parts[count - 1] = swapped;
    ck_assert_msg(!wim_open(pool, parts, count, &wim, &error), "%s", error.text);
    compare(wim, theirs, sample_tree(true));

    /* Found by one of them among other files. */
    const struct file *others[9] = {sample_open(pool, path)};
    memcpy(others + 1, parts, count * sizeof(*parts));
    ck_assert_uint_eq(wim_collect_parts(parts[1], others, count + 1, collected), count);
    ck_assert_ptr_eq(collected[0], parts[1]);
    ck_assert_uint_eq(wim_collect_parts(others[0], others, count + 1, collected), 1);

    /* One missing, one twice, one of another set. */
    ck_assert_int_eq(wim_open(pool, parts, count - 1, &wim, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "all are needed"));
    parts[1] = parts[0];
    ck_assert_int_eq(wim_open(pool, parts, count, &wim, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "are both part"));
    wimlib_free(theirs);
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* ---- facts ---- */

START_TEST(facts_of_the_xml)
{
    const char *path = sample_make(&(struct sample){"facts", NONE, 0, 0, 0, 0}, false);
    struct pool *pool = pool_create();
    const struct wim_image *image;
    struct wim *wim = open_wim(pool, sample_open(pool, path));
    image = wim_image(wim, 1);
    ck_assert_str_eq(image->name, "All");
    ck_assert_str_eq(image->description, "A & B <c>");
    ck_assert_str_eq(image->arch, "x86_64");
    ck_assert_str_eq(image->version, "10.0.19041.1");
    ck_assert_str_eq(image->edition, "WindowsPE");
    ck_assert_uint_gt(image->bytes, 10000);
    image = wim_image(wim, 2);
    ck_assert_str_eq(image->name, "Windows only");
    ck_assert_str_eq(image->arch, "");
    ck_assert_ptr_null(wim_image(wim, 0));
    ck_assert_ptr_null(wim_image(wim, 3));
    pool_destroy(pool);
    remove(path);
}
END_TEST

START_TEST(paths)
{
    const char *path = sample_make(&(struct sample){"paths", LZX, 0, 0, 0, 0}, false);
    struct pool *pool = pool_create();
    struct wim *wim = open_wim(pool, sample_open(pool, path));
    struct error error;
    struct file *file;
    static const char *const found[] = {"\\Windows\\System32\\startnet.cmd",
                                        "windows/SYSTEM32\\StartNet.CMD",
                                        "/./Windows//System32/./startnet.cmd",
                                        ("PROGRAM FILES/GR\xc3\x9c\xc3\x9f"
                                         "E.TXT"),
                                        "sources/\xd1\x84\xd0\x90\xd0\x99\xd0\x9b.ini",
                                        "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/deep.txt"};
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        ck_assert_msg(!wim_find(wim, 1, found[i], &file, &error), "%s", error.text);
        ck_assert_msg(file != NULL, "%s", found[i]);
    }
    ck_assert_str_eq(file->name, "deep.txt");
    ck_assert_str_eq(file->note, "paths.wim image 1, a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/deep.txt");
    static const char *const absent[] = {"\\Windows\\nothing", "nothing\\at all",
                                         "Windows/System32/startnet.cmd/more", "Windows/System3"};
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        ck_assert_int_eq(wim_find(wim, 1, absent[i], &file, &error), 0);
        ck_assert_ptr_null(file);
    }
    static const struct {
        const char *path, *message;
    } refused[] = {{"Windows", "paths.wim: Windows: is a directory"},
                   {"", "is a directory"},
                   {"link", "is a link"},
                   {"link\\startnet.cmd", "'link', part of the path, is a link"},
                   {"Windows/../bootmgr", "'..' is not allowed"}};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(wim_find(wim, 1, refused[i].path, &file, &error), -1);
        ck_assert_msg(strstr(error.text, refused[i].message) != NULL, "%s", error.text);
    }
    char long_name[300];
    memset(long_name, 'x', 299);
    long_name[299] = 0;
    ck_assert_int_eq(wim_find(wim, 1, long_name, &file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "longer than the 255 characters"));
    ck_assert_int_eq(wim_find(wim, 3, "bootmgr", &file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "has no image 3; it has 2 images"));
    ck_assert_int_eq(wim_list(wim, 1, "emptydir/x", match_name, NULL, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no such directory"));
    ck_assert_int_eq(wim_list(wim, 1, "bootmgr", match_name, NULL, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "is not a directory"));
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* ---- reading economically ---- */

/* Hard links and equal files are decompressed once; plain resources in memory are not copied. */
START_TEST(nothing_twice)
{
    struct pool *pool = pool_create();
    struct counting_reader reader;
    struct error error;
    struct file *first, *second;
    const char *path = sample_make(&(struct sample){"twice", LZX, 0, 0, 0, 0}, false);
    struct wim *wim = open_wim(pool, sample_on_demand(pool, &reader, sample_open(pool, path)));
    ck_assert_int_eq(wim_find(wim, 1, "Windows/System32/startnet.cmd", &first, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "Windows/hard link.cmd", &second, &error), 0);
    const void *bytes = file_load(pool, first, &error);
    unsigned reads = reader.reads;
    ck_assert_ptr_eq(file_load(pool, second, &error), bytes);
    ck_assert_uint_eq(reader.reads, reads);
    remove(path);

    path = sample_make(&(struct sample){"plain", NONE, 0, 0, 0, 0}, false);
    const struct file *file = sample_open(pool, path);
    const uint8_t *all = file_view(file, 0, file->size);
    wim = open_wim(pool, file);
    ck_assert_int_eq(wim_find(wim, 1, "bootmgr", &first, &error), 0);
    const uint8_t *in_place = file_load(pool, first, &error);
    ck_assert(in_place >= all && in_place < all + file->size);
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* ---- resources over 4 GiB ---- */

/*
 * A resource of 4 GiB + 100 bytes, whose chunk table has entries of 8 bytes: its 65,537 chunks are
 * all the same compressed zeros but for the first, one in the middle and the last.
 */
START_TEST(large_resource)
{
    enum { CHUNK = 65536, COUNT = 65537, MIDDLE = 40000, LAST_SIZE = 100 };
    struct pool *pool = pool_create();
    struct wimlib_compressor *compressor;
    uint8_t *chunk = calloc(1, CHUNK), *zeros = malloc(CHUNK), *marked = malloc(CHUNK);

    sample_check(wimlib_create_compressor(XPRESS, CHUNK, 0, &compressor), "compressor");
    size_t zeros_size = wimlib_compress(chunk, CHUNK, zeros, CHUNK, compressor);
    memset(chunk, 'x', 10);
    size_t marked_size = wimlib_compress(chunk, CHUNK, marked, CHUNK, compressor);
    wimlib_free_compressor(compressor);
    ck_assert(zeros_size && marked_size);

    size_t table_size = (COUNT - 1) * 8;
    size_t size = table_size + (COUNT - 3) * zeros_size + 2 * marked_size + LAST_SIZE;
    uint8_t *resource = calloc(1, size), *data = resource + table_size;
    uint64_t offset = 0;
    for (size_t i = 0; i < COUNT - 1; i++) {
        bool is_marked = i == 0 || i == MIDDLE;
        memcpy(data + offset, is_marked ? marked : zeros, is_marked ? marked_size : zeros_size);
        offset += is_marked ? marked_size : zeros_size;
        memcpy(resource + i * 8, &offset, 8);
    }
    memset(data + offset, 'z', LAST_SIZE); /* stored */

    struct wim_part part = {.file = file_from_memory(pool, "large.wim", resource, size)};
    struct wim wim = {.pool = pool,
                      .part_count = 1,
                      .parts = &part,
                      .decompressor = decompressor_find("xpress"),
                      .chunk_order = 16};
    struct wim_location location = {.flags = WIM_RESOURCE_COMPRESSED,
                                    .size_in_file = size,
                                    .size = (uint64_t)(COUNT - 1) * CHUNK + LAST_SIZE};
    struct wim_resource opened;
    struct error error;
    uint8_t bytes[32];
    ck_assert_msg(!wim_resource_open(&wim, &location, &opened, &error), "%s", error.text);
    ck_assert_int_eq(wim_resource_read(&opened, 0, bytes, 11, &error), 0);
    ck_assert_mem_eq(bytes, "xxxxxxxxxx", 11);
    ck_assert_int_eq(wim_resource_read(&opened, (uint64_t)MIDDLE * CHUNK - 1, bytes, 12, &error),
                     0);
    ck_assert_mem_eq(bytes, "\0xxxxxxxxxx", 12);
    ck_assert_int_eq(wim_resource_read(&opened, (1ull << 32) - 2, bytes, 4, &error), 0);
    ck_assert_mem_eq(bytes, "\0\0zz", 4);
    ck_assert_int_eq(wim_resource_read(&opened, location.size - 1, bytes, 1, &error), 0);
    ck_assert_int_eq(bytes[0], 'z');
    wim_resource_close(&opened);

    /* One byte less than 4 GiB has entries of 4 bytes: the same table is then nonsense. */
    location.size = 0xffffffff;
    ck_assert_int_eq(wim_resource_open(&wim, &location, &opened, &error), -1);
    memory_free(wim.chunk.bytes);
    memory_free(wim.workspace.bytes);
    memory_free(wim.window.bytes);
    free(chunk);
    free(zeros);
    free(marked);
    free(resource);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_read");
    TCase *test = tcase_create("wim_read");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_loop_test(test, every_compression, 0, SAMPLE_COUNT);
    tcase_add_test(test, split);
    tcase_add_test(test, facts_of_the_xml);
    tcase_add_test(test, paths);
    tcase_add_test(test, nothing_twice);
    tcase_add_test(test, large_resource);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
