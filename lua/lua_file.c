/* SPDX-License-Identifier: BSD-2-Clause */
/* file: objects for files, and file.new(). The list of given files is in lua_files.c. */
#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/path.h"
#include "digest/digest.h"
#include "lua/bindings.h"
#include "lua/limits.h"

/* The registry's table from a file's address to its userdata, so that one file is one object. */
static const char objects_key;

void bindings_push_file(lua_State *state, const struct file *file)
{
    if (file == NULL) {
        lua_pushnil(state);
        return;
    }
    lua_rawgetp(state, LUA_REGISTRYINDEX, &objects_key);
    if (lua_rawgetp(state, -1, file) == LUA_TNIL) {
        lua_pop(state, 1);
        bindings_push_object(state, "file", file);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, -3, file);
    }
    lua_remove(state, -2);
}

const struct file *bindings_check_file(lua_State *state, int argument)
{
    return bindings_check_object(state, argument, "file");
}

/* Copy a string's bytes to where they outlive the hand-over. */
static const struct file *file_of_string(lua_State *state, int argument, const char *name)
{
    struct pool *pool = bindings_pool(state);
    size_t length;
    const char *text = lua_tolstring(state, argument, &length);
    void *bytes = NULL;
    if (length > 0) {
        bytes = bindings_check_memory(state, name, pool_allocate_content(pool, length));
        memcpy(bytes, text, length);
    }
    return bindings_check_memory(state, name, file_from_memory(pool, name, bytes, length));
}

const struct file *bindings_check_content(lua_State *state, int argument, const char *name)
{
    if (lua_type(state, argument) == LUA_TSTRING) {
        return file_of_string(state, argument, name);
    }
    if (luaL_testudata(state, argument, "file") == NULL) {
        luaL_typeerror(state, argument, "file or string");
    }
    return bindings_check_file(state, argument);
}

void bindings_name_file(lua_State *state, struct file *file, const char *name)
{
    struct pool *pool = bindings_pool(state);
    char *path = bindings_check_memory(state, "file", pool_copy_string(pool, name));
    if (*path_last_component(path) == '\0') {
        luaL_error(state, "file: '%s' is not the name of a file", name);
    }
    file_set_path(file, path);
}

/* file.new(name, data, ...) */
static int new_file(lua_State *state)
{
    struct pool *pool = bindings_pool(state);
    const char *name = bindings_check_name(state, 1);
    int count = lua_gettop(state) - 1;
    const struct file **parts;
    struct file *file;
    struct error error;
    luaL_argcheck(state, name[0] != '\0', 1, "a file needs a name");
    parts = bindings_allocate(state, (size_t)count, sizeof(*parts));
    for (int i = 0; i < count; i++) {
        parts[i] = bindings_check_content(state, i + 2, name);
        script_charge(state, parts[i]->extent_count);
    }
    if (file_join(pool, name, parts, (size_t)count, &file, &error) != 0) {
        return bindings_raise(state, "file.new", &error);
    }
    bindings_name_file(state, file, name);
    bindings_push_file(state, file);
    return 1;
}

void bindings_expect_reading(lua_State *state, const struct file *file, uint64_t length)
{
    uint64_t unchecked = file_unchecked(file);
    script_expect_reading(state, length > UINT64_MAX - unchecked ? UINT64_MAX : length + unchecked);
}

/* f:read([offset [, length]]) */
static int read_file(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    lua_Integer offset, length;
    struct error error;
    luaL_Buffer buffer;
    char *bytes;
    lua_settop(state, 3);
    offset = lua_isnil(state, 2) ? 0 : bindings_check_integer(state, 2, 0, (lua_Integer)file->size);
    length = lua_isnil(state, 3)
                 ? (lua_Integer)file->size - offset
                 : bindings_check_integer(state, 3, 0, (lua_Integer)file->size - offset);
    if (length > SCRIPT_MEMORY_LIMIT / 2) {
        return luaL_error(state, "file:read: %s: %I bytes are too many at once: read at most %d",
                          file->name, length, SCRIPT_MEMORY_LIMIT / 2);
    }
    bindings_expect_reading(state, file, (uint64_t)length);
    bytes = luaL_buffinitsize(state, &buffer, (size_t)length);
    if (file_read(file, (uint64_t)offset, bytes, (size_t)length, &error) != 0) {
        return bindings_raise(state, "file:read", &error);
    }
    luaL_pushresultsize(&buffer, (size_t)length);
    return 1;
}

