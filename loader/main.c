/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot sequence: what happens from the first line on the console to the boot manager.
 * Each platform's entry point sets itself up and calls boot_main().
 */
#include "boot.h"

#include <string.h>

#include "base/console.h"
#include "base/log.h"
#include "base/machine.h"
#include "beside.h"
#include "options.h"
#include "screen.h"
#include "scripts.h"
#include "transport/fetch.h"
#include "words.h"

/* Of a machine's memory that fetched files may take; Windows needs the rest, for its RAM disk. */
enum { FETCHED_DIVISOR = 2 };

static void wait_for_key(const char *prompt)
{
    console_write_styled(STYLE_LABEL, prompt, strlen(prompt));
    platform_read_key(UINT32_MAX);
    console_write("\n", 1);
}

/* Where memory was short: how much there is, and what takes it. */
static void explain_shortage(const struct manager *manager)
{
    struct memory_use use;
    char memory[24], files[24], resident[24], program[24], free[24];
    if (!memory_was_short()) {
        return;
    }
    platform_describe_memory(manager, NULL, &use);
    log_error("of %s of memory the files take %s, the loader %s%s%s, and %s are left. Give the "
              "machine more, or fewer or smaller files",
              log_size(memory, platform_machine()->memory), log_size(files, use.files),
              log_size(resident, use.resident), use.manager == 0 ? "" : ", the boot manager ",
              use.manager == 0 ? "" : log_size(program, use.manager), log_size(free, use.free));
}

/* Tell the user what went wrong. @return -1 */
static int show(const struct boot *boot, const struct error *error)
{
    screen_show_title(); /* with quiet, nothing has been shown so far */
    log_failure(error);
    explain_shortage(boot->manager);
    return -1;
}

