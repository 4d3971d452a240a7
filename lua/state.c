/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Lua state with limits, so that a mistake in a script ends in a message instead of a dead
 * machine:
 *
 *  - memory: a heap that counts (heap.c);
 *  - time: a count of the virtual machine's instructions. Once it is used up, every further
 *    instruction raises, so that no pcall() can go on. What runs with that count switched off
 *    (message handlers, finalizers) scripts cannot provide: there is no xpcall(), setmetatable()
 *    refuses __gc, and the handler below calls nothing of the script's. Library functions that
 *    loop in C have limits of their own;
 *  - reach: no io, os, debug, package, and no bytecode (lua/port/undump.c).
 *
 * It is a seat belt, not a sandbox for several parties: the script decides what the machine boots.
 */
#include "lua/state.h"

#include <lualib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "lua/addresses.h"

int64_t script_instruction_limit = 20 * 1000 * 1000;

/* The one state that runs: for the hooks of config.h, which are not told. */
static struct script *running;

/* ---- what lua/port/config.h asks for ---- */

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
    return --running->instructions_left < 0;
}

/* ---- limits ---- */

void script_charge(lua_State *state, size_t bytes)
{
    struct script *script = script_of(state);

    if (bytes > SCRIPT_CHARGE_LIMIT - script->charged) {
        luaL_error(state, "the script makes files of more than %d MiB", SCRIPT_CHARGE_LIMIT >> 20);
    }
    script->charged += bytes;
}

static void count_instructions(lua_State *state, lua_Debug *event)
{
    struct script *script = script_of(state);

    if (!script->exhausted) {
        script->instructions_left -= SCRIPT_HOOK_PERIOD;
        if (script->instructions_left >= 0) {
            return;
        }
        script->exhausted = true;
    }
    lua_sethook(state, count_instructions, LUA_MASKCOUNT, 1);
    luaL_error(state, "the script ran for %d million instructions without an end: an endless loop?",
               (int)(script_instruction_limit / 1000000));
}

/* ---- library functions with limits ---- */

static int limited_setmetatable(lua_State *state)
{
    int type = lua_type(state, 2);

    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_argexpected(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (type == LUA_TTABLE) {
        lua_pushliteral(state, "__gc");
        if (lua_rawget(state, 2) != LUA_TNIL) {
            return luaL_error(state, "setmetatable: finalizers (__gc) are not available");
        }
    }
    if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(state, "cannot change a protected metatable");
    }
    lua_settop(state, 2);
    lua_setmetatable(state, 1);
    return 1;
}

static int limited_load(lua_State *state)
{
    size_t length;
    const char *text = luaL_checklstring(state, 1, &length);
    const char *name = luaL_optstring(state, 2, text);
    bool has_environment = !lua_isnoneornil(state, 4);

    if (script_load(state, text, length, name) != LUA_OK) {
        lua_pushnil(state);
        lua_insert(state, -2);
        return 2;
    }
    if (has_environment) {
        lua_pushvalue(state, 4);
        lua_setupvalue(state, -2, 1);
    }
    return 1;
}

/* Call the library's own function, which is upvalue 1, with the same arguments. */
static int call_original(lua_State *state)
{
    int argument_count = lua_gettop(state);

    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, argument_count, LUA_MULTRET);
    return lua_gettop(state);
}

static int limited_match(lua_State *state)
{
    size_t subject_length, pattern_length;

    luaL_checklstring(state, 1, &subject_length);
    luaL_checklstring(state, 2, &pattern_length);
    luaL_argcheck(state, subject_length <= SCRIPT_SUBJECT_LIMIT, 1,
                  "strings over 1 MiB cannot be searched");
    luaL_argcheck(state, pattern_length <= SCRIPT_PATTERN_LIMIT, 2,
                  "a pattern can have 4096 characters");
    return call_original(state);
}

static int limited_rep(lua_State *state)
{
    size_t length, separator_length = 0;
    lua_Integer count = luaL_checkinteger(state, 2);

    luaL_checklstring(state, 1, &length);
    luaL_optlstring(state, 3, "", &separator_length);
    if (count > SCRIPT_MEMORY_LIMIT ||
        (count > 0 && length + separator_length > SCRIPT_MEMORY_LIMIT / (size_t)count)) {
        return luaL_error(state, "string.rep: the result would be too large");
    }
    return call_original(state);
}

/* Without arguments, Lua's own returns the address of the state as one of its seeds. */
static int limited_randomseed(lua_State *state)
{
    if (lua_gettop(state) == 0) {
        lua_pushinteger(state, script_seed());
        lua_pushinteger(state, script_seed());
    }
    return call_original(state);
}

/* The functions of `table` trust a table's __len, and loop that often. */
static int limited_table_function(lua_State *state)
{
    int count = lua_gettop(state);

    for (int i = 1; i <= count; i++) {
        if (luaL_getmetafield(state, i, "__len") != LUA_TNIL && lua_istable(state, i)) {
            return luaL_argerror(state, i, "a table with __len is not accepted here");
        }
        lua_settop(state, count);
    }
    return call_original(state);
}

