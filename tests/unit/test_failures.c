/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When memory runs out or a file cannot be read, wherever that happens: a message that says so, or
 * the right result; nothing crashes, nothing is lost or half done. Each scenario runs again and
 * again; each time another of its allocations and reads fails, and in a second round also all that
 * follow.
 */
#include <stdio.h>
#include <string.h>

#include "bcd/bcd.h"
#include "digest/digest.h"
#include "digest/sha1.h"
#include "drivers/driver.h"
#include "hive/hive.h"
#include "hive/registry.h"
#include "hive/registry_file.h"
#include "host/host.h"
#include "options.h"
#include "scripts.h"
#include "tests/unit/unit.h"
#include "tests/wim/samples.h"
#include "wim/wim.h"

/* ---- what fails ---- */

static unsigned call_count, failing_call; /* counted from 1; 0: none fails */
static bool later_calls_fail;

/* Who makes each call in the undisturbed run: where it returns to. */
enum { CALLS_MAX = 1 << 20 };
static const void *callers[CALLS_MAX];
static bool is_recording;

static bool fails(const void *caller)
{
    call_count++;
    if (is_recording && call_count < CALLS_MAX) {
        callers[call_count] = caller;
    }
    return failing_call &&
           (later_calls_fail ? call_count >= failing_call : call_count == failing_call);
}

/* The linker puts these in front of the functions that the core calls (--wrap). */
#define WRAP(type, name, parameters, arguments, failure)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(__builtin_return_address(0)) ? (failure) : __real_##name arguments;           \
    }

WRAP(void *, memory_allocate, (size_t size), (size), NULL)
WRAP(void *, memory_allocate_zeroed, (size_t count, size_t size), (count, size), NULL)
WRAP(struct pool *, pool_create, (void), (), NULL)
WRAP(void *, pool_allocate, (struct pool * pool, size_t size), (pool, size), NULL)
WRAP(char *, pool_copy_string, (struct pool * pool, const char *text), (pool, text), NULL)
WRAP(void *, pool_allocate_content, (struct pool * pool, size_t size), (pool, size), NULL)
WRAP(int, pool_on_destroy, (struct pool * pool, void (*release)(void *object), void *object),
     (pool, release, object), -1)

/* Shrinking never fails (memory.h), and no caller of the core's shrinks. */
WRAP(void *, memory_resize, (void *memory, size_t size), (memory, size), NULL)

/* A file whose bytes are read on demand, by reads that fail. */
struct failing_reader {
    struct reader reader;
    const uint8_t *bytes;
};

static int read_or_fail(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                        struct error *error)
{
    if (fails(__builtin_return_address(0))) {
        return error_set(error, "the read failed");
    }
    memcpy(buffer, ((struct failing_reader *)reader)->bytes + offset, length);
    return 0;
}

/* ---- running a scenario ---- */

/* What a scenario came to: SHA-1 of all that it read. */
struct outcome {
    struct sha1 state;
    uint8_t sha1[20];
};

/* @return 0, or -1 with the reason; nothing of it stays allocated */
typedef int scenario(struct outcome *outcome, struct error *error);

static void take(void *context, const void *bytes, size_t length)
{
    struct outcome *outcome = context;
    sha1_update(&outcome->state, bytes, length);
}

static int take_file(struct outcome *outcome, const struct file *file, struct error *error)
{
    take(outcome, file->name, strlen(file->name));
    return file_visit(file, 0, file->size, take, outcome, error);
}

static int run(scenario *play, struct outcome *outcome, struct error *error)
{
    int result;
    call_count = 0;
    error->text[0] = '\0';
    sha1_start(&outcome->state);
    result = play(outcome, error);
    sha1_finish(&outcome->state, outcome->sha1);
    return result;
}

/* Of the calls that one place in the code makes, the first, second, fourth, eighth … fail, and of
 * all calls each sixteenth: thousands of calls are alike, and each run takes its time. */
static bool is_chosen(unsigned call)
{
    unsigned from_there = 0;
    for (unsigned i = 1; i <= call; i++) {
        from_there += callers[i] == callers[call];
    }
    return call % 16 == 0 || (from_there & (from_there - 1)) == 0;
}

