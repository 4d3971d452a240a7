/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WIMs with one image alone. That the image is whole, with random changes and all compressions, is
 * in test_wim_plans.c.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/wim/made.h"
#include "tests/wim/model.h"
#include "tests/wim/samples.h"
#include "wim/wim.h"
#include "wim/wim_kept.h"

#define SLIM SAMPLE_FOLDER "/slim-result.wim"

enum { IMAGE_BYTES = 300000 };

static const char *three_path = SAMPLE_FOLDER "/slim-three.wim";
static const char *images[] = {"First & Best", "Zweites \xc3\xbc", "Third"};

/* A file of random bytes below build/test-wim. */
static void write_random(const char *path, uint32_t seed)
{
    uint8_t *bytes = malloc(IMAGE_BYTES);
    sample_seed(seed);
    for (size_t i = 0; i < IMAGE_BYTES; i++) {
        bytes[i] = (uint8_t)sample_random();
    }
    sample_write(path, bytes, IMAGE_BYTES);
    free(bytes);
}

/* A WIM of three images, each with one file of its own and one that all have. */
static void make_three(void)
{
    WIMStruct *wim;
    char folder[80], path[120];
    sample_check(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_LZX, &wim), "create");
    for (unsigned i = 0; i < 3; i++) {
        snprintf(folder, sizeof(folder), SAMPLE_FOLDER "/slim-%u", i);
        snprintf(path, sizeof(path), "%s/own.bin", folder);
        write_random(path, i + 1);
        snprintf(path, sizeof(path), "%s/common.bin", folder);
        write_random(path, 100);
        snprintf(path, sizeof(path), "%s/again.bin", folder);
        write_random(path, i + 1);
        sample_check(wimlib_add_image(wim, folder, images[i], NULL, 0), "add");
        sample_check(wimlib_set_image_descripton(wim, (int)i + 1, "it <is> so"), "describe");
    }
    struct wimlib_wim_info info = {.boot_index = 2};
    sample_check(wimlib_set_wim_info(wim, &info, WIMLIB_CHANGE_BOOT_INDEX), "boot index");
    sample_check(
        wimlib_write(wim, three_path, WIMLIB_ALL_IMAGES, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 1),
        "write");
    wimlib_free(wim);
}

static struct wim *open_file(struct pool *pool, const struct file *file)
{
    struct error error;
    struct wim *wim;
    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    return wim;
}

static const struct file *make_slim(struct wim *wim)
{
    const struct file *patched;
    struct error error;
    ck_assert_int_eq(wim_set_slim(wim, true, &error), 0);
    ck_assert_msg(!wim_patch(wim, &patched, &error), "%s", error.text);
    return patched;
}

static struct wim_header_disk header_of(const struct file *file)
{
    struct wim_header_disk header;
    ck_assert_int_eq(file_read(file, 0, &header, sizeof(header), NULL), 0);
    return header;
}

/* Each image alone: smaller by what the others have, and no byte of it is a copy. */
START_TEST(one_of_three)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, three_path), *slim;
    const uint8_t *original = file_view(file, 0, file->size);
    struct wim *wim = open_file(pool, file);
    uint32_t index = (uint32_t)_i + 1;
    struct model model = {0};
    struct error error;
    WIMStruct *theirs;
    ck_assert_int_eq(wim_set_boot_index(wim, index, &error), 0);
    slim = make_slim(wim);
    ck_assert_uint_gt(slim->size, 2 * IMAGE_BYTES);
    ck_assert_uint_lt(slim->size, 2 * IMAGE_BYTES + 30000);
    uint64_t kept = 0;
    for (size_t i = 0; i < slim->extent_count; i++) {
        const struct extent *extent = &slim->extents[i];
        bool is_original = extent->kind == EXTENT_MEMORY && extent->bytes >= original &&
                           extent->bytes + extent->length <= original + file->size;
        kept += is_original ? extent->length : 0;
    }
    ck_assert_uint_gt(kept, 2 * IMAGE_BYTES);
    ck_assert_uint_lt(slim->size - kept, 10000);

    struct wim_header_disk header = header_of(slim);
    ck_assert_uint_eq(header.image_count, 1);
    ck_assert_uint_eq(header.boot_index, 1);
    ck_assert_uint_eq(header.integrity_table.size_and_flags, 0);
    ck_assert_uint_eq(header.lookup_table.original_size, 3 * sizeof(struct wim_lookup_disk));

    sample_check(wimlib_open_wim(three_path, 0, &theirs), "open");
    model_read(&model, theirs, (int)index);
    wimlib_free(theirs);
    sample_save(slim, SLIM);
    model_judge(SLIM, &model, 1, 1);
    sample_check(wimlib_open_wim(SLIM, 0, &theirs), "open");
    ck_assert_str_eq(wimlib_get_image_name(theirs, 1), images[_i]);
    ck_assert_str_eq(wimlib_get_image_description(theirs, 1), "it <is> so");
    wimlib_free(theirs);
    free(model.entries);
    pool_destroy(pool);
}
END_TEST

