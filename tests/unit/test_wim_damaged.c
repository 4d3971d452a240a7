/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged WIMs, which must be refused with the place and the reason, whatever is wrong with them.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/wim/made.h"
#include "tests/wim/samples.h"
#include "wim/wim_format.h"
#include "wim/wim_lookup.h"
#include "wim/wim_node.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

struct walk {
    struct wim *wim;
    struct pool *pool;
    char path[300];
    unsigned files, failures;
};

/* Read everything below a directory, whatever comes of it. */
static bool walk_entry(void *context, const struct wim_entry *entry)
{
    struct walk *walk = context;
    size_t length = strlen(walk->path);
    struct error error;
    struct file *file;
    if (length > 200 || walk->files > 200) {
        return true;
    }
    walk->files++;
    snprintf(walk->path + length, sizeof(walk->path) - length, "\\%.80s", entry->name);
    if ((entry->attributes & 0x410) == 0x10) {
        walk->failures += wim_list(walk->wim, 1, walk->path, walk_entry, walk, &error) != 0;
    } else if (wim_find(walk->wim, 1, walk->path, &file, &error)) {
        walk->failures++;
    } else if (file != NULL && file_load(walk->pool, file, &error) == NULL) {
        walk->failures++;
    }
    walk->path[length] = 0;
    return true;
}

/* Open, list and read all; @return how much of it failed */
static unsigned use(const struct file *file)
{
    struct pool *pool = pool_create();
    struct error error;
    struct walk walk = {.pool = pool};
    const struct file *patched;
    if (wim_open(pool, &file, 1, &walk.wim, &error) ||
        wim_list(walk.wim, 1, "", walk_entry, &walk, &error) ||
        wim_inject(walk.wim, 1, "a\\b", file_from_memory(pool, "b", "b", 1), &error) ||
        wim_patch(walk.wim, &patched, &error)) {
        walk.failures++;
    }
    pool_destroy(pool);
    return walk.failures;
}

/* ---- damaged headers and tables ---- */

START_TEST(damaged_header)
{
    start_sample();
    builder_finish(&builder);
    struct wim_header_disk good = *header();
    expect(""); /* all is well */

#define DAMAGE(field, value, message)                                                              \
    do {                                                                                           \
        *header() = good;                                                                          \
        header()->field = (value);                                                                 \
        expect(message);                                                                           \
    } while (0)
    DAMAGE(magic[0], 'X', "made.wim: offset 0: is not a WIM");
    DAMAGE(magic[0], 'W', "made.wim: offset 0: is not a WIM");
    DAMAGE(header_size, 200, "offset 8: header of 200 bytes");
    DAMAGE(version, 0x10c00, "offset 12: WIM version 0x10c00");
    DAMAGE(part_number, 0, "offset 40: part 0 of 1");
    DAMAGE(part_number, 2, "offset 40: part 2 of 1");
    DAMAGE(part_count, 3, "is part 1 of a WIM split into 3, but 1 part was given");
    DAMAGE(flags, WIM_FLAG_COMPRESSION,
           "offset 16: compressed in a way that this build of wimboot does not know (flags 0x2)");
    DAMAGE(flags, WIM_FLAG_COMPRESSION | decompressor_find("lzx")->wim_flags,
           "offset 20: chunk size 0");
    DAMAGE(lookup_table.offset, UINT64_MAX, "lookup table: ");
    DAMAGE(lookup_table.offset, builder.size - 10, "not within the file");
    DAMAGE(lookup_table.size_and_flags, (1ull << 56) - 1, "not within the file");
    DAMAGE(lookup_table.original_size, 1000, "is not compressed, but has two different sizes");
    DAMAGE(lookup_table.size_and_flags, 4ull << 56 | 100,
           "is compressed, but the header names no compression");
    DAMAGE(xml.offset, builder.size, "XML: ");
    DAMAGE(lookup_table.size_and_flags, 0, "two different sizes");
    *header() = good;
    header()->flags = WIM_FLAG_COMPRESSION | decompressor_find("lzx")->wim_flags;
    header()->chunk_size = 48 * 1024;
    expect("offset 20: chunk size 49152 is not allowed");
    header()->chunk_size = 4096; /* too small for LZX */
    header()->lookup_table.size_and_flags |= 4ull << 56;
    expect("lzx does not allow chunks of 4096 bytes");
    /* An empty table: no images. */
    *header() = good;
    header()->lookup_table.size_and_flags = header()->lookup_table.original_size = 0;
    expect("made.wim: has no image 1; it has 0 images");
}
END_TEST

