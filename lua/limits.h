/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one run of the scripts may take (docs/script.md, "Limits"), so that a mistake in a script,
 * or malice, ends in a message instead of a dead machine:
 *
 *  - steps: instructions of Lua's machine, and what C does for a script in the same unit: each call
 *    of a binding, and the bytes that are allocated, copied or compared (base/work.h);
 *  - bytes of files that are read, decompressed or hashed;
 *  - bytes that stay in the boot's pool: files, WIMs, boot configurations;
 *  - bytes that are fetched, which are kept besides;
 *  - text that is printed without anybody pressing a key;
 *  - time, for what none of these count.
 *
 * What exceeds a limit raises an error; from then on each further instruction raises it again, so
 * that no pcall() can go on. (The pool just hands out no more.)
 */
#ifndef LUA_LIMITS_H
#define LUA_LIMITS_H

#include "lua/state.h"

/** Begin to count for a run: nothing is used up. */
void script_limits_start(struct script *script);

/** Stop limiting the pool. */
void script_limits_end(struct script *script);

/** Count steps, and all work since the last call; raises where a limit is exceeded. For loops whose
 * length a script decides: before them, if it is known then. */
void script_charge(lua_State *state, uint64_t steps);

/** Raise if so many more bytes of files may not be read. Reading itself counts; this is for sizes
 * that would take too long to find out. */
void script_expect_reading(lua_State *state, uint64_t bytes);

/** Raise if so many more bytes of text may not be printed. Printing itself counts. */
void script_expect_printing(lua_State *state, uint64_t bytes);

/** Files were fetched and take so many bytes of memory. They count by themselves, and as given
 * files otherwise: they may be read as often, and cost no steps. */
void script_count_fetching(lua_State *state, uint64_t bytes);

/** Bytes that may still be fetched. */
uint64_t script_fetching_left(lua_State *state);

/** A binding is called, and returns: it is charged, and the time in between is not the script's. */
void script_begin_call(lua_State *state);
void script_end_call(lua_State *state);

/** Somebody is there: text may be printed again. */
void script_key_was_pressed(lua_State *state);

/** Push what to say where the pool's limit was met, ending in ": "; else an empty string. */
void script_push_pool_limit(lua_State *state);

/** The hook that counts the instructions of Lua's machine. */
void script_count_instructions(lua_State *state, lua_Debug *event);

#endif
