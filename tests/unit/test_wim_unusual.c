/* SPDX-License-Identifier: BSD-2-Clause */
/* WIMs that libwim does not write, in metadata or XML; they must be read all the same. */
#include "tests/unit/unit.h"

#include <string.h>

#include "digest/sha1.h"
#include "tests/wim/made.h"
#include "tests/wim/samples.h"
#include "wim/wim_format.h"
#include "wim/wim_resource.h"

static void expect_contents(struct wim *wim, struct pool *pool, const char *path, const char *text)
{
    struct error error;
    struct file *file;
    ck_assert_msg(!wim_find(wim, 1, path, &file, &error), "%s", error.text);
    ck_assert_msg(file != NULL, "%s", path);
    ck_assert_uint_eq(file->size, strlen(text));
    const void *bytes = file_load(pool, file, &error);
    ck_assert_msg(bytes != NULL || !*text, "%s", error.text);
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
    /* Tagged items after the name: the entry is longer than it must be. */
    size_t end = builder.metadata_size;
    memmove(builder.metadata + tagged + 136, builder.metadata + tagged + 120, end - tagged - 120);
    builder.metadata_size += 16;
    ck_assert_uint_eq(builder_entry(&builder, tagged)->length, 120);
    builder_entry(&builder, tagged)->length = 136;
    builder_finish(&builder);

    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
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
                   {"junction\\x", "'junction', part of the path, is a link"},
                   {"secret", "made.wim: secret: is encrypted"},
                   {"missing", "made.wim: missing: its contents are not in the WIM"}};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(wim_find(wim, 1, refused[i].path, &file, &error), -1);
        ck_assert_msg(strstr(error.text, refused[i].message) != NULL, "%s", error.text);
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
    for (size_t done = 0; done < WIM_LOAD_MAX; done += sizeof(zeros)) {
        sha1_update(&state, zeros, sizeof(zeros));
    }
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

    /* The contents come after everything else; their entry is written once their place is known.
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
        ck_assert_msg(wim != NULL, "%s", error.text);
        ck_assert_str_eq(wim_image(wim, 1)->name, odd[i].name);
        pool_destroy(pool);
    }
    start_sample();
    builder.xml = "<WIM><ESD><ENCRYPTED><KEY/></ENCRYPTED></ESD></WIM>";
    builder_finish(&builder);
    expect("made.wim: is an encrypted ESD");
}
END_TEST

/* Make the parts of a set of two, each with an image and one file. @param solid where their tables
 * meet, both have entries of solid data */
static void make_set(struct builder parts[2], bool solid)
{
    for (uint16_t p = 0; p < 2; p++) {
        builder_start(&parts[p]);
        builder_add_sample(&parts[p]);
        parts[p].header.part_number = (uint16_t)(p + 1);
        parts[p].header.part_count = 2;
        parts[p].header.version = WIM_VERSION_SOLID;
        builder_finish(&parts[p]);
        size_t last = parts[p].entry_count - 1;
        struct wim_lookup_disk *table =
            (struct wim_lookup_disk *)(parts[p].bytes + parts[p].header.lookup_table.offset);
        if (solid) {
            table[p ? 0 : last].resource.size_and_flags |= (uint64_t)WIM_RESOURCE_SOLID << 56;
        }
    }
}

START_TEST(split_sets_of_others)
{
    static struct builder parts[2];
    struct pool *pool = pool_create();
    const struct file *files[2], *joined;
    struct error error;
    struct wim *wim;
    for (int solid = 0; solid < 2; solid++) {
        make_set(parts, solid);
        for (int p = 0; p < 2; p++) {
            files[p] =
                file_from_memory(pool, p ? "x2.swm" : "x.swm", parts[p].bytes, parts[p].size);
        }
        ck_assert_msg(!wim_open(pool, files, 2, &wim, &error), "%s", error.text);
        ck_assert_uint_eq(wim_image_count(wim), 1); /* part 2's is none */
        int result = wim_patch(wim, &joined, &error);
        if (solid) {
            ck_assert_int_eq(result, -1);
            ck_assert_msg(strstr(error.text, "cannot be joined") != NULL, "%s", error.text);
            continue;
        }
        ck_assert_msg(!result, "%s", error.text);
        ck_assert_msg(!wim_open(pool, &joined, 1, &wim, &error), "%s", error.text);
        ck_assert_uint_eq(wim_image_count(wim), 1);
        expect_contents(wim, pool, "file.txt", "contents");
    }
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_unusual");
    TCase *test = tcase_create("wim_unusual");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_test(test, unusual);
    tcase_add_test(test, boot_image_by_its_metadata);
    tcase_add_test(test, contents_over_1_gib);
    tcase_add_test(test, odd_xml);
    tcase_add_test(test, split_sets_of_others);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
