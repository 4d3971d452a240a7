/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lua's libraries: which parts scripts get, and limits for functions that loop in C without
 * allocating, so that neither the count of instructions nor that of memory covers them.
 */
#include <lualib.h>
#include <string.h>

#include "base/unicode.h"
#include "lua/limits.h"
#include "lua/state.h"

/* ---- base ---- */

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

/* Whether a message is of a string that does not end where its author thinks: it has the quotation
 * mark that it began with, so \" was meant to be its end. */
static bool ends_in_backslash(const char *message)
{
    static const char start[] = "unfinished string near '";
    const char *text = strstr(message, start);

    return text != NULL && text[sizeof(start) - 1] != '\0' &&
           strchr(text + sizeof(start), text[sizeof(start) - 1]) != NULL;
}

/* What a message of Lua's parser means in the words of those who know other languages; NULL if
 * there is nothing to add. */
static const char *advice_on_syntax(const char *message)
{
    static const struct {
        const char *part, *advice;
    } advices[] = {
        {"invalid escape sequence", "in a path, write each \\ twice (\\\\), or use /"},
        {"near '!'", "not equal is ~=, and not is 'not'"},
        {"near '&'", "and is 'and'"},
        {"near '|'", "or is 'or'"},
    };

    if (ends_in_backslash(message)) {
        return advices[0].advice;
    }
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (strstr(message, advices[i].part) != NULL) {
            return advices[i].advice;
        }
    }
    return NULL;
}

/* Load UTF-8. */
static int load_text(lua_State *state, const char *text, size_t length, const char *chunk_name)
{
    int status = luaL_loadbufferx(state, text, length, chunk_name, "t");

    const char *advice = status == LUA_ERRSYNTAX ? advice_on_syntax(lua_tostring(state, -1)) : NULL;

    if (advice != NULL) {
        lua_pushfstring(state, "%s: %s", lua_tostring(state, -1), advice);
        lua_remove(state, -2);
    }
    return status;
}

/* Load UTF-16LE, which PowerShell and some editors write. */
static int load_utf16(lua_State *state, const char *units, size_t length, const char *chunk_name)
{
    size_t unit_count = length / 2, size = utf8_from_utf16(units, unit_count, NULL, 0) + 1;
    char *text = lua_newuserdatauv(state, size, 0);

    utf8_from_utf16(units, unit_count, text, size);
    int status = load_text(state, text, size - 1, chunk_name);

    lua_remove(state, -2);
    return status;
}

int script_load(lua_State *state, const char *text, size_t length, const char *chunk_name)
{
    /* Editors on Windows put a byte order mark in front. */
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        return load_text(state, text + 3, length - 3, chunk_name);
    }
    if (length >= 2 && memcmp(text, "\xff\xfe", 2) == 0) {
        return load_utf16(state, text + 2, length - 2, chunk_name);
    }
    if (length >= 2 && memcmp(text, "\xfe\xff", 2) == 0) {
        lua_pushfstring(state, "%s: the text is UTF-16 in the wrong byte order: save it as UTF-8",
                        chunk_name + (*chunk_name == '@'));
        return LUA_ERRSYNTAX;
    }
    return load_text(state, text, length, chunk_name);
}

