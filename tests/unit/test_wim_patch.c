/*
 * Patching WIMs. The judge is libwim: after each plan of random changes it must verify the patched
 * WIM, and the tree that it finds there must be the one that a plain list of paths says. The counts
 * of references are recounted from the trees.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sha1.h"
#include "tests/wim/builder.h"
#include "tests/wim/samples.h"
#include "wim.h"

enum { PLAN_COUNT = 240, STEPS_MAX = 14, PATH_SIZE = 256, CONTENTS_MAX = 3000 };

#define PATCHED SAMPLE_FOLDER "/patched.wim"

/* ---- the model: a list of paths ---- */

struct model_entry {
    char path[PATH_SIZE]; /* "/Windows/x" */
    bool is_directory, is_link;
    uint64_t size;
    uint8_t sha1[20];
    bool seen;
};

struct model {
    struct model_entry *entries;
    size_t count, capacity;
};

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

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/** Whether `path` is `prefix` or below it, without regard to the case of ASCII letters. */
static bool is_within(const char *path, const char *prefix)
{
    while (*prefix && upper(*path) == upper(*prefix)) {
        path++;
        prefix++;
    }
    return !*prefix && (!*path || *path == '/');
}

static struct model_entry *model_find(struct model *model, const char *path)
{
    for (size_t i = 0; i < model->count; i++)
        if (is_within(model->entries[i].path, path) && is_within(path, model->entries[i].path))
            return &model->entries[i];
    return NULL;
}

static int take_entry(const struct wimlib_dir_entry *theirs, void *context)
{
    if (!strcmp(theirs->full_path, "/"))
        return 0;
    struct model_entry *entry = model_add(context, theirs->full_path);
    entry->is_link = theirs->attributes & 0x400;
    entry->is_directory = (theirs->attributes & 0x410) == 0x10;
    entry->size = theirs->streams[0].resource.uncompressed_size;
    memcpy(entry->sha1, theirs->streams[0].resource.sha1_hash, 20);
    return 0;
}

/** Read an image's tree as libwim sees it. */
static void model_read(struct model *model, WIMStruct *wim, int index)
{
    model->count = 0;
    sample_check(wimlib_iterate_dir_tree(wim, index, "/", WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE,
                                         take_entry, model),
                 "iterate");
}

static void model_remove(struct model *model, const char *path)
{
    size_t kept = 0;

    for (size_t i = 0; i < model->count; i++)
        if (!is_within(model->entries[i].path, path))
            model->entries[kept++] = model->entries[i];
    model->count = kept;
}