static void exhaust(scenario *play)
{
    struct outcome undisturbed, outcome;
    struct error error;
    unsigned failures = 0;
    failing_call = 0;
    is_recording = true;
    ck_assert_msg(!run(play, &undisturbed, &error), "%s", error.text);
    is_recording = false;
    unsigned all = call_count, runs = 0;
    ck_assert_uint_gt(all, 10);
    ck_assert_uint_lt(all, CALLS_MAX);
    for (unsigned round = 0; round < 2; round++) {
        later_calls_fail = round;
        for (unsigned call = 1; call <= all; call++) {
            if (!is_chosen(call)) {
                continue;
            }
            runs++;
            failing_call = call;
            if (run(play, &outcome, &error)) {
                failures++;
                ck_assert_msg(strstr(error.text, "memory") != NULL ||
                                  strstr(error.text, "read failed") != NULL,
                              "call %u of %u: '%s'", call, all, error.text);
            } else {
                ck_assert_msg(!memcmp(outcome.sha1, undisturbed.sha1, 20),
                              "call %u of %u: not all of the result, and no error", call, all);
            }
        }
    }
    failing_call = 0;
    ck_assert_uint_gt(failures, runs / 2); /* few calls can do without memory */
}

/* ---- a WIM is searched, listed, patched and read ---- */

static uint8_t *wim_bytes;
static size_t wim_size;
static bool is_on_demand;

static bool take_entry(void *context, const struct wim_entry *entry)
{
    take(context, entry->name, strlen(entry->name));
    return true;
}

static int use_wim(struct pool *pool, struct outcome *outcome, struct error *error)
{
    struct failing_reader reader = {.reader = {.read = read_or_fail}, .bytes = wim_bytes};
    const struct file *given = is_on_demand
                                   ? file_from_reader(pool, "boot.wim", &reader.reader, wim_size)
                                   : file_from_memory(pool, "boot.wim", wim_bytes, wim_size);
    const struct file *patched;
    const struct file *added = file_from_memory(pool, "added.txt", "added", 5);
    struct file *found;
    struct wim *wim;
    if (given == NULL || added == NULL) {
        return error_set(error, "no memory in the test");
    }
    if (wim_open(pool, &given, 1, &wim, error) ||
        wim_find(wim, 1, "\\Windows\\System32\\startnet.cmd", &found, error) ||
        take_file(outcome, found, error) ||
        wim_list(wim, 1, "\\Windows", take_entry, outcome, error) ||
        wim_inject(wim, 1, "\\New\\Directory\\added.txt", added, error) ||
        wim_inject(wim, 1, "\\Windows\\System32\\startnet.cmd", added, error) ||
        wim_inject(wim, 2, "\\Fonts\\again.ttf", found, error) ||
        wim_remove(wim, 1, "\\Windows\\Fonts", error) || wim_set_boot_index(wim, 1, error) ||
        wim_patch(wim, &patched, error)) {
        return -1;
    }
    return take_file(outcome, patched, error);
}

/* Run with a pool that does not outlive it. */
static int with_pool(int (*use)(struct pool *pool, struct outcome *outcome, struct error *error),
                     struct outcome *outcome, struct error *error)
{
    struct pool *pool = pool_create();
    int result =
        pool != NULL ? use(pool, outcome, error) : error_set(error, "no memory in the test");
    pool_destroy(pool);
    return result;
}

static int play_wim(struct outcome *outcome, struct error *error)
{
    return with_pool(use_wim, outcome, error);
}

START_TEST(wim)
{
    static const struct sample samples[] = {
        {.name = "failures-lzx", .compression = WIMLIB_COMPRESSION_TYPE_LZX},
        {.name = "failures-solid",
         .compression = WIMLIB_COMPRESSION_TYPE_LZMS,
         .write_flags = WIMLIB_WRITE_FLAG_SOLID,
         .solid_compression = WIMLIB_COMPRESSION_TYPE_LZMS,
         .solid_chunk_size = 1 << 16},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        wim_bytes = sample_read(sample_make(&samples[i], false), &wim_size);
        for (int on_demand = 0; on_demand < 2; on_demand++) {
            is_on_demand = on_demand;
            exhaust(play_wim);
        }
        free(wim_bytes);
    }
}
END_TEST

/* ---- a store is changed and written ---- */

static uint8_t *store_bytes;
static size_t store_size;

static int use_store(struct pool *pool, struct outcome *outcome, struct error *error)
{
    const struct file *given = file_from_memory(pool, "BCD", store_bytes, store_size), *changed;
    struct bcd_reference *references;
    char guid[GUID_TEXT_SIZE];
    struct hive_key *object;
    struct bcd *bcd;
    if (given == NULL) {
        return error_set(error, "no memory in the test");
    }
    if (bcd_open(pool, given, &bcd, error)) {
        return -1;
    }
    bcd_make_guid(bcd, guid);
    if (bcd_copy_object(bcd, bcd_find_object(bcd, "{default}"), guid, &object, error) ||
        bcd_set_string(bcd, object, BCD_DESCRIPTION, "A copy", error) ||
        bcd_set_list(bcd, bcd_find_object(bcd, "{bootmgr}"), BCD_DISPLAY_ORDER,
                     (const char *const[]){guid, "{default}"}, 2, error) ||
        bcd_delete_object(bcd, bcd_find_object(bcd, "{default}"), error) ||
        bcd_convert(bcd, true, error) < 0 || bcd_references(bcd, true, &references, error) ||
        bcd_file(bcd, &changed, error)) {
        return -1;
    }
    for (; references != NULL; references = references->next) {
        take(outcome, references->path, strlen(references->path));
        take(outcome, references->place, strlen(references->place));
    }
    return take_file(outcome, changed, error);
}

