/* SPDX-License-Identifier: BSD-2-Clause */
/* disk: the files on the virtual disk. */
#include <string.h>

#include "base/path.h"
#include "files/tree.h"
#include "lua/bindings.h"
#include "lua/journal.h"
#include "volume/volume.h"

enum { PATH_SIZE = 4096 };

static struct tree *check_tree(lua_State *state)
{
    luaL_checkudata(state, 1, "disk");
    return bindings_boot(state)->tree;
}

/* disk:add(path, f) */
static int add(lua_State *state)
{
    struct tree *tree = check_tree(state);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    const char *name;
    name = bindings_check_memory(state, "disk:add",
                                 pool_copy_string(bindings_pool(state), path_last_component(path)));
    if (tree_add(tree, path, bindings_check_content(state, 3, name), &error) != 0) {
        return bindings_raise(state, "disk:add", &error);
    }
    journal_note(state, "added to the disk", path);
    return 0;
}

/* disk:remove(path) */
static int remove_path(lua_State *state)
{
    struct tree *tree = check_tree(state);
    const char *path = bindings_check_name(state, 2);
    if (!tree_remove(tree, path)) {
        return luaL_error(state, "disk:remove: %s: there is no file or directory with this name",
                          path);
    }
    journal_note(state, "removed from the disk", path);
    return 0;
}

/* disk:find(path) */
static int find(lua_State *state)
{
    const struct tree_node *node = tree_find(check_tree(state), bindings_check_name(state, 2));
    bindings_push_file(state, node == NULL ? NULL : node->file);
    return 1;
}

/* The iterator: upvalues are a table path, file, path, file, ... and the position in it. */
static int next_entry(lua_State *state)
{
    lua_Integer position = lua_tointeger(state, lua_upvalueindex(2));
    lua_pushinteger(state, position + 2);
    lua_replace(state, lua_upvalueindex(2));
    lua_rawgeti(state, lua_upvalueindex(1), position + 1);
    lua_rawgeti(state, lua_upvalueindex(1), position + 2);
    return 2;
}

/* for path, f in disk:list() do: a loop may add and remove meanwhile. */
static int list(lua_State *state)
{
    struct tree *tree = check_tree(state);
    char *path = lua_newuserdatauv(state, PATH_SIZE, 0);
    lua_Integer count = 0;
    lua_newtable(state);
    for (struct tree_node *node = tree_root(tree); node != NULL; node = tree_next(node)) {
        if (node->file == NULL || tree_path(node, path, PATH_SIZE) >= PATH_SIZE) {
            continue;
        }
        lua_pushstring(state, path);
        lua_rawseti(state, -2, ++count);
        bindings_push_file(state, node->file);
        lua_rawseti(state, -2, ++count);
    }
    lua_pushinteger(state, 0);
    lua_pushcclosure(state, next_entry, 2);
    return 1;
}

static int get_label(lua_State *state)
{
    const char *label = bindings_boot(state)->volume.label;
    lua_pushstring(state, label == NULL ? "WIMBOOT" : label);
    return 1;
}

static int set_label(lua_State *state)
{
    const char *label = bindings_check_name(state, 2);
    struct error error;
    luaL_argcheck(state, label[0] != '\0', 2, "a label has 1 to 11 characters");
    if (volume_check_label(label, &error) != 0) {
        return bindings_raise(state, "disk.label", &error);
    }
    bindings_boot(state)->volume.label =
        bindings_check_memory(state, "disk.label", pool_copy_string(bindings_pool(state), label));
    return 0;
}

static int get_signature(lua_State *state)
{
    lua_pushinteger(state, bindings_boot(state)->volume.signature);
    return 1;
}

static int set_signature(lua_State *state)
{
    bindings_boot(state)->volume.signature =
        (uint32_t)bindings_check_integer(state, 2, 1, UINT32_MAX);
    return 0;
}

static const struct bindings_member members[] = {
    {.name = "add", .method = add},
    {.name = "remove", .method = remove_path},
    {.name = "find", .method = find},
    {.name = "list", .method = list},
    {.name = "label", .get = get_label, .set = set_label},
    {.name = "signature", .get = get_signature, .set = set_signature},
    {0},
};

static int open_disk(lua_State *state)
{
    bindings_define_class(state, "disk", members, NULL);
    lua_newuserdatauv(state, 0, 0);
    luaL_setmetatable(state, "disk");
    return 1;
}

PLUGIN(lua_module, disk) = {.name = "disk", .open = open_disk};