/* The WIM that was opened keeps its images and their numbers. */
START_TEST(opened_one_stays)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, three_path), *patched;
    struct wim *wim = open_file(pool, file);
    struct error error;
    struct file *found;
    const struct file *slim = make_slim(wim);
    ck_assert(wim_slim(wim));
    ck_assert_ptr_ne(slim, file);
    ck_assert_uint_eq(wim_image_count(wim), 3);
    ck_assert_uint_eq(wim_boot_index(wim), 2);
    ck_assert_int_eq(wim_find(wim, 3, "own.bin", &found, &error), 0);
    ck_assert_uint_eq(found->size, IMAGE_BYTES);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_ptr_eq(patched, slim);
    ck_assert_int_eq(wim_set_slim(wim, false, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), 0);
    ck_assert_uint_eq(patched->size, file->size);
    ck_assert_uint_eq(header_of(patched).image_count, 3);
    pool_destroy(pool);
}
END_TEST

/* Changes to the image are in it; contents that another image was given are not. */
START_TEST(with_changes)
{
    struct pool *pool = pool_create();
    struct wim *wim = open_file(pool, sample_open(pool, three_path)), *again;
    const struct file *added = file_from_memory(pool, "x", "for the second", 14);
    const struct file *other = file_from_memory(pool, "x", "for the first", 13);
    struct error error;
    struct file *found;
    ck_assert_int_eq(wim_inject(wim, 2, "Windows\\added.txt", added, &error), 0);
    ck_assert_int_eq(wim_inject(wim, 1, "other.txt", other, &error), 0);
    ck_assert_int_eq(wim_remove(wim, 2, "own.bin", &error), 0);
    ck_assert_int_eq(wim_remove(wim, 2, "again.bin", &error), 0);
    const struct file *slim = make_slim(wim);
    ck_assert_uint_lt(slim->size, IMAGE_BYTES + 30000);
    for (size_t i = 0; i < slim->extent_count; i++) {
        ck_assert_ptr_ne(slim->extents[i].bytes, other->extents[0].bytes);
    }
    again = open_file(pool, slim);
    ck_assert_int_eq(wim_find(again, 1, "windows/added.txt", &found, &error), 0);
    ck_assert_mem_eq(file_load(pool, found, &error), "for the second", 14);
    ck_assert_int_eq(wim_find(again, 1, "own.bin", &found, &error), 0);
    ck_assert_ptr_null(found);
    pool_destroy(pool);
}
END_TEST

/* No image is marked: the first one is kept, and stays unmarked. */
START_TEST(unmarked)
{
    struct pool *pool = pool_create();
    struct error error;
    uint8_t sha1[20];
    builder_start(&builder);
    builder_add_blob(&builder, "unused", sha1);
    builder_add_sample(&builder);
    builder_finish(&builder);
    header()->boot_metadata = (struct wim_resource_disk){0};
    header()->boot_index = 0;
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    ck_assert_uint_eq(wim_boot_index(wim), 0);
    struct wim *slim = open_file(pool, make_slim(wim));
    ck_assert_uint_eq(wim_image_count(slim), 1);
    ck_assert_uint_eq(wim_boot_index(slim), 0);
    pool_destroy(pool);
}
END_TEST

START_TEST(xml_without_sense)
{
    static const char *const xmls[] = {"",
                                       "<WIM>",
                                       "<WIM><IMAGE></IMAGE></WIM>",
                                       "<WIM><IMAGE INDEX=\"1\"/></WIM>",
                                       "<WIM><IMAGE INDEX=\"1\"><NAME>x</NAME>",
                                       "<IMAGE INDEX=\"1\">x</IMAGE>"};
    struct pool *pool = pool_create();
    struct error error;
    start_sample();
    builder.xml = xmls[_i];
    builder_finish(&builder);
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    const struct file *slim = make_slim(wim);
    char text[400] = "";
    struct wim_header_disk header = header_of(slim);
    uint64_t units = header.xml.original_size / 2;
    ck_assert_uint_lt(units, sizeof(text));
    for (uint64_t i = 1; i < units; i++) {
        ck_assert_int_eq(file_read(slim, header.xml.offset + 2 * i, text + i - 1, 1, &error), 0);
    }
    char expected[200];
    snprintf(expected, sizeof(expected),
             "<WIM><TOTALBYTES>%llu</TOTALBYTES><IMAGE INDEX=\"1\"></IMAGE></WIM>",
             (unsigned long long)header.xml.offset);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(header.xml.offset + header.xml.original_size, slim->size);
    pool_destroy(pool);
}
END_TEST

