/*
 * WIMs that libwim does not write: unusual ones, which must be read, and damaged ones, which must
 * be refused with the place and the reason, whatever is wrong with them.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "sha1.h"
#include "tests/wim/builder.h"
#include "tests/wim/samples.h"
#include "wim.h"

static struct builder builder;

static struct wim *open_made(struct pool *pool, struct error *error)
{
    const struct file *file = file_from_memory(pool, "made.wim", builder.bytes, builder.size);
    struct wim *wim = NULL;

    error->text[0] = 0;
    return wim_open(pool, &file, 1, &wim, error) ? NULL : wim;
}

static bool visit_all(void *context, const struct wim_entry *entry)
{
    return true;
}

struct walk {
    struct wim *wim;
    struct pool *pool;
    char path[300];
    unsigned files, failures;
};

/** Read everything below a directory, whatever comes of it. */
static bool walk_entry(void *context, const struct wim_entry *entry)
{
    struct walk *walk = context;
    size_t length = strlen(walk->path);
    struct error error;
    struct file *file;

    if (length > 200 || walk->files > 200)
        return true;
    walk->files++;
    snprintf(walk->path + length, sizeof(walk->path) - length, "\\%.80s", entry->name);
    if ((entry->attributes & 0x410) == 0x10)
        walk->failures += wim_list(walk->wim, 1, walk->path, walk_entry, walk, &error) != 0;
    else if (wim_find(walk->wim, 1, walk->path, &file, &error))
        walk->failures++;
    else if (file && !file_load(walk->pool, file, &error))
        walk->failures++;
    walk->path[length] = 0;
    return true;
}

/** Open, list and read all; @return how much of it failed */
static unsigned use(const struct file *file)
{
    struct pool *pool = pool_create();
    struct error error;
    struct walk walk = {.pool = pool};
    const struct file *patched;

    if (wim_open(pool, &file, 1, &walk.wim, &error) ||
        wim_list(walk.wim, 1, "", walk_entry, &walk, &error) ||
        wim_inject(walk.wim, 1, "a\\b", file_from_memory(pool, "b", "b", 1), &error) ||
        wim_patch(walk.wim, &patched, &error))
        walk.failures++;
    pool_destroy(pool);
    return walk.failures;
}

/** Open the made WIM and use it; the first error must say `message`. */
static void expect(const char *message)
{
    struct pool *pool = pool_create();
    struct error error;
    struct file *file;
    struct wim *wim = open_made(pool, &error);

    if (wim && !wim_list(wim, 1, "", visit_all, NULL, &error) &&
        !wim_list(wim, 1, "dir", visit_all, NULL, &error) &&
        !wim_find(wim, 1, "file.txt", &file, &error) && file)
        file_load(pool, file, &error);
    ck_assert_msg(strstr(error.text, message), "expected '%s', got '%s'", message, error.text);
    pool_destroy(pool);
}

/** Start a WIM with \dir\inside and \file.txt. */
static size_t start_sample(void)
{
    uint8_t sha1[20];

    builder_start(&builder);
    builder_add_blob(&builder, "contents", sha1);
    builder_list(&builder, builder.root);
    size_t directory = builder_add(&builder, "dir", NULL, 0x10, NULL);
    builder_add(&builder, "file.txt", "FILE~1.TXT", 0x80, sha1);
    builder_end_list(&builder);
    builder_list(&builder, directory);
    builder_add(&builder, "inside", NULL, 0x80, sha1);
    builder_end_list(&builder);
    return directory;
}

/** Bytes of the finished WIM. */
static struct wim_header_disk *header(void)
{
    return (struct wim_header_disk *)builder.bytes;
}

/* ---- unusual ---- */

static void expect_contents(struct wim *wim, struct pool *pool, const char *path, const char *text)
{
    struct error error;
    struct file *file;

    ck_assert_msg(!wim_find(wim, 1, path, &file, &error), "%s", error.text);
    ck_assert_msg(file, "%s", path);
    ck_assert_uint_eq(file->size, strlen(text));
    const void *bytes = file_load(pool, file, &error);
    ck_assert_msg(bytes || !*text, "%s", error.text);
    ck_assert_mem_eq(bytes, text, strlen(text));
}

