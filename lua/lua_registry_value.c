/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of the registry as Lua has them. See lua_registry_value.h. */
#include "lua/lua_registry_value.h"

#include <string.h>

#include "base/unicode.h"
#include "hive/hive.h"
#include "lua/bindings.h"

static const struct {
    const char *name;
    uint32_t type;
} types[] = {{"none", HIVE_NONE},
             {"sz", HIVE_SZ},
             {"expand_sz", HIVE_EXPAND_SZ},
             {"binary", HIVE_BINARY},
             {"dword", HIVE_DWORD},
             {"dword_big_endian", 5},
             {"link", 6},
             {"multi_sz", HIVE_MULTI_SZ},
             {"resource_list", 8},
             {"full_resource_descriptor", 9},
             {"resource_requirements_list", 10},
             {"qword", HIVE_QWORD}};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

void registry_push_type(lua_State *state, uint32_t type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (types[i].type == type) {
            lua_pushstring(state, types[i].name);
            return;
        }
    }
    lua_pushinteger(state, type);
}

uint32_t registry_check_type(lua_State *state, int argument)
{
    if (lua_isinteger(state, argument)) {
        return (uint32_t)bindings_check_integer(state, argument, 0, UINT32_MAX);
    }
    const char *name = luaL_checkstring(state, argument);
    const char *rest = utf8_match("reg_*", name) ? name + 4 : name;
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (utf8_equal(rest, types[i].name)) {
            return types[i].type;
        }
    }
    luaL_error(state,
               "registry: unknown type '%s' (known: sz, expand_sz, multi_sz, dword, qword, binary, "
               "none, and numbers)",
               name);
    return 0;
}

/* Push UTF-16 up to its first NUL. @return the bytes taken, with the NUL */
static size_t push_text(lua_State *state, const uint8_t *data, size_t size)
{
    size_t count = 0;
    while (count < size / 2 && (data[2 * count] != 0 || data[2 * count + 1] != 0)) {
        count++;
    }
    luaL_Buffer buffer;
    size_t length = utf8_from_utf16(data, count, NULL, 0);
    char *text = luaL_buffinitsize(state, &buffer, length + 1);
    utf8_from_utf16(data, count, text, length + 1);
    luaL_pushresultsize(&buffer, length);
    return 2 * (count + 1);
}

static void push_texts(lua_State *state, const uint8_t *data, size_t size)
{
    lua_Integer number = 0;
    lua_newtable(state);
    for (size_t at = 0; at + 1 < size && (data[at] != 0 || data[at + 1] != 0);) {
        size_t taken = push_text(state, data + at, size - at);
        lua_rawseti(state, -2, ++number);
        at += taken < size - at ? taken : size - at;
    }
}

void registry_push_data(lua_State *state, uint32_t type, const uint8_t *data, size_t size)
{
    uint64_t number = 0;
    bool is_big_endian = type == 5;
    if ((size == 4 && (type == HIVE_DWORD || is_big_endian)) || (size == 8 && type == HIVE_QWORD)) {
        for (size_t i = 0; i < size; i++) {
            number |= (uint64_t)data[is_big_endian ? size - 1 - i : i] << 8 * i;
        }
        lua_pushinteger(state, (lua_Integer)number);
    } else if (type == HIVE_SZ || type == HIVE_EXPAND_SZ) {
        push_text(state, data, size);
    } else if (type == HIVE_MULTI_SZ) {
        push_texts(state, data, size);
    } else {
        lua_pushlstring(state, (const char *)data, size);
    }
}

/* Append UTF-16 with a NUL to what is at `data`. @return bytes */
static size_t put_text(lua_State *state, int index, uint8_t *data, size_t capacity)
{
    size_t length;
    const char *text = lua_tolstring(state, index, &length);
    size_t units = utf16_from_utf8(text, length, (uint16_t *)data, capacity / 2);
    memset(data + 2 * units, 0, 2);
    return 2 * (units + 1);
}

/* The texts of a list as REG_MULTI_SZ; pushes the bytes. */
static uint8_t *check_texts(lua_State *state, int index, size_t *size)
{
    size_t count = bindings_count_list(state, index, "registry", 65536), capacity = 2;
    for (size_t i = 1; i <= count; i++) {
        if (lua_rawgeti(state, index, (lua_Integer)i) != LUA_TSTRING) {
            luaL_error(state, "registry: a list of strings has a %s in it",
                       luaL_typename(state, -1));
        }
        capacity += 2 * (lua_rawlen(state, -1) + 1);
        lua_pop(state, 1);
    }
    uint8_t *data = bindings_allocate(state, capacity, 1);
    *size = 0;
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(state, index, (lua_Integer)i);
        if (lua_rawlen(state, -1) > 0) { /* an empty one would end the list */
            *size += put_text(state, -1, data + *size, capacity - *size);
        }
        lua_pop(state, 1);
    }
    memset(data + *size, 0, 2);
    *size += 2;
    return data;
}

/* Whether a number fits a type of 32 bits, signed or not. */
static bool fits_dword(lua_Integer number)
{
    return number >= INT32_MIN && number <= (lua_Integer)UINT32_MAX;
}

const void *registry_check_data(lua_State *state, int index, const struct registry_value *old,
                                uint32_t *type, size_t *size)
{
    uint8_t *data;
    size_t length;
    bool is_old = old->cell != REGISTRY_NONE;
    if (lua_isinteger(state, index)) {
        lua_Integer number = lua_tointeger(state, index);
        bool is_wide = !fits_dword(number) || (is_old && old->type == HIVE_QWORD);
        *type = is_wide ? HIVE_QWORD : HIVE_DWORD;
        *size = is_wide ? 8 : 4;
        data = bindings_allocate(state, 8, 1);
        memcpy(data, &number, 8);
        return data;
    }
    if (lua_istable(state, index)) {
        *type = HIVE_MULTI_SZ;
        return check_texts(state, index, size);
    }
    if (lua_type(state, index) != LUA_TSTRING) {
        luaL_error(state,
                   "registry: a value is an integer, a string or a list of strings, not a %s; "
                   "for other types, see reg:set()",
                   luaL_typename(state, index));
    }
    *type = is_old && old->type == HIVE_EXPAND_SZ ? HIVE_EXPAND_SZ : HIVE_SZ;
    lua_tolstring(state, index, &length);
    data = bindings_allocate(state, length + 1, 2);
    *size = put_text(state, index, data, 2 * (length + 1));
    return data;
}

const void *registry_check_typed(lua_State *state, int index, uint32_t type, size_t *size)
{
    static const struct registry_value none = {.cell = REGISTRY_NONE};
    uint32_t chosen = type;
    bool is_number = type == HIVE_DWORD || type == HIVE_QWORD;
    bool is_text = type == HIVE_SZ || type == HIVE_EXPAND_SZ;
    if (is_number) {
        lua_Integer number = type == HIVE_QWORD
                                 ? luaL_checkinteger(state, index)
                                 : bindings_check_integer(state, index, INT32_MIN, UINT32_MAX);
        uint8_t *data = bindings_allocate(state, 8, 1);
        memcpy(data, &number, 8);
        *size = type == HIVE_QWORD ? 8 : 4;
        return data;
    }
    if (is_text || type == HIVE_MULTI_SZ) {
        luaL_checktype(state, index, is_text ? LUA_TSTRING : LUA_TTABLE);
        return registry_check_data(state, index, &none, &chosen, size);
    }
    luaL_checktype(state, index, LUA_TSTRING); /* bytes */
    lua_pushvalue(state, index);
    return lua_tolstring(state, -1, size);
}
