/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The `wim` module: opening image sets, looking into images, changing them.
 *
 *     local w = wim.open(files["boot.wim"])
 *     w:inject("\\Windows\\System32\\startnet.cmd", "wpeinit\r\n")
 *     files["boot.wim"] = w:file()
 *
 * Methods that take an index use, without it, the image that boots, or the first one if none is
 * marked.
 */
#include "lua/bindings.h"
#include "lua/journal.h"
#include "lua/limits.h"

#include <string.h>

#include "base/path.h"
#include "digest/sha1.h"
#include "lua/lua_registry.h"
#include "lua/opened_hive.h"
#include "lua/script.h"
#include "wim/wim.h"

#define WIM_CLASS "wim"

static struct wim *check_wim(lua_State *state)
{
    return bindings_check_object(state, 1, WIM_CLASS);
}

static uint32_t check_index(lua_State *state, int argument, const struct wim *wim)
{
    uint32_t boot = wim_boot_index(wim);
    if (lua_isnoneornil(state, argument)) {
        return boot ? boot : 1;
    }
    return (uint32_t)bindings_check_integer(state, argument, 1, UINT32_MAX);
}

/* ---- fields ---- */

static int get_compression(lua_State *state)
{
    lua_pushstring(state, wim_compression(check_wim(state)));
    return 1;
}

static int get_chunk_size(lua_State *state)
{
    lua_pushinteger(state, wim_chunk_size(check_wim(state)));
    return 1;
}

static int get_boot_index(lua_State *state)
{
    lua_pushinteger(state, wim_boot_index(check_wim(state)));
    return 1;
}

static int set_boot_index(lua_State *state)
{
    struct wim *wim = check_wim(state);
    lua_Integer index = bindings_check_integer(state, 2, 1, UINT32_MAX);
    struct error error;
    if (wim_set_boot_index(wim, (uint32_t)index, &error)) {
        return bindings_raise(state, "wim.boot_index", &error);
    }
    journal_note(state, "index", NULL);
    return 0;
}

static int get_slim(lua_State *state)
{
    lua_pushboolean(state, wim_slim(check_wim(state)));
    return 1;
}

static int set_slim(lua_State *state)
{
    struct wim *wim = check_wim(state);
    struct error error;
    luaL_checktype(state, 2, LUA_TBOOLEAN);
    if (wim_set_slim(wim, lua_toboolean(state, 2), &error)) {
        return bindings_raise(state, "wim.slim", &error);
    }
    return 0;
}

static void set_string(lua_State *state, const char *key, const char *value)
{
    lua_pushstring(state, value);
    lua_setfield(state, -2, key);
}

static void set_integer(lua_State *state, const char *key, uint64_t value)
{
    lua_pushinteger(state, (lua_Integer)value);
    lua_setfield(state, -2, key);
}

static int get_images(lua_State *state)
{
    const struct wim *wim = check_wim(state);
    lua_newtable(state);
    for (uint32_t index = 1; index <= wim_image_count(wim); index++) {
        const struct wim_image *image = wim_image(wim, index);
        lua_createtable(state, 0, 7);
        set_string(state, "name", image->name);
        set_string(state, "description", image->description);
        set_string(state, "arch", image->arch);
        set_string(state, "version", image->version);
        set_string(state, "edition", image->edition);
        set_integer(state, "files", image->files);
        set_integer(state, "bytes", image->bytes);
        lua_rawseti(state, -2, index);
    }
    return 1;
}

/* The files that the WIM was opened from, in the order of their part numbers. */
static int get_parts(lua_State *state)
{
    const struct wim *wim = check_wim(state);
    const struct file *part;
    lua_newtable(state);
    for (uint32_t number = 1; (part = wim_part(wim, number)) != NULL; number++) {
        bindings_push_file(state, part);
        lua_rawseti(state, -2, number);
    }
    return 1;
}

/* ---- methods ---- */

/* w:find(path [, index]) */
static int find(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    struct file *file;
    opened_hives_commit(state, wim);
    if (wim_find(wim, check_index(state, 3, wim), path, &file, &error)) {
        return bindings_raise(state, "wim:find", &error);
    }
    bindings_push_file(state, file);
    return 1;
}

/* Values that the iterator of w:list() gives for each entry: name, attributes, size, SHA-1. */
enum { LISTED_VALUES = 4 };

struct listing {
    lua_State *state;
    lua_Integer count; /* values in the table on top of the stack */
};

static void push_hex(lua_State *state, const uint8_t *bytes, size_t length)
{
    luaL_Buffer buffer;
    luaL_buffinit(state, &buffer);
    for (size_t i = 0; i < length; i++) {
        luaL_addchar(&buffer, "0123456789abcdef"[bytes[i] >> 4]);
        luaL_addchar(&buffer, "0123456789abcdef"[bytes[i] & 15]);
    }
    luaL_pushresult(&buffer);
}

static bool add_to_listing(void *context, const struct wim_entry *entry)
{
    struct listing *listing = context;
    lua_State *state = listing->state;
    lua_pushstring(state, entry->name);
    lua_rawseti(state, -2, ++listing->count);
    lua_pushinteger(state, entry->attributes);
    lua_rawseti(state, -2, ++listing->count);
    lua_pushinteger(state, (lua_Integer)entry->size);
    lua_rawseti(state, -2, ++listing->count);
    push_hex(state, entry->sha1, SHA1_SIZE);
    lua_rawseti(state, -2, ++listing->count);
    return true;
}