START_TEST(unusual)
{
    struct pool *pool = pool_create();
    struct error error;
    struct file *file;
    uint8_t sha1[20], other[20], third[20];

    builder_start(&builder);
    /* A left-over image entry, which does not count, before the image. */
    builder.entries[1] = builder.entries[0];
    builder_add_blob(&builder, "contents", sha1);
    struct wim_lookup_disk *ignored = builder_add_blob(&builder, "ignored", other);
    memset(ignored->sha1, 0, 20);
    *builder_add_blob(&builder, "wrong!!!", third) = (struct wim_lookup_disk){
        .resource = {.size_and_flags = 8, .offset = 208, .original_size = 8},
        .part_number = 2,
        .references = 1};
    builder_add_blob(&builder, "named", other);
    builder_add_blob(&builder, "reparse", third);
    builder.metadata[0] = 0; /* security data of length 0 means 8 bytes */
    builder_list(&builder, builder.root);
    builder_add(&builder, "streams", "STREAM~1", 0x80, NULL);
    builder_add_stream(&builder, "ads", other);
    builder_add_stream(&builder, "", sha1);
    builder_add(&builder, "empty", NULL, 0x80, NULL);
    builder_add(&builder, "link", NULL, 0x400, NULL);
    builder_add_stream(&builder, "", third);
    builder_add_stream(&builder, "", sha1);
    builder_add(&builder, "junction", NULL, 0x410, third);
    builder_add(&builder, "secret", NULL, 0x4000, sha1);
    builder_add(&builder, "missing", NULL, 0x80, (const uint8_t *)"01234567890123456789");
    builder_add(&builder, "Twice", NULL, 0x80, sha1);
    builder_add(&builder, "Twice", NULL, 0x80, other);
    size_t tagged = builder_add(&builder, "tagged", NULL, 0x80, sha1);
    builder_add(&builder, "last", NULL, 0x80, sha1);
    builder_end_list(&builder);
    /* Tagged items behind the name: the entry is longer than it must be. */
    size_t end = builder.metadata_size;
    memmove(builder.metadata + tagged + 136, builder.metadata + tagged + 120, end - tagged - 120);
    builder.metadata_size += 16;
    ck_assert_uint_eq(builder_entry(&builder, tagged)->length, 120);
    builder_entry(&builder, tagged)->length = 136;
    builder_finish(&builder);

    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim, "%s", error.text);
    ck_assert_uint_eq(wim_image_count(wim), 1);
    ck_assert_str_eq(wim_image(wim, 1)->name, "one");
    expect_contents(wim, pool, "streams", "contents");
    expect_contents(wim, pool, "stream~1", "contents");
    expect_contents(wim, pool, "empty", "");
    expect_contents(wim, pool, "TWICE", "contents");
    expect_contents(wim, pool, "tagged", "contents");
    expect_contents(wim, pool, "last", "contents");
    static const struct {
        const char *path, *message;
    } refused[] = {{"link", "made.wim: link: is a link"},
                   {"junction", "junction: is a link"},
                   {"junction\\x", "'junction' on the way is a link"},
                   {"secret", "made.wim: secret: is encrypted"},
                   {"missing", "made.wim: missing: its contents are not in the WIM"}};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(wim_find(wim, 1, refused[i].path, &file, &error), -1);
        ck_assert_msg(strstr(error.text, refused[i].message), "%s", error.text);
    }
    pool_destroy(pool);
}
END_TEST

START_TEST(boot_image_by_its_metadata)
{
    struct pool *pool = pool_create();
    struct error error;

    start_sample();
    builder.header.boot_index = 0;
    builder_finish(&builder);
    ck_assert_uint_eq(wim_boot_index(open_made(pool, &error)), 1);
    memset(&header()->boot_metadata, 0, sizeof(header()->boot_metadata));
    ck_assert_uint_eq(wim_boot_index(open_made(pool, &error)), 0);
    header()->boot_index = 2; /* there is no such image */
    ck_assert_uint_eq(wim_boot_index(open_made(pool, &error)), 0);
    pool_destroy(pool);
}
END_TEST