static void model_put(struct model *model, const char *path, const void *bytes, size_t size)
{
    char parent[PATH_SIZE], whole[PATH_SIZE] = "";
    struct model_entry *entry;

    /* Parents keep the spelling that they have, and give it to what is below. */
    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = parent + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        entry = model_find(model, parent);
        if (!entry) {
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
    if (!entry)
        entry = model_add(model, whole);
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

    if (!strcmp(theirs->full_path, "/"))
        return 0;
    struct model_entry *entry = NULL;
    for (size_t i = 0; i < model->count && !entry; i++)
        if (!strcmp(model->entries[i].path, theirs->full_path))
            entry = &model->entries[i];
    ck_assert_msg(entry, "%s should not be there", theirs->full_path);
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
    bool is_second; /* a WIM patched before: what it lost in the first patch has a count of 1 */
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
        if (wim_sha1_is_zero(sha1))
            continue;
        while (i < recount->count && memcmp(recount->blobs[i].sha1, sha1, 20))
            i++;
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
    if (entry->is_metadata)
        return 0;
    while (i < recount->count && memcmp(recount->blobs[i].sha1, entry->sha1_hash, 20))
        i++;
    /* What is no longer used stays in the table, with a count of one. */
    uint32_t expected = i < recount->count ? recount->blobs[i].references : 1;
    ck_assert(entry->reference_count == expected ||
              (recount->is_second && entry->reference_count == expected + 1));
    return 0;
}

/** Let libwim judge a patched WIM. */
static void judge(const char *path, struct model *models, uint32_t boot_index, bool is_second)
{
    uint32_t image_count = 2;
    WIMStruct *wim;
    struct wimlib_wim_info info;
    static struct recount recount;

    sample_check(wimlib_open_wim(path, 0, &wim), "open the patched WIM");
    sample_check(wimlib_verify_wim(wim, 0), "verify the patched WIM");
    sample_check(wimlib_get_wim_info(wim, &info), "info");
    ck_assert_uint_eq(info.image_count, image_count);
    ck_assert_uint_eq(info.boot_index, boot_index);
    recount.count = 0;
    recount.is_second = is_second;
    for (uint32_t i = 0; i < image_count; i++) {
        for (size_t e = 0; e < models[i].count; e++)
            models[i].entries[e].seen = false;
        sample_check(wimlib_iterate_dir_tree(wim, (int)i + 1, "/",
                                             WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, compare_entry,
                                             &models[i]),
                     "iterate");
        for (size_t e = 0; e < models[i].count; e++)
            ck_assert_msg(models[i].entries[e].seen, "%s is missing", models[i].entries[e].path);
        sample_check(wimlib_iterate_dir_tree(wim, (int)i + 1, "/",
                                             WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, recount_entry,
                                             &recount),
                     "iterate");
    }
    sample_check(wimlib_iterate_lookup_table(wim, 0, check_references, &recount), "lookup table");
    wimlib_free(wim);
}

/* ---- random plans ---- */

static const struct sample bases[] = {
    {"patch-none", WIMLIB_COMPRESSION_TYPE_NONE, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"patch-xpress", WIMLIB_COMPRESSION_TYPE_XPRESS, 4096, 0, 0, 0},
    {"patch-lzx", WIMLIB_COMPRESSION_TYPE_LZX, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"patch-lzms", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 0, 0, 0},
    {"patch-solid", WIMLIB_COMPRESSION_TYPE_LZMS, 0, WIMLIB_WRITE_FLAG_SOLID,
     WIMLIB_COMPRESSION_TYPE_LZMS, 32768},
    {"patch-mixed", WIMLIB_COMPRESSION_TYPE_LZX, 0, WIMLIB_WRITE_FLAG_SOLID,
     WIMLIB_COMPRESSION_TYPE_LZX, 65536},
};

enum { BASE_COUNT = sizeof(bases) / sizeof(bases[0]) };

static char base_paths[BASE_COUNT][64];

struct plan {
    struct pool *pool;
    struct wim *wim;
    struct model models[2];
    const uint8_t *last_bytes; /* of an earlier injection, to be injected again */
    size_t last_size;
};

/** Change the case of some letters: it must make no difference. */
static void shuffle_case(char *path)
{
    for (; *path; path++)
        if (upper(*path) >= 'A' && upper(*path) <= 'Z' && sample_random() % 4 == 0)
            *path = (char)(*path ^ 32);
}

/** A path to inject at: an existing file's, or a new one in an old or a new directory. */
static void choose_path(const struct model *model, char path[PATH_SIZE])
{
    static const char *const new_names[] = {
        "new.txt", "startnet.cmd", "a b c.ini", "zz", "\xc3\xbcml\xc3\xa4ut.dll", "!first"};
    static const char *const new_folders[] = {"/New Folder", "/Windows/Temp", "/x/y/z",
                                              "/Windows/System32/drivers/added"};
    const struct model_entry *entry = &model->entries[sample_random() % model->count];

    switch (sample_random() % 4) {
    case 0:
        snprintf(path, PATH_SIZE, "%s", entry->path);
        break;
    case 1:
        snprintf(path, PATH_SIZE, "%.100s/%s", entry->path, new_names[sample_random() % 6]);
        break;
    case 2:
        snprintf(path, PATH_SIZE, "%s/%s", new_folders[sample_random() % 4],
                 new_names[sample_random() % 6]);
        break;
    default:
        snprintf(path, PATH_SIZE, "/%s", new_names[sample_random() % 6]);
    }
    shuffle_case(path);
}

/** Whether the engine ought to refuse to put a file there. */
static bool is_refused(struct model *model, const char *path)
{
    char parent[PATH_SIZE];
    const struct model_entry *entry = model_find(model, path);

    if (entry && entry->is_directory)
        return true;
    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = parent + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        entry = model_find(model, parent);
        if (entry && !entry->is_directory)
            return true;
        *slash = '/';
    }
    return false;
}

