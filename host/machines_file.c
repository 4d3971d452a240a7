/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --machine FILE: machines as a Lua table, `return { firmware = "bios", ... }` or a list of such
 * tables. The file is run without any library: it is data.
 */
#include <stdlib.h>
#include <string.h>

#include "host/machine_network.h"
#include "host/pci_listing.h"
#include "host/preview.h"
#include <lauxlib.h>
#include <lua.h>

static void *allocate(void *context, void *memory, size_t old_size, size_t size)
{
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, size);
}

/* The text of a string or number on the stack, kept in the pool; NULL if it is neither. */
static const char *text_at(lua_State *state, int index, struct pool *pool)
{
    const char *text = lua_type(state, index) == LUA_TSTRING || lua_isnumber(state, index)
                           ? lua_tostring(state, index)
                           : NULL;
    return text == NULL ? NULL : pool_copy_string(pool, text);
}

static int take_smbios(lua_State *state, struct preview *preview, struct machine_plan *plan,
                       struct error *error)
{
    if (!lua_istable(state, -1)) {
        return error_set(error, "smbios must be a table");
    }
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        if (lua_type(state, -2) != LUA_TSTRING || !lua_isstring(state, -1)) {
            return error_set(error, "smbios: fields and values must be strings");
        }
        lua_pushfstring(state, "%s=%s", lua_tostring(state, -2), lua_tostring(state, -1));
        const char *assignment = text_at(state, -1, preview->pool);
        lua_pop(state, 2);
        if (assignment == NULL || machine_set_smbios(plan, assignment, error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int take_macs(lua_State *state, struct preview *preview, struct machine_plan *plan,
                     struct error *error)
{
    if (lua_type(state, -1) == LUA_TSTRING) {
        return machine_add_mac(plan, lua_tostring(state, -1), error);
    }
    if (!lua_istable(state, -1)) {
        return error_set(error, "mac must be an address or a list of them");
    }
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(state, -1); i++) {
        lua_rawgeti(state, -1, i);
        const char *address = text_at(state, -1, preview->pool);
        lua_pop(state, 1);
        if (address == NULL) {
            return error_set(error, "mac must be a list of addresses");
        }
        if (machine_add_mac(plan, address, error) != 0) {
            return -1;
        }
    }
    return 0;
}

/* A list of ids, or the name of a listing, which is in the folder that the preview runs in. */
static int take_pci(lua_State *state, struct machine_plan *plan, struct error *error)
{
    if (lua_type(state, -1) == LUA_TSTRING) {
        return machine_add_pci(plan, lua_tostring(state, -1), error);
    }
    if (!lua_istable(state, -1)) {
        return error_set(error, "pci must be a list of ids, or a file from lspci or pnputil");
    }
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(state, -1); i++) {
        lua_rawgeti(state, -1, i);
        const char *id = lua_type(state, -1) == LUA_TSTRING ? lua_tostring(state, -1) : "";
        int rc = machine_add_pci_id(plan, id, error);
        if (rc != 0) {
            return rc < 0
                       ? -1
                       : error_set(error, "pci: entry %d is not an id such as 8086:100e", (int)i);
        }
        lua_pop(state, 1);
    }
    return 0;
}

static int take_answers(lua_State *state, struct preview *preview, struct machine_plan *plan,
                        struct error *error)
{
    if (!lua_istable(state, -1)) {
        return error_set(error, "answers must be a list of texts");
    }
    lua_Integer count = (lua_Integer)lua_rawlen(state, -1);
    if (count > PREVIEW_ANSWERS_MAX) {
        return error_set(error, "answers: more than %d", PREVIEW_ANSWERS_MAX);
    }
    const char **answers = pool_allocate_array(preview->pool, (size_t)count + 1, sizeof(*answers));
    if (answers == NULL) {
        return error_no_memory(error, "answers");
    }
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(state, -1, i);
        answers[i - 1] = text_at(state, -1, preview->pool);
        lua_pop(state, 1);
        if (answers[i - 1] == NULL) {
            return error_set(error, "answers must be a list of texts");
        }
    }
    plan->answers = answers;
    plan->answer_count = (size_t)count;
    return 0;
}