/* Contents too large to be held in memory are checked in a stream, then read where it is asked. */
START_TEST(contents_over_1_gib)
{
    enum { SIZE_OVER = WIM_LOAD_MAX + 10 };
    static uint8_t zeros[1 << 20];
    struct pool *pool = pool_create();
    struct error error;
    struct sha1 state;
    struct file *whole, *found;
    struct wim *wim;
    uint8_t sha1[20], bytes[16];

    sha1_start(&state);
    for (size_t done = 0; done < WIM_LOAD_MAX; done += sizeof(zeros))
        sha1_update(&state, zeros, sizeof(zeros));
    sha1_update(&state, "0123456789", 10);
    sha1_finish(&state, sha1);
    builder_start(&builder);
    struct wim_lookup_disk *entry = &builder.entries[builder.entry_count++];
    *entry = (struct wim_lookup_disk){.part_number = 1, .references = 1};
    memcpy(entry->sha1, sha1, sizeof(sha1));
    builder_list(&builder, builder.root);
    builder_add(&builder, "large", NULL, 0x80, sha1);
    builder_end_list(&builder);
    builder_finish(&builder);

    /* The contents stand behind everything else; their entry is written once their place is known.
     */
    entry = (void *)(builder.bytes + builder.header.lookup_table.offset + sizeof(*entry));
    entry->resource = (struct wim_resource_disk){
        .size_and_flags = SIZE_OVER, .offset = builder.size, .original_size = SIZE_OVER};
    const struct file *parts[] = {file_from_memory(pool, "made", builder.bytes, builder.size),
                                  file_from_zeros(pool, "zeros", WIM_LOAD_MAX),
                                  file_from_memory(pool, "end", "0123456789", 10)};
    ck_assert_int_eq(file_join(pool, "large.wim", parts, 3, &whole, &error), 0);
    const struct file *given = whole;
    ck_assert_msg(!wim_open(pool, &given, 1, &wim, &error), "%s", error.text);
    ck_assert_int_eq(wim_find(wim, 1, "large", &found, &error), 0);
    ck_assert_uint_eq(found->size, SIZE_OVER);
    ck_assert_msg(!file_read(found, WIM_LOAD_MAX - 2, bytes, 12, &error), "%s", error.text);
    ck_assert_mem_eq(bytes, "\0\0000123456789", 12);
    ck_assert_ptr_null(file_load(pool, found, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "large.wim: large: 1073741834 bytes are too many"));

    parts[2] = file_from_memory(pool, "end", "012345678_", 10);
    ck_assert_int_eq(file_join(pool, "large.wim", parts, 3, &whole, &error), 0);
    given = whole;
    ck_assert_int_eq(wim_open(pool, &given, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "large", &found, &error), 0);
    ck_assert_int_eq(file_read(found, 0, bytes, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "large.wim: large: its contents do not match"));
    pool_destroy(pool);
}
END_TEST

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
    DAMAGE(flags, WIM_FLAG_COMPRESSION, "offset 16: compressed in an unknown way");
    DAMAGE(flags, WIM_FLAG_COMPRESSION | WIM_FLAG_LZX, "offset 20: chunk size 0");
    DAMAGE(lookup_table.offset, UINT64_MAX, "lookup table: ");
    DAMAGE(lookup_table.offset, builder.size - 10, "not within the file");
    DAMAGE(lookup_table.size_and_flags, (1ull << 56) - 1, "not within the file");
    DAMAGE(lookup_table.original_size, 1000, "is not compressed, but has two sizes");
    DAMAGE(lookup_table.size_and_flags, 4ull << 56 | 100,
           "is compressed, but the header names no compression");
    DAMAGE(xml.offset, builder.size, "XML: ");
    DAMAGE(lookup_table.size_and_flags, 0, "two sizes");
    *header() = good;
    header()->flags = WIM_FLAG_COMPRESSION | WIM_FLAG_LZX;
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
    expect("made.wim: file.txt: resource at 0xd0: is not compressed, but has two sizes");

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
    ck_assert_msg(strstr(error.text, "too many SHA-1s are alike"), "%s", error.text);
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
    {damage_security, "at 0x0: the security data is longer than all"},
    {damage_root, "the root is not a directory"},
    {damage_root_length, "the length of an entry is wrong"},
    {damage_list_place, "a list would be behind the end"},
    {damage_list_place_far, "a list would be behind the end"},
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
 * metadata could hold, and removing it does not run for ever. */
START_TEST(cyclic_directories)
{
    struct pool *pool = pool_create();
    struct error error;

    damage_cycle(start_sample());
    builder_finish(&builder);
    struct wim *wim = open_made(pool, &error);
    ck_assert_ptr_nonnull(wim);
    ck_assert_int_eq(wim_remove(wim, 1, "dir", &error), -1);
    ck_assert_msg(strstr(error.text, "directories contain each other"), "%s", error.text);
    const struct file *file = file_from_memory(pool, "made.wim", builder.bytes, builder.size);
    ck_assert_uint_gt(use(file), 0);
    pool_destroy(pool);
}
END_TEST