static void step_inject(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    char path[PATH_SIZE], windows_path[PATH_SIZE];
    struct error error;

    choose_path(model, path);
    size_t size = sample_random() % 5 ? sample_random() % CONTENTS_MAX : 0;
    uint8_t *random = pool_allocate(plan->pool, size + 1);
    const uint8_t *bytes = random;
    for (size_t i = 0; i < size; i++)
        random[i] = (uint8_t)sample_random();
    if (plan->last_size && sample_random() % 3 == 0) {
        /* The same contents once more, in another file. */
        bytes = plan->last_bytes;
        size = plan->last_size;
    }
    const struct file *file = file_from_memory(plan->pool, "x", bytes, size);
    snprintf(windows_path, sizeof(windows_path), "%s", path + sample_random() % 2);
    for (char *c = windows_path; *c; c++)
        if (*c == '/')
            *c = '\\';
    bool refused = is_refused(model, path);
    int result = wim_inject(plan->wim, image + 1, windows_path, file, &error);
    ck_assert_msg(result == (refused ? -1 : 0), "%s: %s", path, result ? error.text : "accepted");
    if (refused)
        return;
    model_put(model, path, bytes, size);
    plan->last_bytes = bytes;
    plan->last_size = size;
    struct file *found;
    ck_assert_msg(!wim_find(plan->wim, image + 1, path, &found, &error), "%s", error.text);
    ck_assert(found && found->size == size);
    ck_assert_mem_eq(file_load(plan->pool, found, &error), bytes, size);
}

/** Contents that the WIM already has, under another name: no second copy is stored. */
static void step_duplicate(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    const struct model_entry *entry = &model->entries[sample_random() % model->count];
    struct error error;
    struct file *file;

    if (entry->is_directory || entry->is_link || is_refused(model, "/duplicate"))
        return;
    ck_assert_msg(!wim_find(plan->wim, image + 1, entry->path, &file, &error), "%s", error.text);
    const void *bytes = file_load(plan->pool, file, &error);
    ck_assert_msg(bytes, "%s", error.text);
    ck_assert_int_eq(wim_inject(plan->wim, image + 1, "duplicate", file, &error), 0);
    model_put(model, "/duplicate", bytes, file->size);
}

static void step_remove(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    char path[PATH_SIZE];
    struct error error;
    struct file *file;

    /* Keep most of the tree. */
    const struct model_entry *entry = &model->entries[sample_random() % model->count];
    if (model->count < 10 || (!strchr(entry->path + 1, '/') && sample_random() % 8))
        return;
    snprintf(path, sizeof(path), "%s", entry->path);
    shuffle_case(path);
    ck_assert_msg(!wim_remove(plan->wim, image + 1, path, &error), "%s", error.text);
    model_remove(model, path);
    ck_assert_int_eq(wim_find(plan->wim, image + 1, path, &file, &error), 0);
    ck_assert_ptr_null(file);
    ck_assert_int_eq(wim_remove(plan->wim, image + 1, path, &error), -1);
}

START_TEST(random_plans)
{
    unsigned base = (unsigned)_i % BASE_COUNT;
    struct plan plan = {.pool = pool_create()};
    const struct file *file = sample_open(plan.pool, base_paths[base]), *patched;
    struct counting_reader reader;
    struct error error;
    WIMStruct *original;

    sample_seed((uint32_t)_i + 1000);
    if (_i % 2)
        file = sample_on_demand(plan.pool, &reader, file);
    sample_check(wimlib_open_wim(base_paths[base], 0, &original), "open");
    model_read(&plan.models[0], original, 1);
    model_read(&plan.models[1], original, 2);
    wimlib_free(original);
    ck_assert_msg(!wim_open(plan.pool, &file, 1, &plan.wim, &error), "%s", error.text);
    unsigned steps = 1 + sample_random() % STEPS_MAX;
    for (unsigned step = 0; step < steps; step++) {
        uint32_t image = sample_random() % 2;
        switch (sample_random() % 8) {
        case 0:
        case 1:
            step_remove(&plan, image);
            break;
        case 2:
            step_duplicate(&plan, image);
            break;
        case 3:
            ck_assert_int_eq(wim_set_boot_index(plan.wim, 1 + sample_random() % 2, &error), 0);
            break;
        case 4: /* in the middle: more changes may follow */
            ck_assert_msg(!wim_patch(plan.wim, &patched, &error), "%s", error.text);
            break;
        default:
            step_inject(&plan, image);
        }
    }
    ck_assert_msg(!wim_patch(plan.wim, &patched, &error), "%s", error.text);
    const struct file *again;
    ck_assert_int_eq(wim_patch(plan.wim, &again, &error), 0);
    ck_assert_ptr_eq(again, patched);
    if (patched != file) {
        sample_save(patched, PATCHED);
        judge(PATCHED, plan.models, wim_boot_index(plan.wim), false);
        /* What was patched can be patched again. */
        struct wim *second;
        ck_assert_msg(!wim_open(plan.pool, &patched, 1, &second, &error), "%s", error.text);
        ck_assert_uint_eq(wim_boot_index(second), wim_boot_index(plan.wim));
        plan.wim = second;
        step_inject(&plan, 0);
        ck_assert_msg(!wim_patch(plan.wim, &patched, &error), "%s", error.text);
        sample_save(patched, PATCHED);
        judge(PATCHED, plan.models, wim_boot_index(plan.wim), true);
    }
    free(plan.models[0].entries);
    free(plan.models[1].entries);
    pool_destroy(plan.pool);
}
END_TEST