/* Contents after the end of the file are an error here: nobody can say what to keep of them. */
START_TEST(cut)
{
    struct pool *pool = pool_create();
    struct error error;
    const struct file *patched;
    start_sample();
    builder.entries[1].resource.offset = 1 << 30;
    builder_finish(&builder);
    struct wim *wim = open_made(pool, &error);
    ck_assert_msg(wim != NULL, "%s", error.text);
    ck_assert_int_eq(wim_set_slim(wim, true, &error), 0);
    ck_assert_int_eq(wim_patch(wim, &patched, &error), -1);
    ck_assert_msg(strstr(error.text, "made.wim: lookup table: entry ") != NULL &&
                      strstr(error.text, "are not within the file") != NULL,
                  "%s", error.text);
    pool_destroy(pool);
}
END_TEST

/* A split set becomes one WIM with one image. */
START_TEST(split_set)
{
    struct pool *pool = pool_create();
    struct model model = {0};
    struct error error;
    struct wim *wim;
    WIMStruct *theirs;
    sample_check(wimlib_open_wim(three_path, 0, &theirs), "open");
    model_read(&model, theirs, 3);
    sample_check(wimlib_split(theirs, SAMPLE_FOLDER "/slim-split.swm", IMAGE_BYTES + 1000, 0),
                 "split");
    wimlib_free(theirs);
    const struct file *parts[16];
    size_t count = 0;
    char part[64] = SAMPLE_FOLDER "/slim-split.swm";
    for (; !access(part, F_OK) && count < 16; count++) {
        parts[count] = sample_open(pool, part);
        snprintf(part, sizeof(part), SAMPLE_FOLDER "/slim-split%zu.swm", count + 2);
    }
    ck_assert_uint_gt(count, 2);
    ck_assert_msg(!wim_open(pool, parts, count, &wim, &error), "%s", error.text);
    ck_assert_int_eq(wim_set_boot_index(wim, 3, &error), 0);
    const struct file *slim = make_slim(wim);
    ck_assert_uint_lt(slim->size, 2 * IMAGE_BYTES + 40000);
    sample_save(slim, SLIM);
    model_judge(SLIM, &model, 1, 1);
    free(model.entries);
    pool_destroy(pool);
    ck_assert_int_eq(system("rm " SAMPLE_FOLDER "/slim-split*.swm"), 0);
}
END_TEST

START_TEST(pipable_is_refused)
{
    const char *path = sample_make(&(struct sample){"slim-pipable", WIMLIB_COMPRESSION_TYPE_LZX, 0,
                                                    WIMLIB_WRITE_FLAG_PIPABLE, 0, 0},
                                   false);
    struct pool *pool = pool_create();
    struct wim *wim = open_file(pool, sample_open(pool, path));
    struct error error;
    ck_assert_int_eq(wim_set_slim(wim, true, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "pipable"));
    ck_assert(!wim_slim(wim));
    pool_destroy(pool);
    remove(path);
}
END_TEST

/* The tool itself. */
START_TEST(wimlib_imagex)
{
    struct pool *pool = pool_create();
    struct wim *wim = open_file(pool, sample_open(pool, three_path));
    sample_save(make_slim(wim), SLIM);
    ck_assert_int_eq(system("set -e; cd " SAMPLE_FOLDER "; rm -rf slim-applied\n"
                            "wimlib-imagex info slim-result.wim | grep -q 'Boot Index: *1$'\n"
                            "wimlib-imagex verify slim-result.wim >/dev/null 2>&1\n"
                            "wimlib-imagex apply slim-result.wim 1 slim-applied >/dev/null 2>&1\n"
                            "diff -r slim-applied slim-1\n"
                            "wimlib-imagex optimize slim-result.wim >/dev/null 2>&1\n"
                            "wimlib-imagex verify slim-result.wim >/dev/null 2>&1\n"
                            "rm -rf slim-applied"),
                     0);
    pool_destroy(pool);
}
END_TEST

/* ---- what is kept of a file ---- */

