/* SPDX-License-Identifier: BSD-2-Clause */
/* files: the files that the loader was given. File objects are in lua_file.c. */
#include "files/source.h"
#include "lua/bindings.h"
#include "lua/journal.h"

static struct file_list *list_of(lua_State *state)
{
    return &bindings_boot(state)->files;
}

/* files[name] */
static int find(lua_State *state)
{
    luaL_checkudata(state, 1, "files");
    bindings_push_file(state, file_list_find(list_of(state), bindings_check_name(state, 2)));
    return 1;
}

/* files[name] = file, string or nil */
static int set(lua_State *state)
{
    const char *name;
    struct file *file;
    struct error error;
    luaL_checkudata(state, 1, "files");
    name = bindings_check_name(state, 2);
    if (lua_isnil(state, 3)) {
        file_list_remove(list_of(state), name);
        journal_note(state, "files removed", name);
        return 0;
    }
    luaL_argcheck(state, name[0] != '\0', 2, "a file needs a name");
    if (lua_type(state, 3) != LUA_TSTRING && luaL_testudata(state, 3, "file") == NULL) {
        return luaL_error(state, "files[\"%s\"] = a %s: a file, a string or nil is expected", name,
                          luaL_typename(state, 3));
    }
    file = bindings_check_memory(
        state, "files",
        file_rename(bindings_pool(state), bindings_check_content(state, 3, "files"), name));
    bindings_name_file(state, file, name);
    if (file_list_add(list_of(state), file, &error) != 0) {
        return bindings_raise(state, "files", &error);
    }
    journal_note(state, "files added", name);
    return 0;
}

/* The iterator: upvalues are a table of the files as they were, and how many have been seen. */
static int next_file(lua_State *state)
{
    lua_Integer index = lua_tointeger(state, lua_upvalueindex(2)) + 1;
    lua_pushinteger(state, index);
    lua_replace(state, lua_upvalueindex(2));
    if (lua_rawgeti(state, lua_upvalueindex(1), index) == LUA_TNIL) {
        return 1;
    }
    const struct file *file = bindings_check_file(state, -1);

    lua_pushstring(state, file->path != NULL ? file->path : file->name);
    lua_insert(state, -2);
    return 2;
}

/* pairs(files): a loop may add and drop files meanwhile. */
static int iterate(lua_State *state)
{
    const struct file_list *list = list_of(state);
    luaL_checkudata(state, 1, "files");
    lua_createtable(state, (int)list->count, 0);
    for (size_t i = 0; i < list->count; i++) {
        bindings_push_file(state, list->files[i]);
        lua_rawseti(state, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(state, 0);
    lua_pushcclosure(state, next_file, 2);
    return 1;
}

static int count(lua_State *state)
{
    lua_pushinteger(state, (lua_Integer)list_of(state)->count);
    return 1;
}

static int open_files(lua_State *state)
{
    static const luaL_Reg metamethods[] = {
        {"__index", find}, {"__newindex", set}, {"__pairs", iterate},
        {"__len", count},  {NULL, NULL},
    };
    bindings_define_class(state, "files", NULL, metamethods);
    lua_newuserdatauv(state, 0, 0);
    luaL_setmetatable(state, "files");
    return 1;
}

PLUGIN(lua_module, files) = {.name = "files", .open = open_files};
