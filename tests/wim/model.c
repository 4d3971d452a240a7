/* SPDX-License-Identifier: BSD-2-Clause */
/* See model.h. */
#include "tests/wim/model.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "digest/sha1.h"
#include "tests/wim/samples.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

/* ---- the model: a list of paths ---- */

static struct model_entry *model_add(struct model *model, const char *path)
{
    if (model->count == model->capacity) {
        model->capacity = model->capacity * 2 + 16;
        model->entries = realloc(model->entries, model->capacity * sizeof(*model->entries));
    }
    struct model_entry *entry = &model->entries[model->count++];
    memset(entry, 0, sizeof(*entry));
    snprintf(entry->path, sizeof(entry->path), "%s", path);
    return entry;
}

char model_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* Whether `path` is `prefix` or below it, without regard to the case of ASCII letters. */
static bool is_within(const char *path, const char *prefix)
{
    while (*prefix && model_upper(*path) == model_upper(*prefix)) {
        path++;
        prefix++;
    }
    return !*prefix && (!*path || *path == '/');
}

struct model_entry *model_find(struct model *model, const char *path)
{
    for (size_t i = 0; i < model->count; i++) {
        if (is_within(model->entries[i].path, path) && is_within(path, model->entries[i].path)) {
            return &model->entries[i];
        }
    }
    return NULL;
}

static int take_entry(const struct wimlib_dir_entry *theirs, void *context)
{
    if (!strcmp(theirs->full_path, "/")) {
        return 0;
    }
    struct model_entry *entry = model_add(context, theirs->full_path);
    entry->is_link = theirs->attributes & 0x400;
    entry->is_directory = (theirs->attributes & 0x410) == 0x10;
    entry->size = theirs->streams[0].resource.uncompressed_size;
    memcpy(entry->sha1, theirs->streams[0].resource.sha1_hash, 20);
    return 0;
}

void model_read(struct model *model, WIMStruct *wim, int index)
{
    model->count = 0;
    sample_check(wimlib_iterate_dir_tree(wim, index, "/", WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE,
                                         take_entry, model),
                 "iterate");
}

void model_remove(struct model *model, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->count; i++) {
        if (!is_within(model->entries[i].path, path)) {
            model->entries[kept++] = model->entries[i];
        }
    }
    model->count = kept;
}

void model_put(struct model *model, const char *path, const void *bytes, size_t size)
{
    char parent[MODEL_PATH_SIZE], whole[MODEL_PATH_SIZE] = "";
    struct model_entry *entry;
    /* Parents keep the spelling that they have, and give it to what is below. */
    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = parent + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        entry = model_find(model, parent);
        if (entry == NULL) {
            snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole), "%s",
                     parent + strlen(whole));
            entry = model_add(model, whole);
            entry->is_directory = true;
        }
        snprintf(whole, sizeof(whole), "%s", entry->path);
        *slash = '/';
    }
    snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole), "%s", path + strlen(whole));
    entry = model_find(model, whole);
    if (entry == NULL) {
        entry = model_add(model, whole);
    }
    entry->is_link = false;
    entry->size = size;
    memset(entry->sha1, 0, 20);
    if (size) {
        struct sha1 state;
        sha1_start(&state);
        sha1_update(&state, bytes, size);
        sha1_finish(&state, entry->sha1);
    }
}

/* ---- the judgement ---- */