START_TEST(damaged_contents)
{
    start_sample();
    builder_finish(&builder);
    builder.bytes[sizeof(struct wim_header_disk)] ^= 1;
    expect("made.wim: file.txt: its contents do not match their SHA-1");

    start_sample();
    builder.entries[1].resource.original_size++;
    builder_finish(&builder);
    expect("made.wim: file.txt: resource at 0xd0: is not compressed, but has two different sizes");

    start_sample();
    builder.entries[1].resource.offset = 1u << 30;
    builder_finish(&builder);
    expect("made.wim: file.txt: 8 bytes at 0x40000000 are not within the file");

    start_sample();
    builder_finish(&builder);
    uint64_t metadata = header()->boot_metadata.offset;
    builder.bytes[metadata + builder.metadata_size - 20] ^= 1;
    expect("made.wim: \\: metadata of image 1: does not match its SHA-1");
}
END_TEST

/* Many entries whose SHA-1s start alike would make the table slow. */
START_TEST(colliding_table)
{
    enum { COUNT = 5000 };
    size_t size = sizeof(struct wim_header_disk) + COUNT * sizeof(struct wim_lookup_disk);
    uint8_t *bytes = calloc(1, size);
    struct wim_lookup_disk *entries = (void *)(bytes + sizeof(struct wim_header_disk));
    struct pool *pool = pool_create();
    struct error error;
    struct wim *wim;

    start_sample();
    builder_finish(&builder);
    struct wim_header_disk *own = (void *)bytes;
    *own = *header();
    own->lookup_table = (struct wim_resource_disk){.size_and_flags = COUNT * sizeof(*entries),
                                                   .offset = sizeof(*own),
                                                   .original_size = COUNT * sizeof(*entries)};
    own->xml = (struct wim_resource_disk){0};
    for (uint32_t i = 0; i < COUNT; i++) {
        entries[i] = (struct wim_lookup_disk){.resource = {.size_and_flags = 1, .original_size = 1},
                                              .part_number = 1};
        memcpy(entries[i].sha1 + 4, &(uint32_t){i + 1}, 4);
    }
    const struct file *file = file_from_memory(pool, "slow.wim", bytes, size);
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), -1);
    ck_assert_msg(strstr(error.text, "too many SHA-1s are alike") != NULL, "%s", error.text);
    pool_destroy(pool);
    free(bytes);
}
END_TEST

/* ---- damaged metadata ---- */

typedef void damage(size_t directory);

static void damage_security(size_t directory)
{
    builder.metadata[0] = 0xff, builder.metadata[1] = 0xff;
}

static void damage_root(size_t directory)
{
    builder_entry(&builder, builder.root)->attributes = 0x80;
}

static void damage_root_length(size_t directory)
{
    builder_entry(&builder, builder.root)->length = 0;
}

static void damage_list_place(size_t directory)
{
    builder_entry(&builder, directory)->subdirectory = builder.metadata_size;
}

static void damage_list_place_far(size_t directory)
{
    builder_entry(&builder, directory)->subdirectory = UINT64_MAX;
}

static void damage_list_end(size_t directory)
{
    builder.metadata_size -= 8;
}

static void damage_short_entry(size_t directory)
{
    builder_entry(&builder, directory)->length = 96;
}

static void damage_long_entry(size_t directory)
{
    builder_entry(&builder, builder.last)->length = UINT64_MAX - 4;
}

static void damage_half_name(size_t directory)
{
    builder_entry(&builder, directory)->name_length = 5;
}

static void damage_name_length(size_t directory)
{
    builder_entry(&builder, directory)->name_length = 508;
}

static void damage_name_length_more(size_t directory)
{
    builder_entry(&builder, directory)->name_length = 512;
}

static void damage_streams(size_t directory)
{
    builder_entry(&builder, builder.last)->stream_count = 3;
}

static void damage_cycle(size_t directory)
{
    builder_entry(&builder, directory)->subdirectory =
        builder_entry(&builder, builder.root)->subdirectory;
}

static const struct {
    damage *damage;
    const char *message;
} metadata_damages[] = {
    {damage_security, "at 0x0: the security data is longer than the metadata"},
    {damage_root, "the root is not a directory"},
    {damage_root_length, "the length of an entry is wrong"},
    {damage_list_place, "a directory list lies beyond the end"},
    {damage_list_place_far, "a directory list lies beyond the end"},
    {damage_list_end, "a list does not end"},
    {damage_short_entry, "the length of an entry is wrong"},
    {damage_long_entry, "the length of an entry is wrong"},
    {damage_half_name, "a name ends in half a character"},
    {damage_name_length, "the names of an entry are longer than itself"},
    {damage_name_length_more, "a name is too long"},
    {damage_streams, "of an entry"},
};