static int limited_load(lua_State *state)
{
    size_t length;
    const char *text = luaL_checklstring(state, 1, &length);
    const char *name = luaL_optstring(state, 2, text);
    bool has_environment = !lua_isnoneornil(state, 4);
    script_charge(state, length);

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

/* Without arguments, Lua's own returns the address of the state as one of its seeds. */
static int limited_randomseed(lua_State *state)
{
    if (lua_gettop(state) == 0) {
        lua_pushinteger(state, script_seed());
        lua_pushinteger(state, script_seed());
    }
    return call_original(state);
}

/* ---- string ---- */

/* What one step of a pattern can take: %b and back-references (%1) go through text in one step, up
 * to all of the subject; and a set is gone through for each character. */
static lua_Integer match_cost(const char *pattern, size_t pattern_length, size_t subject_length)
{
    lua_Integer cost =
        memchr(pattern, '[', pattern_length) == NULL ? 1 : 1 + (lua_Integer)(pattern_length / 16);
    for (size_t i = 0; i + 1 < pattern_length; i++) {
        char next = pattern[i + 1];
        if (pattern[i] == '%' && (next == 'b' || (next >= '1' && next <= '9'))) {
            return cost + (lua_Integer)(subject_length / 64);
        }
    }
    return cost;
}

/* Call the library's own function as call_original() does, while a step costs so much. Functions
 * that it calls back may match, too, and fail: the cost from before returns in any case. */
static int call_matching(lua_State *state, lua_Integer cost)
{
    struct script_limits *limits = &script_of(state)->limits;
    int64_t before = limits->match_cost;
    int argument_count = lua_gettop(state);

    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    limits->match_cost = cost;

    int status = lua_pcall(state, argument_count, LUA_MULTRET, 0);

    limits->match_cost = before;
    if (status != LUA_OK && limits->steps_left < 0 && limits->exceeded[0] == '\0') {
        /* The matcher stopped wherever it was, and said what is said of errors there. */
        return luaL_error(state, "pattern too complex");
    }
    return status == LUA_OK ? lua_gettop(state) : lua_error(state);
}

/* Searching: a pattern's steps are counted by the matcher (lua/port/config.h). A plain search takes
 * as many comparisons as the product of both lengths, in the worst case, without an interruption.
 */
static lua_Integer check_match(lua_State *state)
{
    size_t subject_length, pattern_length;
    const char *pattern;

    luaL_checklstring(state, 1, &subject_length);
    pattern = luaL_checklstring(state, 2, &pattern_length);
    luaL_argcheck(state, subject_length <= SCRIPT_SUBJECT_LIMIT, 1,
                  "strings over 1 MiB cannot be searched");
    luaL_argcheck(state, pattern_length <= SCRIPT_PATTERN_LIMIT, 2,
                  "a pattern can have at most 4096 characters");
    return match_cost(pattern, pattern_length, subject_length);
}

static int limited_match(lua_State *state)
{
    return call_matching(state, check_match(state));
}

/* The iterator of string.gmatch(): upvalues are the library's own, and what a step costs. */
static int next_match(lua_State *state)
{
    return call_matching(state, lua_tointeger(state, lua_upvalueindex(2)));
}

static int limited_gmatch(lua_State *state)
{
    lua_Integer cost = check_match(state);

    call_original(state);
    lua_pushinteger(state, cost);
    lua_pushcclosure(state, next_match, 2);
    return 1;
}

/* string.find: charged afterwards, when it is known how much it searched. */
static int limited_find(lua_State *state)
{
    size_t subject_length, pattern_length;
    lua_Integer start = luaL_optinteger(state, 3, 1);
    luaL_checklstring(state, 1, &subject_length);
    luaL_checklstring(state, 2, &pattern_length);
    luaL_argcheck(state, subject_length <= SCRIPT_FIND_LIMIT / (pattern_length + 1), 2,
                  "the product of both lengths is over 256 Mi");
    start = start > 0 ? start
            : start < 0 && 0 - (lua_Unsigned)start <= subject_length
                ? (lua_Integer)subject_length + start + 1
                : 1;

    int result_count = limited_match(state);
    lua_Integer end = (lua_Integer)subject_length;

    if (result_count >= 2 && lua_isinteger(state, -result_count)) {
        end = lua_tointeger(state, -result_count);
    }
    if (end > start) {
        script_charge(state, (lua_Unsigned)(end - start) * (pattern_length + 1) / 16);
    }
    return result_count;
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

/* Functions that read a whole string without making one. */
static int limited_by_length(lua_State *state)
{
    size_t length = 0;
    if (lua_type(state, 1) == LUA_TSTRING) {
        lua_tolstring(state, 1, &length);
    }
    script_charge(state, length / 16);
    return call_original(state);
}

/* ---- table ---- */

/* The functions of `table` loop as often as a table's length says, and a table can have any length
 * (#t is one of the borders of a table with holes). */
static lua_Integer check_length(lua_State *state)
{
    luaL_checktype(state, 1, LUA_TTABLE);
    if (luaL_getmetafield(state, 1, "__len") != LUA_TNIL) {
        return luaL_argerror(state, 1, "a table with __len is not accepted here");
    }
    return (lua_Integer)lua_rawlen(state, 1);
}

/* Charge for the elements from one to another, which may be in the wrong order. */
static void charge_range(lua_State *state, lua_Integer first, lua_Integer last)
{
    lua_Unsigned distance = (lua_Unsigned)last - (lua_Unsigned)first;
    if (last >= first) {
        script_charge(state, distance == UINT64_MAX ? distance : distance + 1);
    }
}

static int limited_insert(lua_State *state)
{
    lua_Integer length = check_length(state);
    if (lua_gettop(state) == 3) {
        charge_range(state, luaL_checkinteger(state, 2), length);
    }
    return call_original(state);
}

static int limited_remove(lua_State *state)
{
    lua_Integer length = check_length(state);
    charge_range(state, luaL_optinteger(state, 2, length), length);
    return call_original(state);
}

static int limited_concat(lua_State *state)
{
    lua_Integer length = check_length(state);
    charge_range(state, luaL_optinteger(state, 3, 1), luaL_optinteger(state, 4, length));
    return call_original(state);
}

static int limited_unpack(lua_State *state)
{
    lua_Integer length = check_length(state);
    lua_Integer first = luaL_optinteger(state, 2, 1), last = luaL_optinteger(state, 3, length);
    if (last >= first && (lua_Unsigned)last - (lua_Unsigned)first >= LUAI_MAXSTACK) {
        return luaL_error(state, "table.unpack: too many results");
    }
    charge_range(state, first, last);
    return call_original(state);
}

static int limited_sort(lua_State *state)
{
    lua_Unsigned length = (lua_Unsigned)check_length(state), levels = 1;
    while (levels < 64 && length >> levels != 0) {
        levels++;
    }
    script_charge(state, length > UINT64_MAX / 128 ? UINT64_MAX : length * levels);
    return call_original(state);
}

static int limited_move(lua_State *state)
{
    charge_range(state, luaL_checkinteger(state, 2), luaL_checkinteger(state, 3));
    return call_original(state);
}

/* ---- the libraries ---- */

/* Wrap functions of a library with limits. */
static void limit_library(lua_State *state, const char *library, const luaL_Reg *limits)
{
    lua_getglobal(state, library);
    for (const luaL_Reg *limit = limits; limit->name != NULL; limit++) {
        lua_getfield(state, -1, limit->name);
        lua_pushcclosure(state, limit->func, 1);
        lua_setfield(state, -2, limit->name);
    }
    lua_pop(state, 1);
}

static void remove_global(lua_State *state, const char *name)
{
    lua_pushnil(state);
    lua_setglobal(state, name);
}

void script_open_libraries(lua_State *state)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine},
    };
    static const char *const removed[] = {"dofile", "loadfile", "collectgarbage", "xpcall", "warn"};
    static const luaL_Reg string_limits[] = {
        {"find", limited_find},  {"match", limited_match}, {"gmatch", limited_gmatch},
        {"gsub", limited_match}, {"rep", limited_rep},     {NULL, NULL},
    };
    static const luaL_Reg table_limits[] = {
        {"insert", limited_insert},
        {"remove", limited_remove},
        {"concat", limited_concat},
        {"unpack", limited_unpack},
        {"sort", limited_sort},
        {"move", limited_move},
        {NULL, NULL},
    };
    static const luaL_Reg utf8_limits[] = {
        {"len", limited_by_length}, {"offset", limited_by_length}, {NULL, NULL}};
    static const luaL_Reg math_limits[] = {{"randomseed", limited_randomseed}, {NULL, NULL}};
    static const luaL_Reg base_limits[] = {{"tonumber", limited_by_length}, {NULL, NULL}};
    for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
        luaL_requiref(state, libraries[i].name, libraries[i].func, 1);
        lua_pop(state, 1);
    }
    for (size_t i = 0; i < sizeof(removed) / sizeof(*removed); i++) {
        remove_global(state, removed[i]);
    }
    lua_register(state, "setmetatable", limited_setmetatable);
    lua_register(state, "load", limited_load);

    limit_library(state, LUA_STRLIBNAME, string_limits);
    limit_library(state, LUA_TABLIBNAME, table_limits);
    limit_library(state, LUA_UTF8LIBNAME, utf8_limits);
    limit_library(state, LUA_GNAME, base_limits);
    lua_getglobal(state, LUA_STRLIBNAME);
    lua_pushnil(state);
    lua_setfield(state, -2, "dump");
    lua_pop(state, 1);

    limit_library(state, LUA_MATHLIBNAME, math_limits);
    lua_getglobal(state, LUA_MATHLIBNAME);
    lua_getfield(state, -1, "randomseed");
    lua_call(state, 0, 0);
    lua_pop(state, 1);
}
