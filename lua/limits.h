/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of one run of the scripts (docs/script.md, "Limits"), so that a mistake in a script, or
 * malice, ends in a message instead of a dead machine:
 *
 *  - steps: instructions of Lua's virtual machine, and the work of C functions in the same unit:
 * each call of a binding, and the bytes that are allocated, copied or compared (base/work.h);
 *  - bytes of files that are read, decompressed or hashed;
 *  - bytes that stay in the boot's pool: files, WIMs, boot configurations;
 *  - bytes that are fetched, which are kept besides (transport/fetch.h);
 *  - text that is printed without anybody pressing a key;
 *  - time, for what none of these count.
 *
 * Exceeding a limit raises an error; from then on each further instruction raises it again, so that
 * pcall() cannot continue. (The pool then only refuses allocations.)
 */
#ifndef LUA_LIMITS_H
#define LUA_LIMITS_H

#include "lua/state.h"

/** Start counting for a run, from zero. */
void script_limits_start(struct script *script);

/** The site's script has ended within its limits: what runs from now on has none. */
void script_limits_lift(struct lua_State *state);

/** Stop limiting the pool. */
void script_limits_end(struct script *script);

/** Count steps, and all work since the last call; raises if a limit is exceeded. For loops whose
 * length a script chooses; before the loop, if the length is known. */
void script_charge(lua_State *state, uint64_t steps);

/** Raise if so many more bytes of files may not be read. Reading is counted anyway; this is for
 * reads that would already take too long. */
void script_expect_reading(lua_State *state, uint64_t bytes);

/** Characters that take as long as clearing the screen. */
enum { SCRIPT_CLEARING_COST = 1000 };

/** Raise if so many more bytes of text may not be printed. Printing is counted anyway. */
void script_expect_printing(lua_State *state, uint64_t bytes);

/** A file was fetched, or opened to be fetched as it is read, and takes so many bytes of memory.
 * They count by themselves, and cost no steps; the file may be read as often as given ones. */
void script_count_fetching(lua_State *state, uint64_t bytes, uint64_t file_size);

/** A binding is called, and returns: it is charged, and the time in between is not the script's. */
void script_begin_call(lua_State *state);
void script_end_call(lua_State *state);

/**
 * End the run in place of a boot, as a limit that is exceeded does: no pcall() goes on. Raises.
 *
 * @param text what becomes of the machine, for the user; less than 100 bytes
 */
int script_leave(lua_State *state, enum way_out way_out, const char *text);

/** A key was pressed: text may be printed again. */
void script_key_was_pressed(lua_State *state);

/** Push the start of a message, ending in ": ", if the pool's limit was met; else an empty string.
 */
void script_push_pool_limit(lua_State *state);

/** The hook that counts the instructions of Lua's machine. */
void script_count_instructions(lua_State *state, lua_Debug *event);

#endif
