/* SPDX-License-Identifier: BSD-2-Clause */
/* Code that all bindings share. See bindings.h. */
#include "lua/bindings.h"

#include <string.h>

#include "base/memory.h"
#include "lua/limits.h"
#include "lua/state.h"

struct boot *bindings_boot(lua_State *state)
{
    return script_of(state)->boot;
}

struct pool *bindings_pool(lua_State *state)
{
    return script_of(state)->boot->pool;
}

/* ---- errors ---- */

int bindings_raise(lua_State *state, const char *function, const struct error *error)
{
    /* If the loader's own script called, its line would tell the user nothing. */
    if (script_is_builtin(state, 1)) {
        lua_pushliteral(state, "");
    } else {
        luaL_where(state, 1);
    }
    script_push_pool_limit(state);
    lua_pushfstring(state, "%s: %s%s", function, lua_tostring(state, -1), error->text);
    lua_remove(state, -2);
    lua_concat(state, 2);
    return lua_error(state);
}

void *bindings_check_memory(lua_State *state, const char *function, void *pointer)
{
    if (pointer == NULL) {
        script_push_pool_limit(state);
        luaL_error(state, "%s: %sout of memory", function, lua_tostring(state, -1));
    }
    return pointer;
}

/* ---- lists that scripts go through ---- */

/* Upvalues: the table, how many values were taken, how many each step takes. */
static int next_values(lua_State *state)
{
    lua_Integer taken = lua_tointeger(state, lua_upvalueindex(2));
    int values = (int)lua_tointeger(state, lua_upvalueindex(3));
    for (int i = 1; i <= values; i++) {
        lua_rawgeti(state, lua_upvalueindex(1), taken + i);
    }
    lua_pushinteger(state, taken + values);
    lua_replace(state, lua_upvalueindex(2));
    return values;
}

void bindings_push_iterator(lua_State *state, int values)
{
    lua_pushinteger(state, 0);
    lua_pushinteger(state, values);
    lua_pushcclosure(state, next_values, 3);
}

/* ---- arguments ---- */

lua_Integer bindings_check_integer(lua_State *state, int argument, lua_Integer least,
                                   lua_Integer most)
{
    lua_Integer value = luaL_checkinteger(state, argument);
    if (value < least || value > most) {
        const char *message =
            most == LUA_MAXINTEGER
                ? lua_pushfstring(state, "%I is less than %I", value, least)
                : lua_pushfstring(state, "%I is not between %I and %I", value, least, most);
        luaL_argerror(state, argument, message);
    }
    return value;
}

const char *bindings_check_name(lua_State *state, int argument)
{
    size_t length;
    const char *name = luaL_checklstring(state, argument, &length);
    if (strlen(name) != length) {
        luaL_argerror(state, argument, "a name cannot contain the character \\0");
    }
    return name;
}

size_t bindings_count_list(lua_State *state, int index, const char *field, size_t most)
{
    lua_Unsigned count = lua_rawlen(state, index);
    if (count > most) {
        luaL_error(state, "%s: a list of %I items is too long: at most %I are possible", field,
                   (lua_Integer)count, (lua_Integer)most);
    }
    return (size_t)count;
}

void *bindings_allocate(lua_State *state, size_t count, size_t size)
{
    size_t bytes;
    if (!memory_array_size(count, size, &bytes)) {
        luaL_error(state, "out of memory: %I items of %I bytes", (lua_Integer)count,
                   (lua_Integer)size);
    }
    return lua_newuserdatauv(state, bytes, 0);
}

/* ---- functions ---- */

/* Call a function of C, which is upvalue 1, and charge the script for it. */
static int call_charged(lua_State *state)
{
    const lua_CFunction *function = lua_touserdata(state, lua_upvalueindex(1));
    script_begin_call(state);
    int result_count = (*function)(state);
    script_end_call(state);
    return result_count;
}

void bindings_push_function(lua_State *state, const lua_CFunction *function)
{
    lua_pushlightuserdata(state, (void *)function);
    lua_pushcclosure(state, call_charged, 1);
}

void bindings_set_functions(lua_State *state, const luaL_Reg *functions)
{
    for (; functions->name != NULL; functions++) {
        bindings_push_function(state, &functions->func);
        lua_setfield(state, -2, functions->name);
    }
}

/* ---- objects ---- */

static int raise_unknown_member(lua_State *state, const char *class_name,
                                const struct bindings_member *members, const char *key)
{
    luaL_Buffer list;
    luaL_buffinit(state, &list);
    for (size_t i = 0; members[i].name != NULL; i++) {
        luaL_addstring(&list, i == 0 ? "" : ", ");
        luaL_addstring(&list, members[i].name);
    }
    luaL_pushresult(&list);
    return luaL_error(state, "%s: unknown field '%s' (known: %s)", class_name, key,
                      lua_tostring(state, -1));
}

/* The member that __index and __newindex are called for, with the object and the key; raises if
 * there is none. Upvalues: the members and the class's name. */
static const struct bindings_member *check_member(lua_State *state)
{
    const struct bindings_member *members = lua_touserdata(state, lua_upvalueindex(1));
    const char *class_name = lua_tostring(state, lua_upvalueindex(2));
    luaL_checkudata(state, 1, class_name);
    const char *key = luaL_tolstring(state, 2, NULL);

    for (const struct bindings_member *member = members; member->name != NULL; member++) {
        if (strcmp(member->name, key) == 0) {
            return member;
        }
    }
    raise_unknown_member(state, class_name, members, key);
    return NULL;
}