START_TEST(damaged_metadata)
{
    size_t directory = start_sample();
    metadata_damages[_i].damage(directory);
    builder_finish(&builder);
    expect(metadata_damages[_i].message);
}
END_TEST

/* A directory that contains itself: each look down is answered until the nodes are more than the
 * metadata could hold, and removing it does not run forever. */
START_TEST(cyclic_directories)
{
    struct pool *pool = pool_create();
    struct error error;
    damage_cycle(start_sample());
    builder_finish(&builder);
    struct wim *wim = open_made(pool, &error);
    ck_assert_ptr_nonnull(wim);
    ck_assert_int_eq(wim_remove(wim, 1, "dir", &error), -1);
    ck_assert_msg(strstr(error.text, "directories contain each other") != NULL, "%s", error.text);
    const struct file *file = file_from_memory(pool, "made.wim", builder.bytes, builder.size);
    const struct file *patched;
    ck_assert_int_eq(wim_inject(wim, 1, "new.txt", file, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), -1);
    ck_assert_msg(strstr(error.text, "directories contain each other") != NULL, "%s", error.text);
    ck_assert_uint_gt(use(file), 0);
    pool_destroy(pool);
}
END_TEST

/* ---- damaged chunks ---- */

#define CHUNKED "Windows/System32/131073-0.DLL" /* five chunks, of which libwim compresses some */

/* Where the resource of CHUNKED is. */
static struct wim_location find_location(struct wim *wim)
{
    struct error error;
    struct wim_node *node;
    uint32_t entry, part;
    ck_assert_int_eq(wim_tree_find(wim_tree(wim, 1, &error), CHUNKED, &node, &error), 0);
    ck_assert(wim_lookup_find(wim, wim_node_contents(node), &entry));
    return wim_location(wim, 0, &wim_lookup_entry(wim, entry, &part)->resource);
}

static void expect_damaged_file(const struct file *file, const char *message)
{
    struct pool *pool = pool_create();
    struct error error = {.text = ""};
    struct wim *wim;
    struct file *found;
    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    ck_assert_int_eq(wim_find(wim, 1, CHUNKED, &found, &error), 0);
    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_null(file_load(pool, found, &error));
    ck_assert_msg(strstr(error.text, "131073-0.DLL: ") != NULL &&
                      strstr(error.text, message) != NULL,
                  "expected '%s', got '%s'", message, error.text);
    pool_destroy(pool);
}

START_TEST(damaged_chunks)
{
    struct pool *pool = pool_create();
    const char *path = sample_make(
        &(struct sample){"damaged-xpress", WIMLIB_COMPRESSION_TYPE_XPRESS, 0, 0, 0, 0}, true);
    const struct file *file = sample_open(pool, path);
    uint8_t *bytes = (uint8_t *)file_view(file, 0, file->size);
    struct error error;
    struct wim *wim;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    struct wim_location location = find_location(wim);
    ck_assert(location.flags & WIM_RESOURCE_COMPRESSED);
    uint32_t *table = (uint32_t *)(bytes + location.offset);
    uint32_t good[4];
    memcpy(good, table, sizeof(good));
    static const struct {
        int entry;
        uint32_t value;
    } wrong[] = {{0, 0}, {0, 0xffffffff}, {1, 1}, {3, 0x7fffffff}, {2, 0}, {0, 40000}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        memcpy(table, good, sizeof(good));
        memcpy(&table[wrong[i].entry], &wrong[i].value, 4);
        expect_damaged_file(file, "of its table is wrong");
    }
    memcpy(table, good, sizeof(good));
    memset(bytes + location.offset + 16, 0xff, 256); /* the code lengths of the first chunk */
    expect_damaged_file(file, "chunk 0 at 0x");
    pool_destroy(pool);
    remove(path);
}
END_TEST

