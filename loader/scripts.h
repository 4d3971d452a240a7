/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scripts, as the boot sequence calls them: the site's own (script=NAME, or else wimboot.lua,
 * or else none; none with noscript) and the built-in default.lua, which carries out the pipeline on
 * a struct boot and calls the hooks. lua/script.c implements this.
 */
#ifndef LOADER_SCRIPTS_H
#define LOADER_SCRIPTS_H

#include <stdbool.h>

#include "base/error.h"
#include "boot.h"

enum script_outcome {
    SCRIPT_DONE,    /* boot->tree, manager and volume are complete */
    SCRIPT_FAILED,  /* the site's script raised an error: the boot can continue without it */
    SCRIPT_STOPPED, /* the pipeline itself cannot continue (no boot manager, damaged WIM) */
    SCRIPT_LEAVES,  /* a script asked for boot->way_out, which the error's text says */
};

/**
 * Run the scripts. Everything that Lua allocated is freed on return; its decisions are in `boot`.
 * After a failure, files and volume of `boot` are as they were before.
 *
 * @param site_script false: only the built-in script
 * @param error       written unless the outcome is SCRIPT_DONE; a traceback follows its text if the
 *                    site's script is involved
 */
enum script_outcome script_run(struct boot *boot, bool site_script, struct error *error);

#endif
