/* SPDX-License-Identifier: BSD-2-Clause */
/* The module bcd as scripts see it: runs the tests in tests/lua, which end by printing "ALL GOOD",
 * as site scripts on both firmwares. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "boot.h"
#include "host/host.h"
#include "options.h"
#include "scripts.h"
#include "tests/unit/hive_samples.h"

static const char *const scripts[] = {"bcd_elements.lua", "bcd_winpe.lua", "bcd_references.lua",
                                      "bcd_refused.lua"};

enum { SCRIPT_COUNT = sizeof(scripts) / sizeof(scripts[0]) };

static void give(struct boot *boot, const char *name, const char *path)
{
    struct error error;
    size_t size;
    uint8_t *bytes = sample_load(path, &size);
    void *copy = pool_allocate(boot->pool, size + 1);
    memcpy(copy, bytes, size);
    free(bytes);
    struct file *file = file_from_memory(boot->pool, name, copy, size);
    ck_assert_int_eq(file_list_add(&boot->files, file, &error), 0);
}

/* Run a script of tests/lua; its output is to be freed. */
static char *run_script(const char *name, const char *firmware)
{
    char path[80], *output;
    size_t size;
    FILE *console = open_memstream(&output, &size);
    struct machine machine = {
        .firmware = firmware, .arch = "x86_64", .memory = UINT64_C(1) << 30, .command_line = ""};
    struct boot boot = {.pool = pool_create()};
    boot.files.pool = boot.pool;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        give(&boot, strrchr(sample_names[i], '.') + 1, sample_names[i]);
    }
    give(&boot, "refused-noslash", "tests/data/bcd/BCD.refused-noslash");
    give(&boot, "refused-slash", "tests/data/bcd/BCD.refused-slash");
    give(&boot, "refused-nodefault", "tests/data/bcd/BCD.refused-nodefault");
    give(&boot, "check.lua", "tests/lua/check.lua");
    snprintf(path, sizeof(path), "tests/lua/%s", name);
    give(&boot, name, path);
    options = (struct options){.script = name};
    host_set_machine(&machine);
    host_set_console(console);
    struct error error;
    if (script_run(&boot, true, &error) != SCRIPT_DONE) {
        log_failure(&error); /* also when the checks passed: there is nothing to boot */
    }
    host_set_console(NULL);
    fclose(console);
    pool_destroy(boot.pool);
    return output;
}

START_TEST(script_passes)
{
    char *output = run_script(scripts[_i / 2], _i % 2 ? "efi" : "bios");
    bool passed = strstr(output, "ALL GOOD") != NULL;
    if (!passed) {
        puts(output);
    }
    free(output);
    ck_assert(passed);
}
END_TEST

/* The check of references says what it did. */
START_TEST(references_are_reported)
{
    char *output = run_script("bcd_references.lua", "efi");
    static const char *const lines[] = {
        "BCD: entry \"winpe boot image\" needs \\Boot\\boot.wim: put given.wim there",
        "BCD: \\Boot\\memtest.exe is not on the disk: entry \"Windows Memory Diagnostic\" cannot "
        "be "
        "chosen",
        "BCD: the boot manager looks for its store at \\EFI\\Microsoft\\Boot\\BCD: put it there",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        ck_assert_msg(strstr(output, lines[i]) != NULL, "%s\nis not in:\n%s", lines[i], output);
    }
    free(output);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lua_bcd");
    TCase *tests = tcase_create("lua_bcd");
    tcase_add_loop_test(tests, script_passes, 0, 2 * SCRIPT_COUNT);
    tcase_add_test(tests, references_are_reported);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
