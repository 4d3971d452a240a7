/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Lua state with limits, so that a mistake in a script ends in a message instead of a dead
 * machine:
 *
 *  - memory: a heap that counts (heap.c);
 *  - work (limits.c). Scripts cannot provide code that runs while nothing is counted (message
 *    handlers, finalizers): there is no xpcall(), setmetatable() refuses __gc, and the handler
 * below calls no function of the script;
 *  - reach (libraries.c): no io, os, debug, package, no bytecode (lua/port/undump.c), and no
 *    addresses (addresses.c).
 *
 * The script decides what the machine boots, and may keep it from booting. Under Secure Boot the
 * loader is signed and the script is not: there the machine's security depends on scripts not
 * reaching memory that is not theirs.
 */
#include "lua/state.h"

#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/smbios.h"
#include "lua/addresses.h"
#include "lua/limits.h"

enum { COMPARING_COST = 4 }; /* bytes moved in the time of comparing one */

/* The running state, for the hooks of config.h, which do not get it as an argument. */
static struct script *running;

/* ---- functions for lua/port/config.h ---- */

void script_write(const char *text, size_t length)
{
    log_text(LOG_INFO, text, length);
}

void script_write_error(const char *format, const char *text)
{
    log_error("Lua: %s", text);
}

bool script_match_exhausted(void)
{
    running->limits.steps_left -= running->limits.match_cost;
    return running->limits.steps_left < 0;
}

void script_count_compared(size_t length)
{
    work_done.moved += COMPARING_COST * (uint64_t)length;
}

int script_compare_text(const char *left, const char *right)
{
    size_t i = 0;
    while (left[i] != '\0' && left[i] == right[i]) {
        i++;
    }
    work_done.moved += COMPARING_COST * (uint64_t)i;
    return (unsigned char)left[i] - (unsigned char)right[i];
}

/* ---- globals ---- */

/* Push " (did you mean 'x'?)", or an empty string. The table of globals is argument 1. */
static const char *push_suggestion(lua_State *state, const char *name)
{
    if (strlen(name) < 3) {
        return lua_pushliteral(state, "");
    }
    if (luaL_getmetatable(state, "boot") == LUA_TTABLE && /* the class: see bindings.c */
        lua_getfield(state, -1, "fields") == LUA_TTABLE &&
        lua_getfield(state, -1, name) == LUA_TBOOLEAN) {
        return lua_pushfstring(state, " (did you mean 'boot.%s'?)", name);
    }
    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        lua_pop(state, 1);
        script_charge(state, 1);
        if (lua_type(state, -1) == LUA_TSTRING &&
            names_are_near(name, strlen(name), lua_tostring(state, -1))) {
            return lua_pushfstring(state, " (did you mean '%s'?)", lua_tostring(state, -1));
        }
    }
    return lua_pushliteral(state, "");
}

static int raise_undefined(lua_State *state)
{
    const char *name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "?";
    return luaL_error(state, "undefined global '%s'%s", name, push_suggestion(state, name));
}

static int raise_new_global(lua_State *state)
{
    const char *name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "?";
    return luaL_error(state, "assignment to undefined global '%s'%s: write 'local' in front of it",
                      name, push_suggestion(state, name));
}

void script_make_strict(lua_State *state)
{
    lua_pushglobaltable(state);
    lua_createtable(state, 0, 3);
    lua_pushcfunction(state, raise_undefined);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, raise_new_global);
    lua_setfield(state, -2, "__newindex");
    lua_pushliteral(state, "globals");
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
    lua_pop(state, 1);
}

/* ---- the state ---- */

static int open_protected(lua_State *state)
{
    script_open_serials(state);
    script_open_libraries(state);
    return 0;
}

bool script_open(struct script *script, struct boot *boot)
{
    *script = (struct script){.boot = boot};
    script_choose_secret();
    lua_heap_open(&script->heap, SCRIPT_MEMORY_LIMIT);
    script->state = lua_newstate(lua_heap_allocate, &script->heap);
    if (script->state == NULL) {
        lua_heap_close(&script->heap);
        return false;
    }
    running = script;
    /* Collecting the garbage of a boot script costs more than keeping it. When the memory limit
     * is reached, Lua collects anyway before it gives up. */
    lua_gc(script->state, LUA_GCSTOP);
    *(struct script **)lua_getextraspace(script->state) = script;
    lua_pushcfunction(script->state, open_protected);
    if (lua_pcall(script->state, 0, 0, 0) != LUA_OK) {
        script_close(script);
        return false;
    }
    script_limits_start(script);
    lua_sethook(script->state, script_count_instructions, LUA_MASKCOUNT, SCRIPT_HOOK_PERIOD);
    return true;
}

void script_close(struct script *script)
{
    script_limits_end(script);
    /* Nothing of a state needs to be closed: no object has a finalizer. Its memory is simply freed.
     */
    lua_heap_close(&script->heap);
    script->state = NULL;
}

bool script_is_builtin(lua_State *state, int level)
{
    static const char prefix[] = "@" SCRIPT_BUILTIN_PREFIX;
    lua_Debug frame;
    return lua_getstack(state, level, &frame) && lua_getinfo(state, "S", &frame) &&
           strncmp(frame.source, prefix, sizeof(prefix) - 1) == 0;
}

/* Whether a script of the site is among the callers. */
static bool site_is_involved(lua_State *state)
{
    lua_Debug frame;
    for (int level = 1; lua_getstack(state, level, &frame); level++) {
        if (lua_getinfo(state, "S", &frame) && frame.what[0] != 'C' &&
            !script_is_builtin(state, level)) {
            return true;
        }
    }
    return false;
}

/* Push what a message of a nil value in a field means where that is a fact of boot.smbios which
 * this machine does not tell; else an empty string. */
static const char *push_missing_fact(lua_State *state, const char *message)
{
    const struct machine *machine = platform_machine();
    const char *field = strstr(message, "a nil value (field '");
    char text[8];

    for (size_t i = 0; field != NULL && i < SMBIOS_FIELD_COUNT; i++) {
        const char *name = smbios_fields[i].name, *at = strchr(field, '\'') + 1;
        size_t length = strlen(name);

        if (strncmp(at, name, length) == 0 && at[length] == '\'' &&
            smbios_fact(machine->smbios, machine->smbios_size, &smbios_fields[i], text,
                        sizeof(text)) == 0) {
            return lua_pushfstring(state, ": this machine tells no %s", name);
        }
    }
    return lua_pushliteral(state, "");
}

/* The message handler. Hooks are off while it runs: it must not call functions of the script.
 * Where only the loader's own scripts are involved, a traceback would tell the user nothing. */
static int add_traceback(lua_State *state)
{
    const char *message = lua_tostring(state, 1);
    if (message == NULL) {
        message = lua_pushfstring(state, "the error is not a message but a value of type %s",
                                  luaL_typename(state, 1));
    }
    message = lua_pushfstring(state, "%s%s", message, push_missing_fact(state, message));
    if (site_is_involved(state)) {
        luaL_traceback(state, state, message, 1);
    } else {
        lua_pushstring(state, message);
    }
    return 1;
}

int script_call(lua_State *state, int argument_count, int result_count)
{
    int handler = lua_gettop(state) - argument_count;
    int status;
    lua_pushcfunction(state, add_traceback);
    lua_insert(state, handler);
    status = lua_pcall(state, argument_count, result_count, handler);
    lua_remove(state, handler);
    return status;
}
