/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hides addresses from scripts. Lua shows them in three ways: as text (tostring(), "%p"), as
 * seeds of random numbers, and in the order in which pairs() goes through the objects of a table.
 * lua/port/config.h makes Lua call these functions instead.
 */
#include "lua/addresses.h"

#include "base/little_endian.h"
#include "base/machine.h"
#include "digest/sha1.h"
#include "lua/state.h"

static uint32_t pointer_secret;

/* Hashed: a script can compute a seed from the numbers that math.random() derives from it, and must
 * not be able to compute another seed. */
uint32_t script_seed(void)
{
    static uint32_t count;
    uint8_t input[8], result[SHA1_SIZE];
    struct sha1 sha1;
    put_u32(input, platform_machine()->seed);
    put_u32(input + 4, count++);
    sha1_start(&sha1);
    sha1_update(&sha1, input, sizeof(input));
    sha1_finish(&sha1, result);
    return get_u32(result);
}

void script_choose_secret(void)
{
    pointer_secret = script_seed();
}

/* The differences between addresses stay the same, so they spread just as well. */
uint32_t script_hash_pointer(const void *pointer)
{
    return (uint32_t)(uintptr_t)pointer + pointer_secret;
}

/* The registry's key of the table from values to their serial numbers. */
static const char serials_key;

/* Serial numbers of objects that are gone are forgotten. */
void script_open_serials(lua_State *state)
{
    lua_newtable(state);
    lua_createtable(state, 0, 1);
    lua_pushliteral(state, "k");
    lua_setfield(state, -2, "__mode");
    lua_setmetatable(state, -2);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &serials_key);
}

const void *script_serial(lua_State *state, int index)
{
    int type = lua_type(state, index);
    uintptr_t serial;
    if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER) {
        return NULL; /* as lua_topointer() */
    }
    luaL_checkstack(state, 5, NULL);
    lua_pushvalue(state, index);
    lua_rawgetp(state, LUA_REGISTRYINDEX, &serials_key);
    lua_insert(state, -2);
    lua_pushvalue(state, -1);
    if (lua_rawget(state, -3) == LUA_TNIL) {
        lua_pop(state, 1);
        lua_pushinteger(state, ++script_of(state)->serials);
        lua_pushvalue(state, -2);
        lua_pushvalue(state, -2);
        lua_rawset(state, -5);
    }
    serial = (uintptr_t)lua_tointeger(state, -1);
    lua_pop(state, 3);
    return (const void *)serial; /* to be formatted, never followed */
}