static int enumerate_sources(struct file_list *files, struct error *error)
{
    PLUGIN_FOR_EACH(source, source)
    {
        if (source->enumerate(files, error) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Whether the user wants to boot without the site's script, which failed. */
static bool ask_for_default(void)
{
    static const char prompt[] = "Boot without the script? Press D for the default, R to reboot: ";
    console_write_styled(STYLE_LABEL, prompt, sizeof(prompt) - 1);
    for (;;) {
        int key = platform_read_key(UINT32_MAX);
        if (key == 'd' || key == 'D') {
            console_write("d\n", 2);
            return true;
        }
        if (key == 'r' || key == 'R' || key == KEY_NONE) {
            console_write("r\n", 2);
            return false;
        }
    }
}

/* Run the scripts; shows what went wrong. */
static int run_scripts(struct boot *boot, struct error *error)
{
    enum script_outcome outcome = script_run(boot, true, error);
    if (outcome == SCRIPT_FAILED) {
        show(boot, error);
        if (options.required) {
            log_error("the script is required: this machine does not boot without it");
            return -1;
        }
        if (!ask_for_default()) {
            return -1;
        }
        outcome = script_run(boot, false, error);
    }
    if (outcome == SCRIPT_LEAVES) {
        log_info("%s", error->text);
        return -1;
    }
    return outcome == SCRIPT_DONE ? 0 : show(boot, error);
}

static uint32_t free_signature(void)
{
    enum { DISK_COUNT_MAX = 128 };
    uint32_t taken[DISK_COUNT_MAX];
    return volume_choose_signature(taken, platform_disk_signatures(taken, DISK_COUNT_MAX));
}

static void report_memory(const struct manager *manager, const struct volume *volume)
{
    struct memory_use use;
    char files[24], resident[24], free[24];
    platform_describe_memory(manager, volume, &use);
    /* As many in all firmware, though some keeps files elsewhere, or reads them late. */
    use.files = 0;
    for (uint32_t i = 0; i < volume->extent_count; i++) {
        use.files += volume->extents[i].length;
    }
    log_info("memory: files %s, loader %s, free %s", log_size(files, use.files),
             log_size(resident, use.resident), log_size(free, use.free));
}

/* Obey the words of the command line, after `more`, which come from elsewhere and count less. */
static int parse_words(struct boot *boot, const char *more, struct error *error)
{
    const char *line = words_join(boot->pool, more, platform_machine()->command_line);
    if (line == NULL) {
        return error_no_memory(error, "the command line");
    }
    int rc = options_parse(boot->pool, line, error);
    boot->files.script_name = options.script;
    log_set_quiet(options.quiet);
    return rc;
}

/* The command line, as far as it is known before there are files. */
static int read_command_line(struct boot *boot, struct error *error)
{
    const char *dhcp = words_of_dhcp(boot->pool);
    if (dhcp == NULL) {
        return error_no_memory(error, "the command line");
    }
    int rc = parse_words(boot, dhcp, error);
    if (!options.quiet) {
        screen_start();
    }
    if (options.word_count > 0) {
        log_info("command line: %s%s%s", dhcp, dhcp[0] == '\0' ? "" : " ",
                 platform_machine()->command_line);
        options_warn();
    }
    return rc;
}

/* Words that are in a file. */
static int read_words_file(struct boot *boot, struct error *error)
{
    const char *words;
    int rc = words_of_file(&boot->files, &words, error);
    if (rc != 0 || words == NULL) {
        return rc;
    }
    const char *dhcp = words_of_dhcp(boot->pool);
    const char *all = dhcp == NULL ? NULL : words_join(boot->pool, dhcp, words);
    if (all == NULL) {
        return error_no_memory(error, "the command line");
    }
    log_info("wimboot.cmd: %s", words);
    rc = parse_words(boot, all, error);
    options_warn();
    return rc;
}

/* The given files; if there are none, those that are where we came from. */
static int find_files(struct boot *boot, struct error *error)
{
    struct file_list *files = &boot->files;
    if (enumerate_sources(files, error) != 0) {
        return -1;
    }
    bool is_alone = files->count == 0;
    if ((is_alone && beside_fetch_words(files, error) != 0) || read_words_file(boot, error) != 0) {
        return -1;
    }
    return is_alone ? beside_fetch(files, error) : 0;
}

int boot_prepare(struct boot *boot, struct volume **volume, struct error *error)
{
    boot->files.pool = boot->pool;
    boot->volume.signature = free_signature();
    boot->volume.keeps_readers = platform_keeps_readers;
    fetch_start(platform_machine()->memory / FETCHED_DIVISOR);
    if (read_command_line(boot, error) != 0 || find_files(boot, error) != 0) {
        return show(boot, error);
    }
    if (run_scripts(boot, error) != 0) {
        return -1;
    }
    if (volume_build(boot->pool, boot->tree, &boot->volume, volume, error) != 0) {
        return show(boot, error);
    }
    report_memory(boot->manager, *volume);
    return 0;
}

/* Start the boot manager; shows why it did not start, or what it returned. */
static void start(struct boot *boot, struct volume *volume)
{
    struct error error;
    if (options.pause != PAUSE_NO) {
        wait_for_key(options.pause == PAUSE_QUIET ? ""
                                                  : "Press any key to start the boot manager: ");
    }
    log_info("starting %s", boot->manager_file->name);
    platform_boot(boot->manager, volume, &error);
    show(boot, &error);
}

static void run(struct boot *boot)
{
    struct error error;
    struct volume *volume;
    if (boot->pool == NULL) {
        error_no_memory(&error, "the very start");
        show(boot, &error);
    } else if (boot_prepare(boot, &volume, &error) == 0) {
        start(boot, volume);
    }
}

enum way_out boot_main(void)
{
    struct boot boot = {.pool = pool_create()};
    run(&boot);
    if (boot.way_out == WAY_OUT_NONE) {
        wait_for_key("Press any key to exit: ");
    }
    pool_destroy(boot.pool);
    return boot.way_out;
}