/* ---- XML ---- */

START_TEST(odd_xml)
{
    static const struct {
        const char *xml, *name;
    } odd[] = {
        {"", ""},
        {"<WIM>", ""},
        {"</WIM>", ""},
        {"<", ""},
        {"<WIM><IMAGE INDEX=\"1\"><NAME>x</NAME>", "x"},
        {"<WIM><IMAGE INDEX=\"2\"><NAME>x</NAME></IMAGE></WIM>", ""},
        {"<WIM><IMAGE INDEX=\"0\"><NAME>x</NAME></IMAGE></WIM>", ""},
        {"<WIM><IMAGE><NAME>x</NAME></IMAGE></WIM>", ""},
        {"<WIM><!-- <IMAGE INDEX=\"1\"> > --><IMAGE a=\"b\" INDEX=\"1\"><NAME> x y </NAME></IMAGE>"
         "</WIM>",
         "x y"},
        {"<?xml?><WIM><IMAGE INDEX=\"1\"><NAME/></IMAGE></WIM>", ""},
        {"<WIM><IMAGE "
         "INDEX=\"1\"><X><NAME>no</NAME></X><NAME>&lt;&#65;&#x42;&amp;&bad;&#;&#x110000;"
         "</NAME></IMAGE></WIM>",
         "<AB&&bad;&#;&#x110000;"},
        {"<WIM><IMAGE INDEX=\"1\"><NAME>&#x1f600;</NAME></IMAGE></WIM>", "\xf0\x9f\x98\x80"},
    };

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct pool *pool = pool_create();
        struct error error;
        start_sample();
        builder.xml = odd[i].xml;
        builder_finish(&builder);
        struct wim *wim = open_made(pool, &error);
        ck_assert_msg(wim, "%s", error.text);
        ck_assert_str_eq(wim_image(wim, 1)->name, odd[i].name);
        pool_destroy(pool);
    }
    start_sample();
    builder.xml = "<WIM><ESD><ENCRYPTED><KEY/></ENCRYPTED></ESD></WIM>";
    builder_finish(&builder);
    expect("made.wim: is an encrypted ESD");
}
END_TEST

/* ---- damaged chunks ---- */

#define CHUNKED "Windows/System32/131073-0.DLL" /* five chunks, of which libwim compresses some */

/** Where the resource of CHUNKED is. */
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
    struct error error = {""};
    struct wim *wim;
    struct file *found;

    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    ck_assert_int_eq(wim_find(wim, 1, CHUNKED, &found, &error), 0);
    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_null(file_load(pool, found, &error));
    ck_assert_msg(strstr(error.text, "131073-0.DLL: ") && strstr(error.text, message),
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
        if (entry->resource.original_size == WIM_SOLID_RESOURCE_SIZE)
            location = wim_location(wim, part, &entry->resource);
    }
    ck_assert_uint_ne(location.offset, 0);
    struct wim_solid_header_disk *solid = (void *)(bytes + location.offset), good = *solid;
    *solid = good, solid->chunk_size = 12345;
    expect_damaged_file(file, "chunk size 12345 is not allowed");
    *solid = good, solid->format = 9;
    expect_damaged_file(file, "compressed with format 9, which this build");
    *solid = good, solid->size = UINT64_MAX;
    expect_damaged_file(file, "cannot come out of");
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
        if (wim && !wim_find(wim, 1, "dir\\inside", &file, &error) && file) {
            const void *bytes = file_load(pool, file, &error);
            if (bytes && file->size)
                ck_assert_mem_eq(bytes, "contents", 8);
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
        uint8_t *copy = malloc(size + 1); /* so that reading behind it is noticed */
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
    tcase_add_test(test, unusual);
    tcase_add_test(test, boot_image_by_its_metadata);
    tcase_add_test(test, contents_over_1_gib);
    tcase_add_test(test, damaged_header);
    tcase_add_test(test, damaged_contents);
    tcase_add_test(test, colliding_table);
    tcase_add_loop_test(test, damaged_metadata, 0,
                        sizeof(metadata_damages) / sizeof(metadata_damages[0]));
    tcase_add_test(test, cyclic_directories);
    tcase_add_test(test, odd_xml);
    tcase_add_test(test, damaged_chunks);
    tcase_add_test(test, damaged_solid);
    tcase_add_test(test, every_bit);
    tcase_add_test(test, every_length);
    tcase_add_loop_test(test, random_damage, 0, 5);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
