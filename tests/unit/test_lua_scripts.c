/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs scripts as a site would give them, on the host.
 *
 *   tests/script/api/NAME.lua      use the API and assert what it does: they must boot
 *   tests/script/hostile/NAME.lua  must fail with each message that a line "-- expect: A|B" names
 * (one of the alternatives), leave the given files as they were, and let the default script boot
 *
 *   tests/script/leave/NAME.lua    ask for a way out
 *
 * The files that they find are made by tests/script/make_samples.sh.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/log_record.h"
#include "files/source.h"
#include "host/host.h"
#include "lua/script.h"
#include "lua/state.h"
#include "options.h"
#include "scripts.h"
#include "tests/unit/unit.h"

enum { FILE_COUNT_MAX = 16, SECONDS_MAX = 60 };

static const struct {
    const char *name, *path;
} given[] = {
    {"boot.wim", "build/test-script/boot.wim"}, {"BCD", "tests/data/bcd/BCD.winpe-any"},
    {"hello.txt", "tests/script/hello.txt"},    {"common.lua", "tests/script/common.lua"},
    {"twice.lua", "tests/script/twice.lua"},
};

static void *read_whole(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    void *bytes;
    ck_assert_msg(stream != NULL, "%s: cannot be opened", path);
    fseek(stream, 0, SEEK_END);
    *size = (size_t)ftell(stream);
    rewind(stream);
    bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, stream), *size);
    ((char *)bytes)[*size] = '\0';
    fclose(stream);
    return bytes;
}

/* One boot with a site's script, and what it printed. */
struct run {
    struct boot boot;
    void *contents[FILE_COUNT_MAX];
    size_t content_count;
    char *output;
    size_t output_size;
    FILE *stream;
};

static void add_file(struct run *run, const char *name, const char *path)
{
    struct error error;
    size_t size;
    void *bytes = read_whole(path, &size);
    run->contents[run->content_count++] = bytes;
    ck_assert_int_eq(file_list_add(&run->boot.files,
                                   file_from_memory(run->boot.pool, name, bytes, size), &error),
                     0);
}

static void start_run(struct run *run, const char *script_path)
{
    const char *script_name = strrchr(script_path, '/') + 1;
    char command_line[200];
    struct error error;
    memset(run, 0, sizeof(*run));
    run->boot.pool = pool_create();
    run->boot.files.pool = run->boot.pool;
    for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
        add_file(run, given[i].name, given[i].path);
    }
    add_file(run, script_name, script_path);
    snprintf(command_line, sizeof(command_line), "script=%s site=hq debug mac=52-54-00-AB-CD-EF",
             script_name);
    ck_assert_int_eq(options_parse(run->boot.pool, command_line, &error), 0);
    run->stream = open_memstream(&run->output, &run->output_size);
    host_set_console(run->stream);
    host_set_keys("");
    log_record_clear();
    log_info("the first line");
}

static void end_run(struct run *run)
{
    host_set_console(NULL);
    fclose(run->stream);
    free(run->output);
    pool_destroy(run->boot.pool);
    for (size_t i = 0; i < run->content_count; i++) {
        free(run->contents[i]);
    }
}

/* Whether the output has one of the alternatives "A|B". */
static bool has_alternative(const char *output, const char *alternatives, size_t length)
{
    char text[300];
    char *rest = text, *alternative;
    ck_assert_uint_lt(length, sizeof(text));
    memcpy(text, alternatives, length);
    text[length] = '\0';
    while ((alternative = strsep(&rest, "|")) != NULL) {
        if (strstr(output, alternative) != NULL) {
            return true;
        }
    }
    return false;
}

/* Whether an emulator runs this program, many times slower. What is to end by another limit is then
 * ended by that of time (tests/processors.mk). */
static bool is_emulated(void)
{
    return getenv("EMULATED") != NULL;
}

/* All scripts are run, however many of them fail. */
static unsigned failure_count;

static void check(bool right, const struct run *run, const char *path, const char *wanted,
                  int length)
{
    if (!right) {
        fprintf(stderr, "%s: expected: %.*s\nbut it said:\n%s\n", path, length, wanted,
                run->output);
        failure_count++;
    }
}

static void check_expectations(const struct run *run, const char *script_path)
{
    static const char marker[] = "-- expect: ";
    size_t size, count = 0;
    char *script = read_whole(script_path, &size), *line = script;
    for (; strncmp(line, marker, sizeof(marker) - 1) == 0; line = strchr(line, '\n') + 1) {
        const char *expected = line + sizeof(marker) - 1;
        size_t length = strcspn(expected, "\n");
        bool out_of_time = is_emulated() && strstr(run->output, "computed for more than") != NULL;
        check(out_of_time || has_alternative(run->output, expected, length), run, script_path,
              expected, (int)length);
        count++;
    }
    ck_assert_msg(count > 0, "%s: expects nothing", script_path);
    free(script);
}