/* Whatever is added: the runs have every byte of it, in order, where wim_kept_place() says. */
START_TEST(kept_bytes)
{
    enum { UNIT = 4096, SIZE = 40 * UNIT + 100, RANGES = 12 };
    struct pool *pool = pool_create();
    uint8_t *bytes = pool_allocate(pool, SIZE);
    const struct file *file = file_from_memory(pool, "x", bytes, SIZE);
    uint64_t starts[RANGES], lengths[RANGES];
    struct wim_kept kept;
    struct error error;
    sample_seed((uint32_t)_i);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (uint8_t)sample_random();
    }
    ck_assert_int_eq(wim_kept_start(&kept, file, &error), 0);
    size_t count = sample_random() % RANGES;
    for (size_t i = 0; i < count; i++) {
        starts[i] = sample_random() % 4 ? sample_random() % SIZE : SIZE - 1;
        uint64_t rest = SIZE - starts[i];
        lengths[i] = sample_random() % 4 ? sample_random() % (rest < 9000 ? rest + 1 : 9000) : rest;
        ck_assert_int_eq(wim_kept_add(&kept, starts[i], lengths[i], &error), 0);
    }
    ck_assert_int_eq(wim_kept_add(&kept, SIZE, 1, &error), -1);
    ck_assert_int_eq(wim_kept_add(&kept, SIZE + 1, 0, &error), -1);
    ck_assert_int_eq(wim_kept_add(&kept, 1, UINT64_MAX, &error), -1);
    ck_assert_int_eq(wim_kept_finish(&kept, &error), 0);
    uint8_t *joined = pool_allocate(pool, SIZE);
    uint64_t size = 0, end = 0;
    for (uint32_t run = 0; run < kept.run_count; run++) {
        uint64_t offset, length;
        wim_kept_range(&kept, run, &offset, &length);
        ck_assert(run == 0 || offset > end); /* runs that touch are one */
        ck_assert_uint_le(length, SIZE - offset);
        memcpy(joined + size, bytes + offset, length);
        size += length;
        end = offset + length;
    }
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] > 0) {
            uint64_t place = wim_kept_place(&kept, starts[i]);
            ck_assert_uint_le(place + lengths[i], size);
            ck_assert_mem_eq(joined + place, bytes + starts[i], lengths[i]);
        }
    }
    wim_kept_free(&kept);
    pool_destroy(pool);
}
END_TEST

/* Of a file of terabytes, too. */
START_TEST(kept_of_large_file)
{
    struct pool *pool = pool_create();
    const struct file *file = file_from_zeros(pool, "x", UINT64_C(5) << 40);
    struct wim_kept kept;
    struct error error;
    uint64_t offset, length;
    ck_assert_int_eq(wim_kept_start(&kept, file, &error), 0);
    ck_assert_int_eq(wim_kept_add(&kept, (UINT64_C(4) << 40) + 7, 10, &error), 0);
    ck_assert_int_eq(wim_kept_finish(&kept, &error), 0);
    ck_assert_uint_eq(kept.run_count, 1);
    wim_kept_range(&kept, 0, &offset, &length);
    ck_assert_uint_le(offset, (UINT64_C(4) << 40) + 7);
    ck_assert_uint_lt(length, UINT64_C(16) << 20);
    ck_assert_uint_eq(wim_kept_place(&kept, (UINT64_C(4) << 40) + 7),
                      (UINT64_C(4) << 40) + 7 - offset);
    wim_kept_free(&kept);
    pool_destroy(pool);
}
END_TEST

/* Resources that are empty are kept without a byte: then there may be no run at all. */
START_TEST(nothing_kept)
{
    struct pool *pool = pool_create();
    const struct file *file = file_from_zeros(pool, "x", 100000);
    struct wim_kept kept;
    struct error error;
    ck_assert_int_eq(wim_kept_start(&kept, file, &error), 0);
    ck_assert_int_eq(wim_kept_add(&kept, 5000, 0, &error), 0);
    ck_assert_int_eq(wim_kept_finish(&kept, &error), 0);
    ck_assert_uint_eq(kept.run_count, 0);
    ck_assert_uint_eq(wim_kept_place(&kept, 5000), 0);
    wim_kept_free(&kept);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_slim");
    TCase *test = tcase_create("wim_slim");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_unchecked_fixture(test, make_three, NULL);
    tcase_add_loop_test(test, one_of_three, 0, 3);
    tcase_add_test(test, opened_one_stays);
    tcase_add_test(test, with_changes);
    tcase_add_test(test, unmarked);
    tcase_add_loop_test(test, xml_without_sense, 0, 6);
    tcase_add_test(test, cut);
    tcase_add_test(test, split_set);
    tcase_add_test(test, pipable_is_refused);
    tcase_add_test(test, wimlib_imagex);
    tcase_add_loop_test(test, kept_bytes, 0, 200);
    tcase_add_test(test, kept_of_large_file);
    tcase_add_test(test, nothing_kept);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