static void show_progress(void *context, uint64_t done)
{
    const struct file *file = context;
    log_progress(file->name, done, file->size);
}

static int raise_unknown_digest(lua_State *state, const char *name)
{
    lua_pushliteral(state, "");
    PLUGIN_FOR_EACH(digest, digest)
    {
        lua_pushfstring(state, "%s%s%s", lua_tostring(state, -1),
                        lua_rawlen(state, -1) > 0 ? ", " : "", digest->name);
        lua_remove(state, -2);
    }
    return luaL_error(state, "file:hash: unknown algorithm '%s' (known: %s)", name,
                      lua_tostring(state, -1));
}

/* f:hash(algorithm) */
static int hash_file(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    const char *name = luaL_checkstring(state, 2);
    const struct digest *digest = digest_find(name);
    uint8_t result[DIGEST_SIZE_MAX];
    char text[2 * DIGEST_SIZE_MAX + 1];
    struct error error;
    if (digest == NULL) {
        return raise_unknown_digest(state, name);
    }
    bindings_expect_reading(state, file, file->size);
    /* From now on the file must keep these bytes. */
    if (file_pin(file, &error) != 0) {
        return bindings_raise(state, "file:hash", &error);
    }
    if (digest_file(digest, file, 0, file->size, result, show_progress, (void *)file, &error) !=
        0) {
        return bindings_raise(state, "file:hash", &error);
    }
    for (size_t i = 0; i < digest->size; i++) {
        format_string(text + 2 * i, 3, "%02x", result[i]);
    }
    lua_pushlstring(state, text, 2 * digest->size);
    return 1;
}

/* f:slice(offset, length) */
static int slice_file(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    lua_Integer offset = bindings_check_integer(state, 2, 0, (lua_Integer)file->size);
    lua_Integer length = bindings_check_integer(state, 3, 0, (lua_Integer)file->size - offset);
    struct file *slice;
    struct error error;
    if (file_slice(bindings_pool(state), file, (uint64_t)offset, (uint64_t)length, &slice,
                   &error) != 0) {
        return bindings_raise(state, "file:slice", &error);
    }
    bindings_push_file(state, slice);
    return 1;
}

/* f:patch(offset, data) */
static int patch_file(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    lua_Integer offset = bindings_check_integer(state, 2, 0, (lua_Integer)file->size);
    const struct file *piece = bindings_check_content(state, 3, file->name);
    struct file *patched;
    struct error error;
    if (file_patch(bindings_pool(state), file, (uint64_t)offset, piece, &patched, &error) != 0) {
        return bindings_raise(state, "file:patch", &error);
    }
    bindings_push_file(state, patched);
    return 1;
}

static int get_name(lua_State *state)
{
    lua_pushstring(state, bindings_check_file(state, 1)->name);
    return 1;
}

static int get_path(lua_State *state)
{
    lua_pushstring(state, bindings_check_file(state, 1)->path);
    return 1;
}

static int get_size(lua_State *state)
{
    lua_pushinteger(state, (lua_Integer)bindings_check_file(state, 1)->size);
    return 1;
}

static int to_string(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    lua_pushfstring(state, "file %s (%I bytes)", file->name, (lua_Integer)file->size);
    return 1;
}

static const struct bindings_member members[] = {
    {.name = "name", .get = get_name},       {.name = "path", .get = get_path},
    {.name = "size", .get = get_size},       {.name = "read", .method = read_file},
    {.name = "hash", .method = hash_file},   {.name = "slice", .method = slice_file},
    {.name = "patch", .method = patch_file}, {0},
};

static int open_file(lua_State *state)
{
    static const luaL_Reg metamethods[] = {{"__tostring", to_string}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"new", new_file}, {NULL, NULL}};
    lua_newtable(state);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &objects_key);
    bindings_define_class(state, "file", members, metamethods);
    bindings_push_module(state, "file", functions);
    return 1;
}

PLUGIN(lua_module, file) = {.name = "file", .open = open_file};