static int take_field(lua_State *state, struct preview *preview, struct machine_plan *plan,
                      const char *key, struct error *error)
{
    if (strcmp(key, "smbios") == 0) {
        return take_smbios(state, preview, plan, error);
    }
    if (strcmp(key, "mac") == 0) {
        return take_macs(state, preview, plan, error);
    }
    if (strcmp(key, "pci") == 0) {
        return take_pci(state, plan, error);
    }
    if (strcmp(key, "network") == 0) {
        return machine_take_network(state, plan, error);
    }
    if (strcmp(key, "answers") == 0) {
        return take_answers(state, preview, plan, error);
    }
    if (strcmp(key, "secure_boot") == 0) {
        plan->facts.secure_boot = lua_toboolean(state, -1);
        return 0;
    }
    const char *value = text_at(state, -1, preview->pool);
    if (value == NULL) {
        return error_set(error, "%s must be a string", key);
    }
    if (strcmp(key, "name") == 0) {
        plan->name = value;
    } else if (strcmp(key, "args") == 0) {
        plan->facts.command_line = value;
    } else if (strcmp(key, "keys") == 0) {
        plan->keys = value;
    } else if (strcmp(key, "arch") == 0) {
        return machine_set_arch(plan, value, error);
    } else if (strcmp(key, "cpu") == 0) {
        return machine_set_cpu(plan, value, error);
    } else if (strcmp(key, "url") == 0) {
        plan->facts.url = value;
    } else if (strcmp(key, "firmware") == 0) {
        return machine_set_firmware(plan, value, error);
    } else if (strcmp(key, "memory") == 0) {
        return machine_set_memory(plan, value, error);
    } else {
        return error_set(
            error,
            "unknown field %s: known are name, firmware, arch, cpu, memory, mac, pci, smbios, "
            "secure_boot, args, url, network, keys, answers",
            key);
    }
    return 0;
}

/* The table on top of the stack as a machine. */
static int take_machine(lua_State *state, struct preview *preview, struct error *error)
{
    if (preview->machine_count == PREVIEW_MACHINES_MAX) {
        return error_set(error, "more than %d machines", PREVIEW_MACHINES_MAX);
    }
    struct machine_plan *plan = &preview->machines[preview->machine_count++];
    machine_start(plan);
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        if (lua_type(state, -2) != LUA_TSTRING) {
            return error_set(error, "a machine has named fields only");
        }
        const char *key = text_at(state, -2, preview->pool);
        if (key == NULL || take_field(state, preview, plan, key, error) != 0) {
            return -1;
        }
        lua_pop(state, 1);
    }
    return 0;
}

static int read_machines(lua_State *state, struct preview *preview, const char *path,
                         struct error *error)
{
    if (luaL_loadfilex(state, path, "t") != LUA_OK || lua_pcall(state, 0, 1, 0) != LUA_OK) {
        return error_set(error, "%s", lua_tostring(state, -1));
    }
    if (!lua_istable(state, -1)) {
        return error_set(error, "%s: must return a table", path);
    }
    lua_Integer count = (lua_Integer)lua_rawlen(state, -1);
    int rc = count == 0 ? take_machine(state, preview, error) : 0;
    for (lua_Integer i = 1; i <= count && rc == 0; i++) {
        lua_rawgeti(state, -1, i);
        rc = lua_istable(state, -1) ? take_machine(state, preview, error)
                                    : error_set(error, "entry %d is not a table", (int)i);
        lua_settop(state, 1);
    }
    return rc == 0 ? 0 : error_prefix(error, "%s: ", path);
}

int preview_read_machines(struct preview *preview, const char *path, struct error *error)
{
    lua_State *state = lua_newstate(allocate, NULL);
    if (state == NULL) {
        return error_no_memory(error, "reading %s", path);
    }
    int rc = read_machines(state, preview, path, error);
    lua_close(state);
    return rc;
}