/* w:list(path [, index]) */
static int list(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const char *path = bindings_check_name(state, 2);
    uint32_t index = check_index(state, 3, wim);
    struct listing listing = {.state = state};
    struct error error;
    opened_hives_commit(state, wim);
    lua_newtable(state);
    if (wim_list(wim, index, path, add_to_listing, &listing, &error)) {
        return bindings_raise(state, "wim:list", &error);
    }
    bindings_push_iterator(state, LISTED_VALUES);
    return 1;
}

/* w:inject(path, file or string [, index]) */
static int inject(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const char *path = bindings_check_name(state, 2);
    const struct file *file = bindings_check_content(state, 3, path_last_component(path));
    struct error error;
    bindings_expect_reading(state, file, file->size); /* its SHA-1 may be needed */
    if (wim_inject(wim, check_index(state, 4, wim), path, file, &error)) {
        return bindings_raise(state, "wim:inject", &error);
    }
    journal_note(state, "injected", path);
    return 0;
}

/* w:inject_all(directory, pattern or list [, index]) -> how many; see scripts/inject_all.lua */
static int inject_all(lua_State *state)
{
    check_wim(state);
    lua_settop(state, 4);
    script_push_builtin(state, "inject_all");
    lua_insert(state, 1);
    lua_call(state, 4, 1);
    return 1;
}

/* w:remove(path [, index]) */
static int remove_path(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    if (wim_remove(wim, check_index(state, 3, wim), path, &error)) {
        return bindings_raise(state, "wim:remove", &error);
    }
    journal_note(state, "removed", path);
    return 0;
}

/* w:verify([index]) */
static int verify(lua_State *state)
{
    struct wim *wim = check_wim(state);
    uint32_t index = check_index(state, 2, wim);
    struct error error;
    uint64_t bytes;
    if (wim_verify_size(wim, index, &bytes, &error)) {
        return bindings_raise(state, "wim:verify", &error);
    }
    script_expect_reading(state, bytes);
    if (wim_verify(wim, index, &error)) {
        return bindings_raise(state, "wim:verify", &error);
    }
    return 0;
}

/* w:registry(path [, index]) */
static int open_registry(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const char *path = bindings_check_name(state, 2);
    return registry_of_wim(state, wim, path, check_index(state, 3, wim));
}

/* w:file() */
static int patch(lua_State *state)
{
    struct wim *wim = check_wim(state);
    const struct file *patched;
    struct error error;
    opened_hives_commit(state, wim);
    if (wim_patch(wim, &patched, &error)) {
        return bindings_raise(state, "wim:file", &error);
    }
    bindings_push_file(state, patched);
    return 1;
}

static int to_string(lua_State *state)
{
    const struct wim *wim = check_wim(state);
    lua_pushfstring(state, "wim: %I image(s), %s", (lua_Integer)wim_image_count(wim),
                    wim_compression(wim));
    return 1;
}

static const struct bindings_member members[] = {
    {.name = "compression", .get = get_compression},
    {.name = "chunk_size", .get = get_chunk_size},
    {.name = "boot_index", .get = get_boot_index, .set = set_boot_index},
    {.name = "slim", .get = get_slim, .set = set_slim},
    {.name = "images", .get = get_images},
    {.name = "parts", .get = get_parts},
    {.name = "find", .method = find},
    {.name = "list", .method = list},
    {.name = "inject", .method = inject},
    {.name = "inject_all", .method = inject_all},
    {.name = "remove", .method = remove_path},
    {.name = "registry", .method = open_registry},
    {.name = "verify", .method = verify},
    {.name = "file", .method = patch},
    {0},
};

static const luaL_Reg metamethods[] = {{"__tostring", to_string}, {NULL, NULL}};

/* ---- the module ---- */

/* wim.open(file, ...): a WIM, or the parts of a split one; parts that are not named are searched
 * for among the given files. */
static int open_wim(lua_State *state)
{
    const struct file_list *files = &bindings_boot(state)->files;
    struct pool *pool = bindings_pool(state);
    int count = lua_gettop(state);
    size_t part_count = 0;
    struct error error;
    struct wim *wim;
    bindings_check_file(state, 1);
    size_t capacity = (size_t)count + files->count;
    const struct file **parts = bindings_allocate(state, capacity, sizeof(*parts));
    for (int i = 1; i <= count; i++) {
        parts[part_count++] = bindings_check_file(state, i);
    }
    if (count == 1) {
        part_count = wim_collect_parts(parts[0], files->files, files->count, parts);
    }
    if (wim_open(pool, parts, part_count, &wim, &error)) {
        return bindings_raise(state, "wim.open", &error);
    }
    bindings_push_object(state, WIM_CLASS, wim);
    return 1;
}

static const luaL_Reg functions[] = {{"open", open_wim}, {NULL, NULL}};

static int open_module(lua_State *state)
{
    bindings_define_class(state, WIM_CLASS, members, metamethods);
    bindings_push_module(state, "wim", functions);
    return 1;
}

PLUGIN(lua_module, wim) = {
    .name = "wim",
    .open = open_module,
};
