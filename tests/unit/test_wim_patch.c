/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patching WIMs: the single rules. Random plans of changes are in test_wim_plans.c.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/wim/builder.h"
#include "tests/wim/model.h"
#include "tests/wim/samples.h"
#include "wim/wim.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_node.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

#define PATCHED SAMPLE_FOLDER "/patched.wim"

static char plain_path[64], lzx_path[64]; /* of samples; both have an integrity table */

static struct wim *open_bytes(struct pool *pool, const void *bytes, size_t size)
{
    const struct file *file = file_from_memory(pool, "made.wim", bytes, size);
    struct error error;
    struct wim *wim;
    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    return wim;
}

/* The header of a patched file. */
static struct wim_header_disk header_of(const struct file *file)
{
    struct wim_header_disk header;
    ck_assert_int_eq(file_read(file, 0, &header, sizeof(header), NULL), 0);
    return header;
}

START_TEST(bytes_are_not_copied)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, lzx_path), *patched;
    const struct file *added = file_from_memory(pool, "x", "0123456789", 10);
    struct wim_header_disk before = header_of(file), after;
    struct error error;
    struct wim *wim;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_ptr_eq(patched, file); /* nothing changed */
    ck_assert_int_eq(wim_inject(wim, 2, "added", added, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    const uint8_t *original = file_view(file, 0, file->size);
    ck_assert_uint_eq(patched->extents[0].length, sizeof(before));
    ck_assert_ptr_eq(patched->extents[1].bytes, original + sizeof(before));
    ck_assert_uint_eq(patched->extents[1].length, file->size - sizeof(before));
    ck_assert_ptr_nonnull(file_view(patched, 0, sizeof(before)));
    bool found = false;
    for (size_t i = 2; i < patched->extent_count; i++) {
        found |= patched->extents[i].bytes == added->extents[0].bytes;
    }
    ck_assert(found);

    after = header_of(patched);
    ck_assert_uint_ne(before.integrity_table.size_and_flags, 0);
    ck_assert_uint_eq(after.integrity_table.size_and_flags, 0);
    ck_assert_mem_eq(&after.xml, &before.xml, sizeof(after.xml));
    ck_assert_mem_eq(after.guid, before.guid, sizeof(after.guid));
    ck_assert_uint_eq(after.image_count, before.image_count);
    ck_assert_uint_eq(after.boot_index, 2);
    ck_assert_uint_ge(after.boot_metadata.offset, file->size);
    ck_assert_uint_eq(after.boot_metadata.offset % 8, 0);
    ck_assert_uint_eq(after.lookup_table.offset % 8, 0);
    pool_destroy(pool);
}
END_TEST

START_TEST(boot_index_alone)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, lzx_path), *patched;
    struct model models[2] = {0};
    struct error error;
    struct wim *wim;
    WIMStruct *original;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_set_boot_index(wim, 2, &error), 0); /* it is already */
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_ptr_eq(patched, file);
    ck_assert_int_eq(wim_set_boot_index(wim, 1, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_uint_eq(patched->size, file->size);
    struct wim_header_disk before = header_of(file), after = header_of(patched);
    ck_assert_uint_eq(after.boot_index, 1);
    ck_assert_uint_ne(after.boot_metadata.offset, before.boot_metadata.offset);
    before.boot_index = after.boot_index;
    before.boot_metadata = after.boot_metadata;
    ck_assert_mem_eq(&after, &before, sizeof(after));
    sample_save(patched, PATCHED);
    sample_check(wimlib_open_wim(PATCHED, WIMLIB_OPEN_FLAG_CHECK_INTEGRITY, &original), "open");
    model_read(&models[0], original, 1);
    model_read(&models[1], original, 2);
    wimlib_free(original);
    model_judge(PATCHED, models, 2, 1);
    ck_assert_int_eq(wim_set_boot_index(wim, 3, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "has no image 3 to boot; it has 2 images"));
    ck_assert_int_eq(wim_set_boot_index(wim, 0, &error), -1);
    free(models[0].entries);
    free(models[1].entries);
    pool_destroy(pool);
}
END_TEST

/* The entry of a path in the WIM's own tree. */
static const struct wim_directory_entry_disk *entry_of(struct wim *wim, const char *path)
{
    struct error error;
    struct wim_node *node;
    ck_assert_int_eq(wim_tree_find(wim_tree(wim, 1, &error), path, &node, &error), 0);
    ck_assert_ptr_nonnull(node);
    return node->entry;
}

/* What a replaced file keeps, and what a new one inherits. */
START_TEST(looks_of_entries)
{
    static struct builder builder;
    struct pool *pool = pool_create();
    const struct file *file = file_from_memory(pool, "x", "new", 3), *patched;
    struct error error;
    struct file *found;
    uint8_t sha1[20], other[20];
    builder_start(&builder);
    builder_add_blob(&builder, "contents", sha1);
    builder_add_blob(&builder, "stream", other);
    builder_list(&builder, builder.root);
    size_t position =
        builder_add(&builder, "LongName.txt", "LONGNA~1.TXT", 0x20 | 0x1 | 0xe00, NULL);
    builder_entry(&builder, position)->security_id = 7;
    builder_entry(&builder, position)->link_group = 42;
    builder_entry(&builder, position)->times[1] = 0x01d0000000000000;
    builder_add_stream(&builder, "", sha1);
    builder_add_stream(&builder, "named", other);
    builder_add(&builder, "neighbour", NULL, 0x80, NULL);
    builder_add_stream(&builder, "", sha1);
    builder_add_stream(&builder, "named", other);
    size_t directory = builder_add(&builder, "dir", NULL, 0x10, NULL);
    builder_entry(&builder, directory)->security_id = 9;
    builder_entry(&builder, directory)->times[0] = 0x01d1111111111111;
    builder_entry(&builder, directory)->times[2] = 0;
    builder_end_list(&builder);
    for (int i = 1; i <= 2; i++) {
        builder.entries[i].references = 2;
    }
    builder_finish(&builder);

    struct wim *wim = open_bytes(pool, builder.bytes, builder.size);
    ck_assert_int_eq(wim_inject(wim, 1, "longna~1.txt", file, &error), 0); /* by its short name */
    ck_assert_int_eq(wim_inject(wim, 1, "dir/sub/file", file, &error), 0);
    const struct wim_directory_entry_disk *entry = entry_of(wim, "longname.TXT");
    ck_assert_uint_eq(entry->attributes, 0x21);
    ck_assert_uint_eq(entry->security_id, 7);
    ck_assert_uint_eq(entry->link_group, 0);
    ck_assert_uint_eq(entry->stream_count, 0);
    ck_assert_uint_eq(entry->times[1], 0x01d0000000000000);
    ck_assert_uint_eq(entry->short_name_length, 24);
    entry = entry_of(wim, "dir/sub");
    ck_assert_uint_eq(entry->attributes, 0x10);
    ck_assert_uint_eq(entry->security_id, 9);
    ck_assert_uint_eq(entry->times[0], 0x01d1111111111111);
    ck_assert_uint_ne(entry->times[2], 0);
    entry = entry_of(wim, "dir/sub/file");
    ck_assert_uint_eq(entry->attributes, 0x80);
    ck_assert_uint_eq(entry->security_id, 9);

    /* Read the result back: the neighbour kept its streams, the counts are right. */
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &wim, &error), 0);
    ck_assert_uint_eq(entry_of(wim, "neighbour")->stream_count, 2);
    ck_assert_int_eq(wim_find(wim, 1, "neighbour", &found, &error), 0);
    ck_assert_mem_eq(file_load(pool, found, &error), "contents", 8);
    ck_assert_int_eq(wim_find(wim, 1, "LONGNA~1.TXT", &found, &error), 0);
    ck_assert_str_eq(found->name, "LongName.txt");
    ck_assert_mem_eq(file_load(pool, found, &error), "new", 3);
    ck_assert_uint_eq(wim->parts[0].entry_count, 4);
    ck_assert_uint_eq(wim->parts[0].entries[1].references, 1);
    ck_assert_uint_eq(wim->parts[0].entries[2].references, 1);
    ck_assert_uint_eq(wim->parts[0].entries[3].references, 2);
    sample_save(patched, PATCHED);
    WIMStruct *theirs;
    sample_check(wimlib_open_wim(PATCHED, 0, &theirs), "open");
    sample_check(wimlib_verify_wim(theirs, 0), "verify");
    wimlib_free(theirs);
    pool_destroy(pool);
}
END_TEST