static int limited_move(lua_State *state)
{
    lua_Integer from = luaL_checkinteger(state, 2), to = luaL_checkinteger(state, 3);

    if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from >= SCRIPT_MEMORY_LIMIT) {
        return luaL_error(state, "table.move: too many elements");
    }
    return call_original(state);
}

/* Put a limit in front of a library function: the library is on top of the stack. */
static void limit(lua_State *state, const char *name, lua_CFunction limited)
{
    lua_getfield(state, -1, name);
    lua_pushcclosure(state, limited, 1);
    lua_setfield(state, -2, name);
}

static void remove_global(lua_State *state, const char *name)
{
    lua_pushnil(state);
    lua_setglobal(state, name);
}

static void open_libraries(lua_State *state)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine},
    };
    static const char *const removed[] = {"dofile", "loadfile", "collectgarbage", "xpcall", "warn"};
    static const char *const matching[] = {"find", "match", "gmatch", "gsub"};
    static const char *const looping[] = {"insert", "remove", "concat", "sort", "unpack"};

    for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
        luaL_requiref(state, libraries[i].name, libraries[i].func, 1);
        lua_pop(state, 1);
    }
    for (size_t i = 0; i < sizeof(removed) / sizeof(*removed); i++) {
        remove_global(state, removed[i]);
    }
    lua_register(state, "setmetatable", limited_setmetatable);
    lua_register(state, "load", limited_load);

    lua_getglobal(state, LUA_STRLIBNAME);
    for (size_t i = 0; i < sizeof(matching) / sizeof(*matching); i++) {
        limit(state, matching[i], limited_match);
    }
    limit(state, "rep", limited_rep);
    lua_pushnil(state);
    lua_setfield(state, -2, "dump");
    lua_pop(state, 1);

    lua_getglobal(state, LUA_TABLIBNAME);
    for (size_t i = 0; i < sizeof(looping) / sizeof(*looping); i++) {
        limit(state, looping[i], limited_table_function);
    }
    limit(state, "move", limited_move);
    lua_pop(state, 1);

    lua_getglobal(state, LUA_MATHLIBNAME);
    limit(state, "randomseed", limited_randomseed);
    lua_getfield(state, -1, "randomseed");
    lua_call(state, 0, 0);
    lua_pop(state, 1);
}

/* ---- globals ---- */

/* Whether two names differ by one letter: one more, one less, another one, or two exchanged. */
static bool is_near(const char *left, const char *right)
{
    size_t left_length, right_length;

    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    left_length = strlen(left);
    right_length = strlen(right);
    if (left_length == right_length && left_length > 0) {
        if (strcmp(left + 1, right + 1) == 0) {
            return true;
        }
        return left_length > 1 && left[0] == right[1] && left[1] == right[0] &&
               strcmp(left + 2, right + 2) == 0;
    }
    if (left_length == right_length + 1) {
        return strcmp(left + 1, right) == 0;
    }
    return right_length == left_length + 1 && strcmp(left, right + 1) == 0;
}

/* Push " (did you mean 'x'?)", or an empty string. The table of globals is argument 1. */
static const char *push_suggestion(lua_State *state, const char *name)
{
    if (strlen(name) < 3) {
        return lua_pushliteral(state, "");
    }
    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        lua_pop(state, 1);
        if (lua_type(state, -1) == LUA_TSTRING && is_near(name, lua_tostring(state, -1))) {
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
    open_libraries(state);
    return 0;
}

bool script_open(struct script *script, struct boot *boot)
{
    *script = (struct script){.boot = boot, .instructions_left = script_instruction_limit};
    script_choose_secret();
    lua_heap_open(&script->heap, SCRIPT_MEMORY_LIMIT);
    script->state = lua_newstate(lua_heap_allocate, &script->heap);
    if (script->state == NULL) {
        lua_heap_close(&script->heap);
        return false;
    }
    running = script;
    /* A boot script makes less garbage than it costs to look for it. When the limit of memory is
     * met, Lua collects all the same before it gives up. */
    lua_gc(script->state, LUA_GCSTOP);
    *(struct script **)lua_getextraspace(script->state) = script;
    lua_pushcfunction(script->state, open_protected);
    if (lua_pcall(script->state, 0, 0, 0) != LUA_OK) {
        script_close(script);
        return false;
    }
    lua_sethook(script->state, count_instructions, LUA_MASKCOUNT, SCRIPT_HOOK_PERIOD);
    return true;
}

void script_close(struct script *script)
{
    /* Nothing of a state needs to be closed: no object has a finalizer. Its memory is dropped. */
    lua_heap_close(&script->heap);
    script->state = NULL;
}

int script_load(lua_State *state, const char *text, size_t length, const char *chunk_name)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";

    /* Editors on Windows put one in front. */
    if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        text += 3;
        length -= 3;
    }
    return luaL_loadbufferx(state, text, length, chunk_name, "t");
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

/* The message handler. Hooks are off while it runs: it must not call anything of the script's.
 * Where only the loader's own scripts are involved, a traceback would tell the person nothing. */
static int add_traceback(lua_State *state)
{
    const char *message = lua_tostring(state, 1);

    if (message == NULL) {
        message = lua_pushfstring(state, "the error is not a message but a value of type %s",
                                  luaL_typename(state, 1));
    }
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
