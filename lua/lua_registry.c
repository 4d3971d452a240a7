/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * registry: hives for scripts (docs/script.md).
 *
 *     local system = w:registry("\\Windows\\System32\\config\\SYSTEM")
 *     system["Setup\\LabConfig"].BypassTPMCheck = 1
 *     system:import(files["site.reg"])
 *
 * A hive is a userdata. Indexed with a path it gives a key: that path and the hive, whether the key
 * exists or not; it is made when its first value is set. A key's fields are its values.
 */
#include "lua/lua_registry.h"

#include <string.h>

#include "base/format.h"
#include "hive/registry.h"
#include "hive/registry_file.h"
#include "lua/journal.h"
#include "lua/limits.h"
#include "lua/lua_registry_value.h"
#include "lua/opened_hive.h"

static const char hive_class[] = "registry", key_class[] = "registry key";

enum { REG_FILE_MAX = 16 << 20, NAME_MAX_BYTES = 3 * UINT16_MAX };

/* A key of a script's. */
struct key {
    struct opened_hive *opened;
    char path[]; /* in the hive */
};

static struct opened_hive *check_hive(lua_State *state)
{
    return bindings_check_object(state, 1, hive_class);
}

/* Raise an error of the core's, with the hive's name. */
static int raise(lua_State *state, const struct opened_hive *opened, const char *path,
                 struct error *error)
{
    error_prefix(error, "%s%s%s: ", opened->name, path[0] != '\0' ? ": " : "", path);
    return bindings_raise(state, "registry", error);
}

/* ---- values ---- */

/* Push a value's data; nil: there is no such value. */
static void push_value(lua_State *state, struct opened_hive *opened, const char *path,
                       const struct registry_value *value)
{
    struct error error;
    if (value->cell == REGISTRY_NONE) {
        lua_pushnil(state);
        return;
    }
    if (value->size > REGISTRY_DATA_MAX / 4) {
        luaL_error(state, "registry: %s: %s: a value of %I bytes is too large", opened->name, path,
                   (lua_Integer)value->size);
    }
    uint8_t *data = bindings_allocate(state, value->size + (size_t)1, 1);
    if (registry_read_value(opened->registry, value, data, &error) != 0) {
        raise(state, opened, path, &error);
    }
    registry_push_data(state, value->type, data, value->size);
    lua_remove(state, -2); /* the buffer */
}

/* Find a value. `value->cell` is REGISTRY_NONE if there is none, nor such a key. */
static void find_value(lua_State *state, struct opened_hive *opened, const char *path,
                       const char *name, struct registry_value *value)
{
    struct error error;
    uint32_t key;
    *value = (struct registry_value){.cell = REGISTRY_NONE};
    if (registry_find(opened->registry, path, &key, &error) != 0 ||
        (key != REGISTRY_NONE &&
         registry_find_value(opened->registry, key, name, value, &error) != 0)) {
        raise(state, opened, path, &error);
    }
}

static void note_value(lua_State *state, const char *action, const char *path, const char *name)
{
    lua_pushfstring(state, "%s\\%s", path, name);
    journal_note(state, action, lua_tostring(state, -1));
    lua_pop(state, 1);
}

/* Set or, with nil, remove the value of this name: the Lua value at an index. @param type argument
 * with the type, or 0 */
static void set_value(lua_State *state, struct opened_hive *opened, const char *path,
                      const char *name, int index, int type_argument)
{
    struct error error;
    struct registry_value old;
    uint32_t key, type;
    size_t size;
    find_value(state, opened, path, name, &old);
    if (lua_isnil(state, index)) {
        if (old.cell != REGISTRY_NONE &&
            (registry_find(opened->registry, path, &key, &error) != 0 ||
             registry_remove_value(opened->registry, key, name, &error) != 0)) {
            raise(state, opened, path, &error);
        }
        note_value(state, "removed from the registry", path, name);
        return;
    }
    const void *data;
    if (type_argument != 0 && !lua_isnoneornil(state, type_argument)) {
        type = registry_check_type(state, type_argument);
        data = registry_check_typed(state, index, type, &size);
    } else {
        data = registry_check_data(state, index, &old, &type, &size);
    }
    if (registry_make(opened->registry, path, &key, &error) != 0 ||
        registry_set_value(opened->registry, key, name, type, data, size, &error) != 0) {
        raise(state, opened, path, &error);
    }
    note_value(state, "set in the registry", path, name);
}

/* ---- keys ---- */

static int key_get(lua_State *state)
{
    const struct key *key = luaL_checkudata(state, 1, key_class);
    const char *name = bindings_check_name(state, 2);
    struct registry_value value;
    find_value(state, key->opened, key->path, name, &value);
    push_value(state, key->opened, key->path, &value);
    return 1;
}

