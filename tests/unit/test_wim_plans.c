/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random plans of changes to WIMs of all sorts. The judge is libwim, which knows from a plain list
 * of paths what a plan should make.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/wim/model.h"
#include "tests/wim/samples.h"
#include "wim/wim.h"

enum { PLAN_COUNT = 240, STEPS_MAX = 14, CONTENTS_MAX = 3000 };

/* Names of this program's own: others may run at the same time. */
#define PATCHED SAMPLE_FOLDER "/plan-patched.wim"

static const struct sample bases[] = {
    {"plan-none", WIMLIB_COMPRESSION_TYPE_NONE, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"plan-xpress", WIMLIB_COMPRESSION_TYPE_XPRESS, 4096, 0, 0, 0},
    {"plan-lzx", WIMLIB_COMPRESSION_TYPE_LZX, 0, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY, 0, 0},
    {"plan-lzms", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 0, 0, 0},
    {"plan-solid", WIMLIB_COMPRESSION_TYPE_LZMS, 0, WIMLIB_WRITE_FLAG_SOLID,
     WIMLIB_COMPRESSION_TYPE_LZMS, 32768},
    {"plan-mixed", WIMLIB_COMPRESSION_TYPE_LZX, 0, WIMLIB_WRITE_FLAG_SOLID,
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

/* Change the case of some letters: it must make no difference. */
static void shuffle_case(char *path)
{
    for (; *path; path++) {
        if (model_upper(*path) >= 'A' && model_upper(*path) <= 'Z' && sample_random() % 4 == 0) {
            *path = (char)(*path ^ 32);
        }
    }
}

/* A path to inject at: an existing file's, or a new one in an old or a new directory. */
static void choose_path(const struct model *model, char path[MODEL_PATH_SIZE])
{
    static const char *const new_names[] = {
        "new.txt", "startnet.cmd", "a b c.ini", "zz", "\xc3\xbcml\xc3\xa4ut.dll", "!first"};
    static const char *const new_folders[] = {"/New Folder", "/Windows/Temp", "/x/y/z",
                                              "/Windows/System32/drivers/added"};
    const struct model_entry *entry = &model->entries[sample_random() % model->count];
    switch (sample_random() % 4) {
    case 0:
        snprintf(path, MODEL_PATH_SIZE, "%s", entry->path);
        break;
    case 1:
        snprintf(path, MODEL_PATH_SIZE, "%.100s/%s", entry->path, new_names[sample_random() % 6]);
        break;
    case 2:
        snprintf(path, MODEL_PATH_SIZE, "%s/%s", new_folders[sample_random() % 4],
                 new_names[sample_random() % 6]);
        break;
    default:
        snprintf(path, MODEL_PATH_SIZE, "/%s", new_names[sample_random() % 6]);
    }
    shuffle_case(path);
}

/* Whether the engine ought to refuse to put a file there. */
static bool is_refused(struct model *model, const char *path)
{
    char parent[MODEL_PATH_SIZE];
    const struct model_entry *entry = model_find(model, path);
    if (entry != NULL && entry->is_directory) {
        return true;
    }
    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = parent + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        entry = model_find(model, parent);
        if (entry != NULL && !entry->is_directory) {
            return true;
        }
        *slash = '/';
    }
    return false;
}

static void step_inject(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    char path[MODEL_PATH_SIZE], windows_path[MODEL_PATH_SIZE];
    struct error error;
    choose_path(model, path);
    size_t size = sample_random() % 5 ? sample_random() % CONTENTS_MAX : 0;
    uint8_t *random = pool_allocate(plan->pool, size + 1);
    const uint8_t *bytes = random;
    for (size_t i = 0; i < size; i++) {
        random[i] = (uint8_t)sample_random();
    }
    if (plan->last_size && sample_random() % 3 == 0) {
        /* The same contents once more, in another file. */
        bytes = plan->last_bytes;
        size = plan->last_size;
    }
    const struct file *file = file_from_memory(plan->pool, "x", bytes, size);
    snprintf(windows_path, sizeof(windows_path), "%s", path + sample_random() % 2);
    for (char *c = windows_path; *c; c++) {
        if (*c == '/') {
            *c = '\\';
        }
    }
    bool refused = is_refused(model, path);
    int result = wim_inject(plan->wim, image + 1, windows_path, file, &error);
    ck_assert_msg(result == (refused ? -1 : 0), "%s: %s", path, result ? error.text : "accepted");
    if (refused) {
        return;
    }
    model_put(model, path, bytes, size);
    plan->last_bytes = bytes;
    plan->last_size = size;
    struct file *found;
    ck_assert_msg(!wim_find(plan->wim, image + 1, path, &found, &error), "%s", error.text);
    ck_assert(found != NULL && found->size == size);
    ck_assert_mem_eq(file_load(plan->pool, found, &error), bytes, size);
}

/* Contents that the WIM already has, under another name: no second copy is stored. */
static void step_duplicate(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    const struct model_entry *entry = &model->entries[sample_random() % model->count];
    struct error error;
    struct file *file;
    if (entry->is_directory || entry->is_link || is_refused(model, "/duplicate")) {
        return;
    }
    ck_assert_msg(!wim_find(plan->wim, image + 1, entry->path, &file, &error), "%s", error.text);
    const void *bytes = file_load(plan->pool, file, &error);
    ck_assert_msg(bytes != NULL, "%s", error.text);
    ck_assert_int_eq(wim_inject(plan->wim, image + 1, "duplicate", file, &error), 0);
    model_put(model, "/duplicate", bytes, file->size);
}

static void step_remove(struct plan *plan, uint32_t image)
{
    struct model *model = &plan->models[image];
    char path[MODEL_PATH_SIZE];
    struct error error;
    struct file *file;
    /* Keep most of the tree. */
    const struct model_entry *entry = &model->entries[sample_random() % model->count];
    if (model->count < 10 || (strchr(entry->path + 1, '/') == NULL && sample_random() % 8)) {
        return;
    }
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
    if (_i % 2) {
        file = sample_on_demand(plan.pool, &reader, file);
    }
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
        model_judge(PATCHED, plan.models, 2, wim_boot_index(plan.wim));
        /* What was patched can be patched again. */
        struct wim *second;
        ck_assert_msg(!wim_open(plan.pool, &patched, 1, &second, &error), "%s", error.text);
        ck_assert_uint_eq(wim_boot_index(second), wim_boot_index(plan.wim));
        plan.wim = second;
        step_inject(&plan, 0);
        ck_assert_msg(!wim_patch(plan.wim, &patched, &error), "%s", error.text);
        sample_save(patched, PATCHED);
        model_judge(PATCHED, plan.models, 2, wim_boot_index(plan.wim));
    }
    /* The same without the other image. */
    uint32_t boot = wim_boot_index(plan.wim);
    ck_assert_int_eq(wim_set_slim(plan.wim, true, &error), 0);
    ck_assert_msg(!wim_patch(plan.wim, &patched, &error), "%s", error.text);
    sample_save(patched, PATCHED);
    model_judge(PATCHED, &plan.models[boot ? boot - 1 : 0], 1, boot != 0);
    free(plan.models[0].entries);
    free(plan.models[1].entries);
    pool_destroy(plan.pool);
}
END_TEST

static void make_bases(void)
{
    for (size_t i = 0; i < BASE_COUNT; i++) {
        snprintf(base_paths[i], sizeof(base_paths[i]), "%s", sample_make(&bases[i], false));
    }
}

int main(void)
{
    Suite *suite = suite_create("wim_plans");
    TCase *test = tcase_create("wim_plans");
    sample_check(wimlib_global_init(0), "init");
    tcase_set_timeout(test, 300);
    tcase_add_unchecked_fixture(test, make_bases, NULL);
    tcase_add_loop_test(test, random_plans, 0, PLAN_COUNT);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