/* __index: the object and the key. */
static int get_member(lua_State *state)
{
    const struct bindings_member *member = check_member(state);
    if (member->method != NULL) {
        bindings_push_function(state, &member->method);
        return 1;
    }
    lua_settop(state, 1);
    return member->get(state);
}

/* Push a value as a message quotes it. */
static const char *push_quoted(lua_State *state, int index)
{
    enum { QUOTED_MAX = 60 };
    int type = lua_type(state, index);

    if (type == LUA_TSTRING) {
        return lua_pushfstring(state,
                               lua_rawlen(state, index) <= QUOTED_MAX ? "\"%s\"" : "a string",
                               lua_tostring(state, index));
    }
    if (type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TNIL) {
        return luaL_tolstring(state, index, NULL);
    }
    return lua_pushfstring(state, "a %s", lua_typename(state, type));
}

/* Raise the message on top of the stack, which a setter left, with the field and the value: Lua
 * speaks of argument #2 to 'newindex'. The value is at index 2. */
static int raise_refused(lua_State *state, const char *class_name, const char *field)
{
    const char *message = lua_tostring(state, -1);
    const char *argument = strstr(message, "bad argument #");
    const char *reason = argument == NULL ? NULL : strchr(argument, '(');

    if (reason == NULL) {
        luaL_where(state, 1);
        lua_insert(state, -2);
        lua_concat(state, 2);
        return lua_error(state);
    }
    reason = lua_pushlstring(state, reason + 1, strlen(reason) - 2); /* without the parentheses */
    return luaL_error(state, "%s.%s = %s: %s", class_name, field, push_quoted(state, 2), reason);
}

/* __newindex: the object, the key, the value. */
static int set_member(lua_State *state)
{
    const struct bindings_member *member = check_member(state);
    if (member->set == NULL) {
        return luaL_error(state, "%s.%s cannot be changed",
                          lua_tostring(state, lua_upvalueindex(2)), member->name);
    }
    lua_settop(state, 3);
    lua_remove(state, 2);
    lua_pushcfunction(state, member->set);
    lua_pushvalue(state, 1);
    lua_pushvalue(state, 2);

    int status = lua_pcall(state, 2, 0, 0);

    if (status == LUA_ERRRUN && lua_type(state, -1) == LUA_TSTRING) {
        return raise_refused(state, lua_tostring(state, lua_upvalueindex(2)), member->name);
    }
    return status == LUA_OK ? 0 : lua_error(state);
}

void bindings_define_class(lua_State *state, const char *name,
                           const struct bindings_member *members, const luaL_Reg *metamethods)
{
    luaL_newmetatable(state, name);
    lua_pushlightuserdata(state, (void *)members);
    lua_pushstring(state, name);
    lua_pushcclosure(state, get_member, 2);
    lua_setfield(state, -2, "__index");
    lua_pushlightuserdata(state, (void *)members);
    lua_pushstring(state, name);
    lua_pushcclosure(state, set_member, 2);
    lua_setfield(state, -2, "__newindex");
    lua_newtable(state); /* for those who look for a field's class (state.c) */
    for (size_t i = 0; members != NULL && members[i].name != NULL; i++) {
        lua_pushboolean(state, true);
        lua_setfield(state, -2, members[i].name);
    }
    lua_setfield(state, -2, "fields");
    lua_pushstring(state, name);
    lua_setfield(state, -2, "__metatable");
    if (metamethods != NULL) {
        bindings_set_functions(state, metamethods);
    }
    lua_pop(state, 1);
}

void bindings_push_object(lua_State *state, const char *class_name, const void *object)
{
    const void **holder = lua_newuserdatauv(state, sizeof(*holder), 0);
    *holder = object;
    luaL_setmetatable(state, class_name);
}

void *bindings_check_object(lua_State *state, int argument, const char *class_name)
{
    return *(void **)luaL_checkudata(state, argument, class_name);
}

/* ---- modules ---- */

/* __index of a module: the table and a key that is not in it. Upvalue: the module's name. */
static int raise_unknown_function(lua_State *state)
{
    const char *key = luaL_tolstring(state, 2, NULL);
    bool first = true;
    lua_pushliteral(state, "");
    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        lua_pop(state, 1);
        script_charge(state, 1);
        if (lua_type(state, -1) == LUA_TSTRING) {
            lua_pushfstring(state, "%s%s%s", lua_tostring(state, -2), first ? "" : ", ",
                            lua_tostring(state, -1));
            lua_replace(state, -3);
            first = false;
        }
    }
    return luaL_error(state, "%s: unknown function '%s' (known: %s)",
                      lua_tostring(state, lua_upvalueindex(1)), key, lua_tostring(state, -1));
}

void bindings_push_module(lua_State *state, const char *name, const luaL_Reg *functions)
{
    lua_newtable(state);
    bindings_set_functions(state, functions);
    lua_createtable(state, 0, 2);
    lua_pushstring(state, name);
    lua_pushcclosure(state, raise_unknown_function, 1);
    lua_setfield(state, -2, "__index");
    lua_pushstring(state, name);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
}