static int compare_entry(const struct wimlib_dir_entry *theirs, void *context)
{
    struct model *model = context;
    if (!strcmp(theirs->full_path, "/")) {
        return 0;
    }
    struct model_entry *entry = NULL;
    for (size_t i = 0; i < model->count && entry == NULL; i++) {
        if (!strcmp(model->entries[i].path, theirs->full_path)) {
            entry = &model->entries[i];
        }
    }
    ck_assert_msg(entry != NULL, "%s should not be there", theirs->full_path);
    ck_assert_msg(!entry->seen, "%s is there twice", theirs->full_path);
    entry->seen = true;
    ck_assert_int_eq((theirs->attributes & 0x410) == 0x10, entry->is_directory);
    ck_assert_int_eq((theirs->attributes & 0x400) != 0, entry->is_link);
    ck_assert(theirs->creation_time.tv_sec > 0 && theirs->last_write_time.tv_sec > 0);
    if (!entry->is_directory) {
        ck_assert_msg(!memcmp(theirs->streams[0].resource.sha1_hash, entry->sha1, 20),
                      "%s has other contents", entry->path);
        ck_assert_uint_eq(theirs->streams[0].resource.uncompressed_size, entry->size);
        ck_assert(!theirs->streams[0].resource.is_missing);
    }
    return 0;
}

struct recount {
    struct {
        uint8_t sha1[20];
        uint32_t references;
    } blobs[2000];
    size_t count;
};

static int recount_entry(const struct wimlib_dir_entry *theirs, void *context)
{
    struct recount *recount = context;
    for (uint32_t s = 0; s <= theirs->num_named_streams; s++) {
        const uint8_t *sha1 = theirs->streams[s].resource.sha1_hash;
        size_t i = 0;
        if (wim_sha1_is_zero(sha1)) {
            continue;
        }
        while (i < recount->count && memcmp(recount->blobs[i].sha1, sha1, 20)) {
            i++;
        }
        if (i == recount->count) {
            ck_assert_uint_lt(recount->count, 2000);
            memcpy(recount->blobs[recount->count++].sha1, sha1, 20);
            recount->blobs[i].references = 0;
        }
        recount->blobs[i].references++;
    }
    return 0;
}

static int check_references(const struct wimlib_resource_entry *entry, void *context)
{
    struct recount *recount = context;
    size_t i = 0;
    ck_assert_uint_eq(entry->part_number, 1);
    if (entry->is_metadata) {
        return 0;
    }
    while (i < recount->count && memcmp(recount->blobs[i].sha1, entry->sha1_hash, 20)) {
        i++;
    }
    /* What is no longer used stays in the table. */
    uint32_t expected = i < recount->count ? recount->blobs[i].references : 0;
    ck_assert_uint_eq(entry->reference_count, expected);
    return 0;
}

/* 7-Zip, too, finds all headers in order and all contents as their SHA-1s say. */
static void judge_by_7zip(const char *path)
{
    char command[300];

    snprintf(command, sizeof(command), "7z t -bd '%s' >'%s.7z.log' 2>&1", path, path);
    int status = system(command);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                  "7-Zip refuses %s, or warns; see %s.7z.log", path, path);
}

void model_judge(const char *path, struct model *models, uint32_t image_count, uint32_t boot_index)
{
    WIMStruct *wim;
    struct wimlib_wim_info info;
    static struct recount recount;
    sample_check(wimlib_open_wim(path, 0, &wim), "open the patched WIM");
    sample_check(wimlib_verify_wim(wim, 0), "verify the patched WIM");
    sample_check(wimlib_get_wim_info(wim, &info), "info");
    ck_assert_uint_eq(info.image_count, image_count);
    ck_assert_uint_eq(info.boot_index, boot_index);
    recount.count = 0;
    for (uint32_t i = 0; i < image_count; i++) {
        for (size_t e = 0; e < models[i].count; e++) {
            models[i].entries[e].seen = false;
        }
        sample_check(wimlib_iterate_dir_tree(wim, (int)i + 1, "/",
                                             WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, compare_entry,
                                             &models[i]),
                     "iterate");
        for (size_t e = 0; e < models[i].count; e++) {
            ck_assert_msg(models[i].entries[e].seen, "%s is missing", models[i].entries[e].path);
        }
        sample_check(wimlib_iterate_dir_tree(wim, (int)i + 1, "/",
                                             WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, recount_entry,
                                             &recount),
                     "iterate");
    }
    sample_check(wimlib_iterate_lookup_table(wim, 0, check_references, &recount), "lookup table");
    wimlib_free(wim);
    judge_by_7zip(path);
}