/* ---- single rules ---- */

static struct wim *open_bytes(struct pool *pool, const void *bytes, size_t size)
{
    const struct file *file = file_from_memory(pool, "made.wim", bytes, size);
    struct error error;
    struct wim *wim;

    ck_assert_msg(!wim_open(pool, &file, 1, &wim, &error), "%s", error.text);
    return wim;
}

/** The header of a patched file. */
static struct wim_header_disk header_of(const struct file *file)
{
    struct wim_header_disk header;

    ck_assert_int_eq(file_read(file, 0, &header, sizeof(header), NULL), 0);
    return header;
}

START_TEST(bytes_are_not_copied)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, base_paths[2]), *patched;
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
    for (size_t i = 2; i < patched->extent_count; i++)
        found |= patched->extents[i].bytes == added->extents[0].bytes;
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
    const struct file *file = sample_open(pool, base_paths[2]), *patched;
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
    judge(PATCHED, models, 1, false);
    ck_assert_int_eq(wim_set_boot_index(wim, 3, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "has no image 3 to boot; it has 2 images"));
    ck_assert_int_eq(wim_set_boot_index(wim, 0, &error), -1);
    free(models[0].entries);
    free(models[1].entries);
    pool_destroy(pool);
}
END_TEST

/** The entry of a path in the WIM's own tree. */
static const struct wim_directory_entry_disk *entry_of(struct wim *wim, const char *path)
{
    struct error error;
    struct wim_node *node;

    ck_assert_int_eq(wim_tree_find(wim_tree(wim, 1, &error), path, &node, &error), 0);
    ck_assert_ptr_nonnull(node);
    return node->entry;
}

/** What a replaced file keeps, and what a new one inherits. */
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
    for (int i = 1; i <= 2; i++)
        builder.entries[i].references = 2;
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
    const struct file *file = sample_open(pool, base_paths[0]), *patched;
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
        {"bootmgr\\x", "'bootmgr' on the way is a file, not a directory"},
        {"link\\x", "'link' on the way is a link (reparse point), not a directory"},
        {"a\\..\\b", "'..' is not allowed"},
        {"a<b", "Windows does not allow character 2"},
        {"new\\bad?\\x", "Windows does not allow character 4"},
        {"tab\tname", "Windows does not allow character 4"},
        {"ends with dot.", "ends with a dot"},
    };
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, base_paths[2]), *patched;
    const struct file *added = file_from_memory(pool, "x", "x", 1);
    struct error error;
    struct wim *wim;

    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(wim_inject(wim, 1, refused[i].path, added, &error), -1);
        ck_assert_msg(strstr(error.text, refused[i].message), "%s", error.text);
    }
    ck_assert_int_eq(wim_remove(wim, 1, "nothing", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "nothing of this name"));
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

/** A split set becomes one WIM. */
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
    judge(PATCHED, models, 0, false);
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
    judge(PATCHED, models, 0, false);
    free(models[1].entries);
    free(models[0].entries);
    pool_destroy(pool);
    ck_assert_int_eq(system("rm " SAMPLE_FOLDER "/split*.swm"), 0);
    remove(path);
}
END_TEST

/** Contents over 4 GiB: only the numbers are looked at, nobody reads them. */
START_TEST(large_contents)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, base_paths[0]), *patched;
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

/** The tool itself, once. */
START_TEST(wimlib_imagex)
{
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, base_paths[2]), *patched;
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

static void make_bases(void)
{
    for (size_t i = 0; i < BASE_COUNT; i++)
        snprintf(base_paths[i], sizeof(base_paths[i]), "%s", sample_make(&bases[i], false));
}

int main(void)
{
    Suite *suite = suite_create("wim_patch");
    TCase *test = tcase_create("wim_patch");

    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_unchecked_fixture(test, make_bases, NULL);
    tcase_add_loop_test(test, random_plans, 0, PLAN_COUNT);
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
