/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the site's scripts did, and at which of their lines: the console names it. Bindings note
 * each change that a script can make; what the loader's own scripts do by themselves is not noted.
 */
#ifndef LUA_JOURNAL_H
#define LUA_JOURNAL_H

#include <lua.h>

/**
 * Note a change, if a line of a site's script is being executed.
 *
 * @param action  what was done: the journal's key
 * @param subject to what, or NULL
 */
void journal_note(lua_State *state, const char *action, const char *subject);

/** Push what was done: a table with the first subjects, and `count`, how many there were. Nil if
 * nothing was. */
void journal_push(lua_State *state, const char *action);

/** Push the first lines that did it, as " (boot.lua:3, common.lua:7)"; "" if none did. */
void journal_push_lines(lua_State *state, const char *action);

#endif
