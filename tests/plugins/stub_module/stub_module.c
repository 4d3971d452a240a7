/* SPDX-License-Identifier: BSD-2-Clause */
/* A Lua module with one function. */
#include "lua/bindings.h"

static int answer(lua_State *state)
{
    lua_pushinteger(state, 42);
    return 1;
}

static const luaL_Reg functions[] = {{"answer", answer}, {NULL, NULL}};

static int open_module(lua_State *state)
{
    bindings_push_module(state, "stub", functions);
    return 1;
}

PLUGIN(lua_module, stub_module) = {.name = "stub", .open = open_module};
