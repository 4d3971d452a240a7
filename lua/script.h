/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scripts: starts Lua, runs the site's script (script=NAME, else wimboot.lua, else none) and
 * the built-in default.lua, which carries out the pipeline on a struct boot and calls the hooks.
 */
#ifndef LUA_SCRIPT_H
#define LUA_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot.h"

enum script_outcome {
    SCRIPT_DONE,   /* boot->tree, manager and volume are complete */
    SCRIPT_FAILED, /* the site's script raised an error: shown with its traceback; one can go on
                      without */
    SCRIPT_STOPPED /* the pipeline itself cannot go on (no boot manager, damaged WIM): shown */
};

/**
 * Run the scripts. Everything that Lua allocated is gone on return; what it decided is in `boot`.
 * After a failure, files and volume of `boot` are as they were before.
 *
 * @param site_script false: only the built-in script
 */
enum script_outcome script_run(struct boot *boot, bool site_script);

struct lua_State;

/** Push what a built-in module returns, whatever the files are called; raises if there is none. */
void script_push_builtin(struct lua_State *state, const char *name);

/** Somebody who watches the runs of the scripts: the preview tool. */
struct script_observer {
    /** The API is there, nothing has run. */
    void (*before)(struct lua_State *state);
    /** A hook has run: its name, its argument and its result are on top of the stack, and stay. */
    void (*hook)(struct lua_State *state);
    /** The pipeline is complete. */
    void (*after)(struct lua_State *state);
};

/** Let an observer, which must stay, watch all further runs; NULL for none. */
void script_observe(const struct script_observer *observer);

/** What the last run took: for tests and benchmarks. */
struct script_statistics {
    uint64_t instructions; /* of Lua's virtual machine, to the next thousand */
    size_t memory;         /* bytes, at the peak */
};

extern struct script_statistics script_statistics;

#endif