static int key_set(lua_State *state)
{
    const struct key *key = luaL_checkudata(state, 1, key_class);
    const char *name = bindings_check_name(state, 2);
    lua_settop(state, 3);
    set_value(state, key->opened, key->path, name, 3, 0);
    return 0;
}

static int key_text(lua_State *state)
{
    const struct key *key = luaL_checkudata(state, 1, key_class);
    lua_pushfstring(state, "registry key %s: %s", key->opened->name, key->path);
    return 1;
}

static void push_key(lua_State *state, struct opened_hive *opened, const char *path)
{
    size_t length = strlen(path);
    struct key *key = lua_newuserdatauv(state, sizeof(*key) + length + 1, 0);
    key->opened = opened;
    memcpy(key->path, path, length + 1);
    luaL_setmetatable(state, key_class);
}

/* ---- hives ---- */

static bool add_name(void *context, const char *name)
{
    lua_State *state = context;
    lua_pushstring(state, name);
    lua_rawseti(state, -2, (lua_Integer)lua_rawlen(state, -2) + 1);
    return true;
}

/* The key at the path that is a method's only argument, "" if it is left out; REGISTRY_NONE: there
 * is no such key. */
static uint32_t find_key(lua_State *state, struct opened_hive *opened, const char **path)
{
    struct error error;
    uint32_t key = REGISTRY_NONE;
    lua_settop(state, 2);
    *path = lua_isnil(state, 2) ? "" : bindings_check_name(state, 2);
    if (registry_find(opened->registry, *path, &key, &error) != 0) {
        raise(state, opened, *path, &error);
    }
    return key;
}

/* reg:keys([path]): a list of names; nil: there is no such key. */
static int hive_keys(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    struct error error;
    const char *path;
    uint32_t key = find_key(state, opened, &path);
    if (key == REGISTRY_NONE) {
        return 0;
    }
    lua_newtable(state);
    if (registry_list(opened->registry, key, add_name, state, &error) != 0) {
        return raise(state, opened, path, &error);
    }
    return 1;
}

static bool add_value(void *context, const char *name, const struct registry_value *value)
{
    return add_name(context, name);
}

/* The iterator of reg:values(). Upvalues: the hive, the path, the names, how many were taken. */
static int next_value(lua_State *state)
{
    struct opened_hive *opened = lua_touserdata(state, lua_upvalueindex(1));
    const char *path = lua_tostring(state, lua_upvalueindex(2));
    lua_Integer number = lua_tointeger(state, lua_upvalueindex(4)) + 1;
    struct registry_value value = {.cell = REGISTRY_NONE};
    lua_settop(state, 0);
    script_begin_call(state);
    while (lua_rawgeti(state, lua_upvalueindex(3), number) == LUA_TSTRING) {
        find_value(state, opened, path, lua_tostring(state, -1), &value);
        if (value.cell != REGISTRY_NONE) {
            push_value(state, opened, path, &value);
            registry_push_type(state, value.type);
            break;
        }
        lua_settop(state, 0); /* removed since the loop began */
        number++;
    }
    lua_pushinteger(state, number);
    lua_replace(state, lua_upvalueindex(4));
    script_end_call(state);
    return lua_gettop(state);
}

/* reg:values([path]): for loops: name, value, type. */
static int hive_values(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    struct error error;
    const char *path;
    uint32_t key = find_key(state, opened, &path);
    lua_pushlightuserdata(state, opened);
    lua_pushstring(state, path);
    lua_newtable(state);
    if (key != REGISTRY_NONE &&
        registry_list_values(opened->registry, key, add_value, state, &error) != 0) {
        return raise(state, opened, path, &error);
    }
    lua_pushinteger(state, 0);
    lua_pushcclosure(state, next_value, 4);
    return 1;
}

/* reg:get(path, name): the value and its type. */
static int hive_get(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    const char *path = bindings_check_name(state, 2), *name = bindings_check_name(state, 3);
    struct registry_value value;
    find_value(state, opened, path, name, &value);
    push_value(state, opened, path, &value);
    if (value.cell == REGISTRY_NONE) {
        return 1;
    }
    registry_push_type(state, value.type);
    return 2;
}

/* reg:set(path, name, value [, type]) */
static int hive_set(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    const char *path = bindings_check_name(state, 2), *name = bindings_check_name(state, 3);
    lua_settop(state, 5);
    set_value(state, opened, path, name, 4, 5);
    return 0;
}