static int play_store(struct outcome *outcome, struct error *error)
{
    return with_pool(use_store, outcome, error);
}

START_TEST(store)
{
    store_bytes = sample_read("tests/data/bcd/BCD.winpe-any", &store_size);
    exhaust(play_store);
    free(store_bytes);
}
END_TEST

/* ---- a hive is edited ---- */

static uint8_t *hive_bytes;
static size_t hive_size;

static bool take_key(void *context, const char *name)
{
    take(context, name, strlen(name));
    return true;
}

static bool take_value(void *context, const char *name, const struct registry_value *value)
{
    take(context, name, strlen(name));
    take(context, &value->size, sizeof(value->size));
    return true;
}

/* Edits that need every kind of memory: more bins, a list of lists, data in several cells, names
 * longer than those of keys, text that is converted. */
static int edit_hive(struct registry *registry, struct outcome *outcome, struct error *error)
{
    enum { LONG_NAME = 3000, BIG_DATA = 70000, KEYS = 600 };
    static const char reg[] = "Windows Registry Editor Version 5.00\r\n\r\n"
                              "[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup\\LabConfig]\r\n"
                              "\"BypassTPMCheck\"=dword:00000001\r\n"
                              "\"f\xC3\xBCr\"=hex(7):61,00,00,00,\\\r\n  00,00\r\n"
                              "[-HKEY_LOCAL_MACHINE\\SYSTEM\\Setup\\Big]\r\n";
    static uint8_t data[BIG_DATA];
    static char long_name[LONG_NAME + 1];
    struct registry_import done;
    struct registry_value value;
    uint32_t setup, key;
    memset(long_name, 'n', LONG_NAME);
    if (registry_find(registry, "CurrentControlSet\\Services", &key, error) ||
        registry_list(registry, key, take_key, outcome, error) ||
        registry_make(registry, "Setup\\Big", &key, error) ||
        registry_set_value(registry, key, long_name, HIVE_BINARY, data, sizeof(data), error) ||
        registry_find(registry, "Setup", &setup, error) ||
        registry_set_value(registry, setup, "data", HIVE_BINARY, data, sizeof(data), error) ||
        registry_import(registry, "HKEY_LOCAL_MACHINE\\SYSTEM", reg, sizeof(reg) - 1, &done,
                        error) ||
        registry_list_values(registry, setup, take_value, outcome, error) ||
        registry_find_value(registry, setup, "data", &value, error) ||
        registry_read_value(registry, &value, data, error)) {
        return -1;
    }
    for (int i = 0; i < KEYS; i++) {
        char path[32];
        snprintf(path, sizeof(path), "Setup\\Many\\%d", i);
        if (registry_make(registry, path, &key, error)) {
            return -1;
        }
    }
    return 0;
}

static int use_hive(struct pool *pool, struct outcome *outcome, struct error *error)
{
    struct registry *registry;
    if (registry_open(pool, hive_bytes, hive_size, NULL, 0, &registry, error) ||
        edit_hive(registry, outcome, error)) {
        return -1;
    }
    struct registry_piece pieces[64];
    size_t count = registry_pieces(registry, NULL);
    ck_assert_uint_le(count, 64);
    registry_pieces(registry, pieces);
    for (size_t i = 0; i < count; i++) {
        take(outcome, pieces[i].bytes, pieces[i].size);
    }
    return 0;
}

static int play_hive(struct outcome *outcome, struct error *error)
{
    return with_pool(use_hive, outcome, error);
}

START_TEST(registry)
{
    hive_bytes = sample_read("tests/data/registry/SYSTEM", &hive_size);
    exhaust(play_hive);
    free(hive_bytes);
}
END_TEST

/* ---- drivers are looked for in an INF file ---- */

