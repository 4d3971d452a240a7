/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes of what scripts did. See journal.h. */
#include "lua/journal.h"

#include <stdbool.h>

#include "lua/bindings.h"
#include "lua/state.h"

enum {
    SUBJECTS_KEPT = 4,
    PLACES_KEPT = 3,
    LEVELS_MAX = 50, /* of calls that are searched for a line of the site's */
};

/* The registry's key of the table of actions. */
static const char journal_key;

/* Push "boot.lua:3", the innermost line of a site's script that is being executed. */
static bool push_place(lua_State *state)
{
    lua_Debug call;

    for (int level = 0; level < LEVELS_MAX && lua_getstack(state, level, &call) != 0; level++) {
        lua_getinfo(state, "Sl", &call);
        if (call.currentline > 0 && !script_is_builtin(state, level)) {
            lua_pushfstring(state, "%s:%d", call.short_src, call.currentline);
            return true;
        }
    }
    return false;
}

/* Push the record of an action, a new one if it has none. */
static void push_record(lua_State *state, const char *action)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &journal_key) == LUA_TNIL) {
        lua_pop(state, 1);
        lua_newtable(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &journal_key);
    }
    if (lua_getfield(state, -1, action) == LUA_TNIL) {
        lua_pop(state, 1);
        lua_newtable(state);
        lua_newtable(state);
        lua_setfield(state, -2, "places");
        lua_pushvalue(state, -1);
        lua_setfield(state, -3, action);
    }
    lua_remove(state, -2);
}

/* Add the place at index `place` to the list on top of the stack, once. */
static void add_place(lua_State *state, int place)
{
    lua_Integer count = (lua_Integer)lua_rawlen(state, -1);

    for (lua_Integer i = 1; i <= count; i++) {
        bool is_known = lua_rawgeti(state, -1, i) == LUA_TSTRING && lua_rawequal(state, -1, place);

        lua_pop(state, 1);
        if (is_known) {
            return;
        }
    }
    if (count < PLACES_KEPT) {
        lua_pushvalue(state, place);
        lua_rawseti(state, -2, count + 1);
    }
}

void journal_note(lua_State *state, const char *action, const char *subject)
{
    int top = lua_gettop(state);

    luaL_checkstack(state, 8, NULL);
    if (!push_place(state)) {
        return;
    }
    push_record(state, action);
    lua_getfield(state, -1, "places");
    add_place(state, top + 1);
    lua_pop(state, 1);
    lua_getfield(state, -1, "count");
    lua_Integer count = lua_tointeger(state, -1) + 1;
    lua_pop(state, 1);
    lua_pushinteger(state, count);
    lua_setfield(state, -2, "count");
    if (subject != NULL && count <= SUBJECTS_KEPT) {
        luaL_gsub(state, subject, "/", "\\"); /* as paths are shown everywhere */
        lua_rawseti(state, -2, count);
    }
    lua_settop(state, top);
}

void journal_push(lua_State *state, const char *action)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &journal_key) == LUA_TTABLE) {
        lua_getfield(state, -1, action);
        lua_remove(state, -2);
    }
}

void journal_push_lines(lua_State *state, const char *action)
{
    int top = lua_gettop(state);

    journal_push(state, action);
    lua_pushliteral(state, "");
    if (lua_istable(state, top + 1)) {
        lua_pop(state, 1);
        lua_getfield(state, -1, "places");
        lua_pushliteral(state, " (");
        for (lua_Integer i = 1; lua_rawgeti(state, top + 2, i) == LUA_TSTRING; i++) {
            lua_pushfstring(state, "%s%s%s", lua_tostring(state, -2), i == 1 ? "" : ", ",
                            lua_tostring(state, -1));
            lua_replace(state, top + 3);
            lua_settop(state, top + 3);
        }
        lua_pop(state, 1);
        lua_pushliteral(state, ")");
        lua_concat(state, 2);
    }
    lua_replace(state, top + 1);
    lua_settop(state, top + 1);
}
