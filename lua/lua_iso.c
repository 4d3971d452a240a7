/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The `iso` module, and `volumes`: looking into the images of discs, and into the volumes that the
 * firmware has mounted.
 *
 *     local disc = iso.open(files["win.iso"])
 *     files["boot.wim"] = disc:find("\\sources\\boot.wim")
 */
#include "lua/lua_iso.h"

#include "container/container.h"
#include "lua/bindings.h"
#include "lua/limits.h"

/* The registry's key of the list of mounted volumes, which is made when it is first asked for. */
static const char volumes_key;

static struct container_volume *check_volume(lua_State *state)
{
    return bindings_check_object(state, 1, VOLUME_CLASS);
}

/* ---- fields ---- */

static int get_name(lua_State *state)
{
    lua_pushstring(state, check_volume(state)->name);
    return 1;
}

static int get_label(lua_State *state)
{
    lua_pushstring(state, check_volume(state)->label);
    return 1;
}

static int get_kind(lua_State *state)
{
    lua_pushstring(state, check_volume(state)->kind->name);
    return 1;
}

static int get_device(lua_State *state)
{
    lua_pushstring(state, check_volume(state)->device);
    return 1;
}

static int get_remote(lua_State *state)
{
    lua_pushboolean(state, check_volume(state)->is_remote);
    return 1;
}

static int get_own(lua_State *state)
{
    lua_pushboolean(state, check_volume(state)->is_own);
    return 1;
}

/* ---- methods ---- */

/* v:find(path) */
static int find(lua_State *state)
{
    struct container_volume *volume = check_volume(state);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    struct file *file;
    if (container_find(volume, path, &file, &error) != 0) {
        return bindings_raise(state, "volume:find", &error);
    }
    bindings_push_file(state, file);
    return 1;
}

/* Values that the iterator of v:list() gives for each entry: its name, and its file or false. */
enum { LISTED_VALUES = 2 };

struct listing {
    struct container_visitor visitor;
    lua_State *state;
    struct container_volume *volume;
    lua_Integer count; /* values in the table on top of the stack */
    struct error error;
    bool is_damaged;
};

static bool add_entry(struct container_visitor *visitor, const struct container_entry *entry)
{
    struct listing *listing = (struct listing *)visitor;
    lua_State *state = listing->state;
    struct file *file = NULL;
    script_charge(state, 1);
    if (!entry->is_directory &&
        container_file(listing->volume, entry, &file, &listing->error) != 0) {
        listing->is_damaged = true;
        return false;
    }
    lua_pushstring(state, entry->name);
    lua_rawseti(state, -2, ++listing->count);
    if (file != NULL) {
        bindings_push_file(state, file);
    } else {
        lua_pushboolean(state, false);
    }
    lua_rawseti(state, -2, ++listing->count);
    return true;
}

/* v:list(path) */
static int list(lua_State *state)
{
    struct listing listing = {
        .visitor = {add_entry}, .state = state, .volume = check_volume(state)};
    const char *path = bindings_check_name(state, 2);
    struct error error;
    lua_newtable(state);
    if (container_list(listing.volume, path, &listing.visitor, &error) != 0) {
        return bindings_raise(state, "volume:list", &error);
    }
    if (listing.is_damaged) {
        return bindings_raise(state, "volume:list", &listing.error);
    }
    bindings_push_iterator(state, LISTED_VALUES);
    return 1;
}

static int to_string(lua_State *state)
{
    const struct container_volume *volume = check_volume(state);
    lua_pushfstring(state, "volume %s (%s)", volume->name, volume->kind->name);
    return 1;
}

static const struct bindings_member members[] = {
    {.name = "name", .get = get_name},
    {.name = "label", .get = get_label},
    {.name = "kind", .get = get_kind},
    {.name = "device", .get = get_device},
    {.name = "remote", .get = get_remote},
    {.name = "own", .get = get_own},
    {.name = "find", .method = find},
    {.name = "list", .method = list},
    {0},
};

/* ---- iso ---- */

/* iso.open(f); of a volume, itself */
static int open_iso(lua_State *state)
{
    if (luaL_testudata(state, 1, VOLUME_CLASS) != NULL) {
        lua_settop(state, 1);
        return 1;
    }
    const struct file *file = bindings_check_file(state, 1);
    struct container_volume *volume;
    struct error error;
    if (container_open(bindings_pool(state), file, &volume, &error) != 0) {
        return bindings_raise(state, "iso.open", &error);
    }
    if (volume == NULL) {
        return luaL_error(state, "iso.open: %s is not an ISO", file->name);
    }
    bindings_push_object(state, VOLUME_CLASS, volume);
    return 1;
}

static int open_module(lua_State *state)
{
    static const luaL_Reg metamethods[] = {{"__tostring", to_string}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"open", open_iso}, {NULL, NULL}};
    bindings_define_class(state, VOLUME_CLASS, members, metamethods);
    bindings_push_module(state, "iso", functions);
    return 1;
}

PLUGIN(lua_module, iso) = {.name = "iso", .open = open_module};

/* ---- volumes ---- */

/* Push the list of mounted volumes. */
static void push_list(lua_State *state)
{
    struct container_volumes list = {.pool = bindings_pool(state)};
    struct error error;
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &volumes_key) != LUA_TNIL) {
        return;
    }
    lua_pop(state, 1);
    if (container_find_mounted(&list, &error) != 0) {
        bindings_raise(state, "volumes", &error);
    }
    lua_newtable(state);
    for (size_t i = 0; i < list.count; i++) {
        bindings_push_object(state, VOLUME_CLASS, list.volumes[i]);
        lua_rawseti(state, -2, (lua_Integer)i + 1);
    }
    lua_pushvalue(state, -1);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &volumes_key);
}

/* volumes[number] */
static int get_volume(lua_State *state)
{
    push_list(state);
    lua_pushvalue(state, 2);
    lua_rawget(state, -2);
    return 1;
}

static int count_volumes(lua_State *state)
{
    push_list(state);
    lua_pushinteger(state, (lua_Integer)lua_rawlen(state, -1));
    return 1;
}

static int refuse(lua_State *state)
{
    return luaL_error(state, "volumes cannot be changed");
}

static int open_volumes(lua_State *state)
{
    static const luaL_Reg metamethods[] = {
        {"__index", get_volume}, {"__newindex", refuse}, {"__len", count_volumes}, {NULL, NULL}};
    bindings_define_class(state, "volumes", NULL, metamethods);
    lua_newuserdatauv(state, 0, 0);
    luaL_setmetatable(state, "volumes");
    return 1;
}

PLUGIN(lua_module, volumes) = {.name = "volumes", .open = open_volumes};