static enum script_outcome run_scripts(struct run *run, bool site_script)
{
    struct error error;
    enum script_outcome outcome = script_run(&run->boot, site_script, &error);
    if (outcome != SCRIPT_DONE) {
        log_failure(&error);
    }
    fflush(run->stream);
    return outcome;
}

static void check_hostile(const char *path)
{
    struct run run;
    size_t count;
    time_t started = time(NULL);
    start_run(&run, path);
    count = run.boot.files.count;
    enum script_outcome outcome = run_scripts(&run, true);
    check(outcome == SCRIPT_FAILED, &run, path, "to fail", 99);
    check_expectations(&run, path);
    check(is_emulated() || time(NULL) - started < SECONDS_MAX, &run, path, "to end soon", 99);

    /* Everything is as it was, and the default script boots. */
    ck_assert_uint_eq(run.boot.files.count, count);
    ck_assert_uint_eq(options.index, 0);
    ck_assert_ptr_eq(file_list_find(&run.boot.files, "boot.wim"), run.boot.files.files[0]);
    outcome = run_scripts(&run, false);
    check(outcome == SCRIPT_DONE, &run, path, "the default script to boot", 99);
    end_run(&run);
}

static void check_api(const char *path)
{
    struct run run;
    start_run(&run, path);
    enum script_outcome outcome = run_scripts(&run, true);
    check(outcome == SCRIPT_DONE, &run, path, "to boot", 99);
    end_run(&run);
}

static void for_each_script(const char *pattern, void (*check_script)(const char *path))
{
    const char *only = getenv("ONLY");
    glob_t found;
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (only == NULL || strstr(found.gl_pathv[i], only) != NULL) {
            check_script(found.gl_pathv[i]);
        }
    }
    globfree(&found);
    ck_assert_uint_eq(failure_count, 0);
}

START_TEST(api_scripts_boot)
{
    for_each_script("tests/script/api/*.lua", check_api);
}
END_TEST

/** What a script that leaves asked for. */
static enum way_out way_out_of(const char *path, const char *message)
{
    struct run run;
    struct error error;

    start_run(&run, path);
    ck_assert_int_eq(script_run(&run.boot, true, &error), SCRIPT_LEAVES);
    ck_assert_str_eq(error.text, message);
    enum way_out way_out = run.boot.way_out;

    /* Nothing of it holds for a boot after that. */
    ck_assert_int_eq(run_scripts(&run, false), SCRIPT_DONE);
    ck_assert_int_eq(run.boot.way_out, WAY_OUT_NONE);
    end_run(&run);
    return way_out;
}

START_TEST(scripts_leave)
{
    ck_assert_int_eq(way_out_of("tests/script/leave/exit.lua",
                                "boot.exit(): back to the firmware or iPXE, for the next boot "
                                "option"),
                     WAY_OUT_LEAVE);
    ck_assert_int_eq(
        way_out_of("tests/script/leave/reboot_in_hook.lua", "boot.reboot(): the machine restarts"),
        WAY_OUT_REBOOT);
    ck_assert_int_eq(way_out_of("tests/script/leave/poweroff_in_menu.lua",
                                "boot.poweroff(): the machine switches off"),
                     WAY_OUT_POWER_OFF);
}
END_TEST

/* What a script says of itself before it fails holds after it. */
START_TEST(required_outlives_a_failure)
{
    struct run run;

    start_run(&run, "tests/script/hostile/required.lua");
    ck_assert_int_eq(run_scripts(&run, true), SCRIPT_FAILED);
    ck_assert(options.required);
    end_run(&run);
    start_run(&run, "tests/script/hostile/hook_error.lua");
    ck_assert_int_eq(run_scripts(&run, true), SCRIPT_FAILED);
    ck_assert(!options.required);
    end_run(&run);
}
END_TEST

START_TEST(hostile_scripts_end_in_messages)
{
    struct machine machine = *platform_machine();
    machine.memory = 512 << 20;
    host_set_machine(&machine);
    for_each_script("tests/script/hostile/*.lua", check_hostile);
}
END_TEST

START_TEST(default_takes_little)
{
    struct run run;
    start_run(&run, "tests/script/common.lua");
    ck_assert_int_eq(run_scripts(&run, false), SCRIPT_DONE);
    ck_assert_uint_lt(script_statistics.memory, 1000000);
    ck_assert_uint_lt(script_statistics.instructions, 100000);
    end_run(&run);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scripts");
    TCase *tests = tcase_create("all");
    script_instruction_limit = 10 * 1000 * 1000; /* endless loops end soon enough */
    tcase_add_test(tests, api_scripts_boot);
    tcase_add_test(tests, scripts_leave);
    tcase_add_test(tests, required_outlives_a_failure);
    tcase_add_test(tests, hostile_scripts_end_in_messages);
    tcase_add_test(tests, default_takes_little);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