START_TEST(damaged_solid)
{
    struct pool *pool = pool_create();
    const char *path =
        sample_make(&(struct sample){"damaged-solid", WIMLIB_COMPRESSION_TYPE_LZX, 0,
                                     WIMLIB_WRITE_FLAG_SOLID, WIMLIB_COMPRESSION_TYPE_LZX, 32768},
                    true);
    const struct file *file = sample_open(pool, path);
    uint8_t *bytes = (uint8_t *)file_view(file, 0, file->size);
    struct error error;
    struct wim *wim;
    uint32_t part;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_uint_eq(wim->run_count, 1);
    struct wim_location location = {0};
    for (uint32_t i = 0; i < wim->runs[0].entry_count; i++) {
        const struct wim_lookup_disk *entry =
            wim_lookup_entry(wim, wim->runs[0].first_entry + i, &part);
        if (entry->resource.original_size == WIM_SOLID_RESOURCE_SIZE) {
            location = wim_location(wim, part, &entry->resource);
        }
    }
    ck_assert_uint_ne(location.offset, 0);
    struct wim_solid_header_disk *solid = (void *)(bytes + location.offset), good = *solid;
    *solid = good, solid->chunk_size = 12345;
    expect_damaged_file(file, "chunk size 12345 is not allowed");
    *solid = good, solid->format = 9;
    expect_damaged_file(file, "compressed with format 9, which this build");
    *solid = good, solid->size = UINT64_MAX;
    expect_damaged_file(file, "cannot be the contents of");
    *solid = good, solid->size /= 2;
    expect_damaged_file(file, "");
    *solid = good, solid->format = 0;
    expect_damaged_file(file, "");
    *solid = good;
    uint32_t *table = (uint32_t *)(solid + 1);
    uint32_t size = table[0];
    table[0] = 0;
    expect_damaged_file(file, "of its table is wrong");
    table[0] = UINT32_MAX;
    expect_damaged_file(file, "of its table is wrong");
    table[0] = size;
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* ---- damage everywhere ---- */

/* Whatever single bit is wrong: no crash, and never other contents than the right ones. */
START_TEST(every_bit)
{
    start_sample();
    builder_finish(&builder);
    for (size_t bit = 0; bit < builder.size * 8; bit++) {
        struct pool *pool = pool_create();
        struct error error;
        struct file *file;
        builder.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct wim *wim = open_made(pool, &error);
        if (wim != NULL && !wim_find(wim, 1, "dir\\inside", &file, &error) && file != NULL) {
            const void *bytes = file_load(pool, file, &error);
            if (bytes != NULL && file->size) {
                ck_assert_mem_eq(bytes, "contents", 8);
            }
        }
        use(file_from_memory(pool, "made.wim", builder.bytes, builder.size));
        builder.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        pool_destroy(pool);
    }
}
END_TEST

START_TEST(every_length)
{
    start_sample();
    builder_finish(&builder);
    for (size_t size = 0; size < builder.size; size++) {
        struct pool *pool = pool_create();
        uint8_t *copy = malloc(size + 1); /* so that reading past it is noticed */
        memcpy(copy, builder.bytes, size);
        ck_assert_msg(use(file_from_memory(pool, "cut.wim", copy, size)) > 0, "%zu bytes", size);
        free(copy);
        pool_destroy(pool);
    }
}
END_TEST

/* Random bytes changed in compressed WIMs. */
START_TEST(random_damage)
{
    static const struct sample compressed[] = {
        {"random-lzx", WIMLIB_COMPRESSION_TYPE_LZX, 0, 0, 0, 0},
        {"random-xpress", WIMLIB_COMPRESSION_TYPE_XPRESS, 4096, 0, 0, 0},
        {"random-lzms", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 0, 0, 0},
        {"random-solid", WIMLIB_COMPRESSION_TYPE_LZMS, 0, WIMLIB_WRITE_FLAG_SOLID,
         WIMLIB_COMPRESSION_TYPE_LZMS, 32768},
        {"random-pipable", WIMLIB_COMPRESSION_TYPE_LZX, 0, WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
    };
    struct pool *pool = pool_create();
    const char *path = sample_make(&compressed[_i], false);
    const struct file *file = sample_open(pool, path);
    uint8_t *bytes = (uint8_t *)file_view(file, 0, file->size);
    unsigned damaged = 0;
    sample_seed((uint32_t)_i);
    for (unsigned round = 0; round < 300; round++) {
        size_t at = sample_random() % file->size;
        uint8_t before = bytes[at];
        bytes[at] = (uint8_t)sample_random();
        damaged += use(file) > 0;
        bytes[at] = before;
    }
    ck_assert_uint_gt(damaged, 100);
    pool_destroy(pool);
    remove(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_damaged");
    TCase *test = tcase_create("wim_damaged");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_test(test, damaged_header);
    tcase_add_test(test, damaged_contents);
    tcase_add_test(test, colliding_table);
    tcase_add_loop_test(test, damaged_metadata, 0,
                        sizeof(metadata_damages) / sizeof(metadata_damages[0]));
    tcase_add_test(test, cyclic_directories);
    tcase_add_test(test, damaged_chunks);
    tcase_add_test(test, damaged_solid);
    tcase_add_test(test, every_bit);
    tcase_add_test(test, every_length);
    tcase_add_loop_test(test, random_damage, 0, 5);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