/* reg:delete(path): whether there was such a key. */
static int hive_delete(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    uint32_t key;
    if (registry_find(opened->registry, path, &key, &error) != 0 ||
        (key != REGISTRY_NONE && registry_remove(opened->registry, key, &error) != 0)) {
        return raise(state, opened, path, &error);
    }
    if (key != REGISTRY_NONE) {
        journal_note(state, "removed from the registry", path);
    }
    lua_pushboolean(state, key != REGISTRY_NONE);
    return 1;
}

/* reg:import(file or text [, mount]): how many keys of the file are in this hive. */
static int hive_import(lua_State *state)
{
    struct opened_hive *opened = check_hive(state);
    const struct file *file = bindings_check_content(state, 2, "text.reg");
    const char *mount = luaL_optstring(state, 3, registry_mount_of(opened->name));
    struct registry_import done;
    struct error error;
    if (mount == NULL) {
        return luaL_error(state,
                          "registry: %s: say where this hive is in the .reg file: "
                          "reg:import(file, \"HKEY_LOCAL_MACHINE\\\\NAME\")",
                          opened->name);
    }
    if (file->size > REG_FILE_MAX) {
        return luaL_error(state, "registry: %s: %I bytes are too many: at most 16 MB are possible",
                          file->name, (lua_Integer)file->size);
    }
    bindings_expect_reading(state, file, file->size);
    const void *bytes = file_load(bindings_pool(state), file, &error);
    if (bytes == NULL) {
        return bindings_raise(state, "registry", &error);
    }
    if (registry_import(opened->registry, mount, bytes, (size_t)file->size, &done, &error) != 0) {
        error_prefix(&error, "%s: ", file->name);
        return bindings_raise(state, "registry", &error);
    }
    if (done.keys == 0 && done.other > 0) {
        return luaL_error(state,
                          "registry: %s: none of its %d keys is in %s. If they have another name "
                          "for it: reg:import(file, \"HKEY_LOCAL_MACHINE\\\\NAME\")",
                          file->name, (int)done.other, mount);
    }
    journal_note(state, "imported into the registry", file->name);
    lua_pushinteger(state, done.keys);
    return 1;
}

/* reg:file() */
static int hive_file(lua_State *state)
{
    bindings_push_file(state, opened_hive_finish(state, check_hive(state)));
    return 1;
}

static int hive_index(lua_State *state)
{
    static const luaL_Reg methods[] = {
        {"keys", hive_keys},     {"values", hive_values}, {"get", hive_get},   {"set", hive_set},
        {"delete", hive_delete}, {"import", hive_import}, {"file", hive_file}, {NULL, NULL}};
    struct opened_hive *opened = check_hive(state);
    const char *path = bindings_check_name(state, 2);
    for (const luaL_Reg *method = methods; method->name != NULL; method++) {
        if (strcmp(method->name, path) == 0) {
            bindings_push_function(state, &method->func);
            return 1;
        }
    }
    push_key(state, opened, path);
    return 1;
}

/* reg[path] = nil removes a key. */
static int hive_new_index(lua_State *state)
{
    check_hive(state);
    if (!lua_isnil(state, 3)) {
        return luaL_error(state, "registry: a key can only be set to nil, which removes it; its "
                                 "values are its fields: reg[path].name = value");
    }
    lua_settop(state, 2);
    hive_delete(state);
    return 0;
}

static int hive_text(lua_State *state)
{
    lua_pushfstring(state, "registry %s", check_hive(state)->name);
    return 1;
}

int registry_of_wim(lua_State *state, struct wim *wim, const char *path, uint32_t index)
{
    bindings_push_object(state, hive_class, opened_hive_of_wim(state, wim, path, index));
    return 1;
}

/* ---- the module ---- */

/* registry.open(file, log, ...) */
static int module_open(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    int count = lua_gettop(state) - 1;
    const struct file **logs = bindings_allocate(state, (size_t)count, sizeof(*logs));
    for (int i = 0; i < count; i++) {
        logs[i] = bindings_check_file(state, i + 2);
    }
    bindings_push_object(state, hive_class, opened_hive_new(state, file, logs, (size_t)count));
    return 1;
}

static int open_module(lua_State *state)
{
    static const luaL_Reg functions[] = {{"open", module_open}, {NULL, NULL}};
    static const luaL_Reg hive_methods[] = {{"__index", hive_index},
                                            {"__newindex", hive_new_index},
                                            {"__tostring", hive_text},
                                            {NULL, NULL}};
    static const luaL_Reg key_methods[] = {
        {"__index", key_get}, {"__newindex", key_set}, {"__tostring", key_text}, {NULL, NULL}};
    bindings_define_class(state, hive_class, NULL, hive_methods);
    bindings_define_class(state, key_class, NULL, key_methods);
    bindings_push_module(state, "registry", functions);
    return 1;
}

PLUGIN(lua_module, registry) = {.name = "registry", .open = open_module};