START_TEST(one_of_several_links)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, plain_path), *patched;
    struct error error;
    struct wim *wim;
    struct file *before, *after;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "Windows/hard link.cmd", &before, &error), 0);
    ck_assert_int_eq(wim_inject(wim, 1, "Windows/System32/startnet.cmd",
                                file_from_memory(pool, "x", "new", 3), &error),
                     0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "Windows/hard link.cmd", &after, &error), 0);
    ck_assert_uint_eq(after->size, before->size);
    ck_assert_mem_eq(file_load(pool, after, &error), file_load(pool, before, &error), after->size);
    pool_destroy(pool);
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *path, *message;
    } refused[] = {
        {"", "names no file"},
        {"\\", "names no file"},
        {"Windows\\new\\", "names no file"},
        {"Windows", "is a directory; remove it first"},
        {"bootmgr\\x", "'bootmgr', part of the path, is a file, not a directory"},
        {"link\\x", "'link', part of the path, is a link (reparse point), not a directory"},
        {"a\\..\\b", "'..' is not allowed"},
        {"a<b", "Windows does not allow character 2"},
        {"new\\bad?\\x", "Windows does not allow character 4"},
        {"tab\tname", "Windows does not allow character 4"},
        {"ends with dot.", "ends with a dot"},
    };
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, lzx_path), *patched;
    const struct file *added = file_from_memory(pool, "x", "x", 1);
    struct error error;
    struct wim *wim;

    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(wim_inject(wim, 1, refused[i].path, added, &error), -1);
        ck_assert_msg(strstr(error.text, refused[i].message) != NULL, "%s", error.text);
    }
    ck_assert_int_eq(wim_remove(wim, 1, "nothing", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no file or directory with this name"));
    ck_assert_int_eq(wim_remove(wim, 1, "/", &error), -1);
    ck_assert_int_eq(wim_inject(wim, 3, "x", added, &error), -1);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_ptr_eq(patched, file); /* nothing of it happened */
    pool_destroy(pool);
}
END_TEST

START_TEST(pipable_is_refused)
{
    const char *path = sample_make(&(struct sample){"refused-pipable", WIMLIB_COMPRESSION_TYPE_LZX,
                                                    0, WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
                                   false);
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, path);
    struct error error;
    struct wim *wim;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_inject(wim, 1, "x", file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "pipable"));
    ck_assert_int_eq(wim_remove(wim, 1, "bootmgr", &error), -1);
    ck_assert_int_eq(wim_set_boot_index(wim, 1, &error), -1);
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* A split set becomes one WIM. */
START_TEST(split_set)
{
    const char *path = sample_make(
        &(struct sample){"split-whole", WIMLIB_COMPRESSION_TYPE_LZX, 0, 0, 0, 0}, false);
    struct pool *pool = pool_create();
    struct error error;
    struct wim *wim;
    WIMStruct *theirs;
    struct model models[2] = {0};
    sample_check(wimlib_open_wim(path, 0, &theirs), "open");
    model_read(&models[0], theirs, 1);
    model_read(&models[1], theirs, 2);
    sample_check(wimlib_split(theirs, SAMPLE_FOLDER "/split.swm", 6000, 0), "split");
    wimlib_free(theirs);
    const struct file *parts[16], *patched;
    size_t count = 0;
    char part[64] = SAMPLE_FOLDER "/split.swm";
    for (; !access(part, F_OK) && count < 16; count++) {
        parts[count] = sample_open(pool, part);
        snprintf(part, sizeof(part), SAMPLE_FOLDER "/split%zu.swm", count + 2);
    }
    ck_assert_uint_gt(count, 2);
    ck_assert_msg(!wim_open(pool, parts, count, &wim, &error), "%s", error.text);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    sample_save(patched, PATCHED); /* nothing changed, but one file */
    model_judge(PATCHED, models, 2, 0);
    const struct file *added = file_from_memory(pool, "x", "added", 5);
    ck_assert_int_eq(wim_inject(wim, 1, "Windows/added.txt", added, &error), 0);
    ck_assert_int_eq(wim_remove(wim, 1, "bootmgr", &error), 0);
    model_put(&models[0], "/Windows/added.txt", "added", 5);
    model_remove(&models[0], "/bootmgr");
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_str_eq(patched->name, "split.wim");
    ck_assert_ptr_eq(wim_part(wim, 1), parts[0]);
    ck_assert_ptr_null(wim_part(wim, 0));
    ck_assert_ptr_null(wim_part(wim, (uint32_t)count + 1));
    sample_save(patched, PATCHED);
    model_judge(PATCHED, models, 2, 0);
    free(models[1].entries);
    free(models[0].entries);
    pool_destroy(pool);
    ck_assert_int_eq(system("rm " SAMPLE_FOLDER "/split*.swm"), 0);
    remove(path);
}
END_TEST

/* Contents over 4 GiB: only the numbers are looked at, nobody reads them. */
START_TEST(large_contents)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, plain_path), *patched;
    uint64_t size = (4ull << 30) + 5;
    struct error error;
    struct wim *wim;
    struct file *found;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_inject(wim, 1, "large", file_from_zeros(pool, "large", size), &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_uint_gt(patched->size, size);
    ck_assert_int_eq(wim_open(pool, &patched, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_find(wim, 1, "large", &found, &error), 0);
    ck_assert_uint_eq(found->size, size);
    pool_destroy(pool);
}
END_TEST

/* The tool itself, once. */
START_TEST(wimlib_imagex)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, lzx_path), *patched;
    const struct file *added = file_from_memory(pool, "x", "added\n", 6);
    struct error error;
    struct wim *wim;
    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_inject(wim, 1, "Deploy\\Tools\\run.cmd", added, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    sample_save(patched, PATCHED);
    ck_assert_int_eq(system("set -e; cd " SAMPLE_FOLDER "; rm -rf applied exported.wim\n"
                            "wimlib-imagex info patched.wim --header >/dev/null\n"
                            "wimlib-imagex dir patched.wim 1 | grep -qx /Deploy/Tools/run.cmd\n"
                            "wimlib-imagex verify patched.wim >/dev/null 2>&1\n"
                            "[ \"$(wimlib-imagex extract patched.wim 1 /Deploy/Tools/run.cmd "
                            "--to-stdout)\" = added ]\n"
                            "wimlib-imagex apply patched.wim 1 applied >/dev/null 2>&1\n"
                            "cmp applied/Windows/Boot/PXE/bootmgr.exe "
                            "small/Windows/Boot/PXE/bootmgr.exe\n"
                            "wimlib-imagex export patched.wim 1 exported.wim >/dev/null 2>&1\n"
                            "wimlib-imagex verify exported.wim >/dev/null 2>&1\n"
                            "wimlib-imagex update patched.wim 1 --command='delete /bootmgr' "
                            ">/dev/null 2>&1\n"
                            "wimlib-imagex verify patched.wim >/dev/null 2>&1\n"
                            "rm -rf applied exported.wim"),
                     0);
    pool_destroy(pool);
}
END_TEST

static void make_sample(char path[64], const char *name, enum wimlib_compression_type compression)
{
    const struct sample sample = {name, compression, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0};
    snprintf(path, 64, "%s", sample_make(&sample, false));
}

static void make_samples(void)
{
    make_sample(plain_path, "patch-none", WIMLIB_COMPRESSION_TYPE_NONE);
    make_sample(lzx_path, "patch-lzx", WIMLIB_COMPRESSION_TYPE_LZX);
}

int main(void)
{
    Suite *suite = suite_create("wim_patch");
    TCase *test = tcase_create("wim_patch");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_unchecked_fixture(test, make_samples, NULL);
    tcase_add_test(test, bytes_are_not_copied);
    tcase_add_test(test, boot_index_alone);
    tcase_add_test(test, looks_of_entries);
    tcase_add_test(test, one_of_several_links);
    tcase_add_test(test, refusals);
    tcase_add_test(test, pipable_is_refused);
    tcase_add_test(test, split_set);
    tcase_add_test(test, large_contents);
    tcase_add_test(test, wimlib_imagex);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