static int use_drivers(struct pool *pool, struct outcome *outcome, struct error *error)
{
    static const struct pci_device card = {.vendor = 0x8086, .device = 0x100E};
    struct driver_search search = {
        .pool = pool,
        .target = {"x86_64", UINT64_MAX},
        .devices = &card,
        .device_count = 1,
    };
    size_t size;
    uint8_t *bytes = sample_read("tests/script/card.inf", &size);
    struct file file;
    struct extent extent;
    file_on_memory(&file, &extent, "card.inf", bytes, size);
    int result = driver_search_inf(&search, &file, "card.inf", error);
    free(bytes);
    if (result == 0) {
        const struct driver_package *package = search.packages;
        take(outcome, package->provider, strlen(package->provider));
        take(outcome, package->matches->description, strlen(package->matches->description));
        for (const struct driver_file *one = package->files; one != NULL; one = one->next) {
            take(outcome, one->path, strlen(one->path));
        }
    }
    return result;
}

static int play_drivers(struct outcome *outcome, struct error *error)
{
    return with_pool(use_drivers, outcome, error);
}

START_TEST(drivers)
{
    exhaust(play_drivers);
}
END_TEST

/* ---- the whole way from files to a volume ---- */

static struct {
    const char *name, *path;
    uint8_t *bytes;
    size_t size;
} given[] = {
    {.name = "boot.wim", .path = "build/test-script/boot.wim"},
    {.name = "BCD", .path = "tests/data/bcd/BCD.winpe-any"},
    {.name = "hello.txt", .path = "tests/script/hello.txt"},
    {.name = "wimboot.lua"},
};
static size_t given_count;
static bool is_logged; /* in the image; it has times in it, which differ from run to run */

static int lay_out(struct boot *boot, struct outcome *outcome, struct error *error)
{
    struct volume *volume;
    boot->files.pool = boot->pool;
    for (size_t i = 0; i < given_count; i++) {
        struct file *file =
            file_from_memory(boot->pool, given[i].name, given[i].bytes, given[i].size);
        if (file == NULL) {
            return error_set(error, "no memory in the test");
        }
        if (file_list_add(&boot->files, file, error)) {
            return -1;
        }
    }
    if (options_parse(boot->pool, is_logged ? "" : "index=1 nolog", error)) {
        return -1;
    }
    enum script_outcome result = script_run(boot, true, error);
    if (result != SCRIPT_DONE) {
        failing_call = 0; /* once there is memory again, all is as it was before the script */
        ck_assert(result == SCRIPT_STOPPED || script_run(boot, false, NULL) == SCRIPT_DONE);
        return -1;
    }
    if (volume_build(boot->pool, boot->tree, &boot->volume, &volume, error)) {
        return -1;
    }
    uint32_t clusters = volume->chains[volume->chain_count].first_cluster - VOLUME_FIRST_CLUSTER;
    for (uint32_t i = 0; i < clusters; i++) {
        uint8_t sectors[VOLUME_CLUSTER_SECTORS * SECTOR_SIZE];
        if (volume_read(volume, volume->data_lba + (uint64_t)i * VOLUME_CLUSTER_SECTORS,
                        VOLUME_CLUSTER_SECTORS, sectors, error)) {
            return -1;
        }
        if (!is_logged) {
            take(outcome, sectors, sizeof(sectors));
        }
    }
    return 0;
}

static int play_boot(struct outcome *outcome, struct error *error)
{
    struct boot boot = {.pool = pool_create()};
    int result = boot.pool != NULL ? lay_out(&boot, outcome, error)
                                   : error_set(error, "no memory in the test");
    pool_destroy(boot.pool);
    return result;
}

/* @param script NULL: none */
static void boot_given(const char *script)
{
    size_t count = script != NULL ? 4 : 3;
    given[3].path = script;
    FILE *console = fopen("/dev/null", "w");
    host_set_console(console);
    host_set_keys("");
    given_count = count;
    for (size_t i = 0; i < count; i++) {
        given[i].bytes = sample_read(given[i].path, &given[i].size);
    }
    exhaust(play_boot);
    for (size_t i = 0; i < count; i++) {
        free(given[i].bytes);
    }
    host_set_console(NULL);
    fclose(console);
}

START_TEST(boot)
{
    boot_given(NULL);
}
END_TEST

START_TEST(boot_with_log)
{
    is_logged = true;
    boot_given(NULL);
    is_logged = false;
}
END_TEST

START_TEST(boot_with_script)
{
    boot_given("tests/script/api/wim.lua");
}
END_TEST

START_TEST(boot_with_registry)
{
    boot_given("tests/script/set_registry.lua");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failures");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, wim);
    tcase_add_test(tests, store);
    tcase_add_test(tests, registry);
    tcase_add_test(tests, drivers);
    tcase_add_test(tests, boot);
    tcase_add_test(tests, boot_with_log);
    tcase_add_test(tests, boot_with_script);
    tcase_add_test(tests, boot_with_registry);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
