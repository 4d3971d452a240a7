/* SPDX-License-Identifier: BSD-2-Clause */
/* console, log and print: what the user at the machine sees and types. */
#include <string.h>

#include "base/console.h"
#include "base/log.h"
#include "base/log_record.h"
#include "base/machine.h"
#include "base/work.h"
#include "lua/bindings.h"
#include "lua/limits.h"

/* ---- output ---- */

/* Push all arguments as print() shows them: as text, with tabs between them. */
static const char *join_arguments(lua_State *state, size_t *length)
{
    int count = lua_gettop(state);
    luaL_Buffer text;
    luaL_buffinit(state, &text);
    for (int i = 1; i <= count; i++) {
        if (i > 1) {
            luaL_addchar(&text, '\t');
        }
        luaL_tolstring(state, i, NULL);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    return lua_tolstring(state, -1, length);
}

static int print_line(lua_State *state)
{
    size_t length;
    const char *text;
    join_arguments(state, &length);
    lua_pushliteral(state, "\n");
    lua_concat(state, 2);
    text = lua_tolstring(state, -1, &length);
    script_expect_printing(state, length);
    log_text(LOG_INFO, text, length);
    return 0;
}

static int log_at(lua_State *state, enum log_level level)
{
    static const char *const prefixes[] = {"", "warning: ", "error: "};
    size_t length;
    const char *text;
    join_arguments(state, &length);
    lua_pushfstring(state, "%s%s\n", prefixes[level], lua_tostring(state, -1));
    text = lua_tolstring(state, -1, &length);
    script_expect_printing(state, length);
    log_text(level, text, length);
    return 0;
}

static int log_info_line(lua_State *state)
{
    return log_at(state, LOG_INFO);
}

static int log_warning_line(lua_State *state)
{
    return log_at(state, LOG_WARNING);
}

static int log_error_line(lua_State *state)
{
    return log_at(state, LOG_ERROR);
}

/* log.text(): what was said so far, with times. */
static int log_so_far(lua_State *state)
{
    size_t length;
    const char *text = log_recorded(&length);
    lua_pushlstring(state, text, length);
    return 1;
}

/* console.write(text): as it is, even when quiet, for menus and prompts. */
static int write_text(lua_State *state)
{
    size_t length;
    const char *text = luaL_checklstring(state, 1, &length);
    script_expect_printing(state, length);
    work_done.printed += length;
    console_write(text, length);
    return 0;
}

static int clear(lua_State *state)
{
    script_expect_printing(state, SCRIPT_CLEARING_COST);
    work_done.printed += SCRIPT_CLEARING_COST;
    console_clear();
    return 0;
}

/* console.size() -> columns, rows */
static int screen_size(lua_State *state)
{
    unsigned columns, rows;
    platform_screen_size(&columns, &rows);
    lua_pushinteger(state, columns);
    lua_pushinteger(state, rows);
    return 2;
}

/* The registry's key of the label of the progress line. */
static const char progress_label_key;

/* console.progress(label, done, total) */
static int progress(lua_State *state)
{
    const char *label = bindings_check_name(state, 1);
    lua_Integer total = bindings_check_integer(state, 3, 0, LUA_MAXINTEGER);
    lua_Integer done = bindings_check_integer(state, 2, 0, total);
    /* The log remembers the label from call to call: keep it. */
    lua_pushvalue(state, 1);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &progress_label_key);
    log_progress(label, (uint64_t)done, (uint64_t)total);
    return 0;
}

/* ---- input ---- */

static const char *const key_names[] = {
    "up", "down", "left", "right", "home", "end", "page up", "page down", "delete", "f1",  "f2",
    "f3", "f4",   "f5",   "f6",    "f7",   "f8",  "f9",      "f10",       "f11",    "f12",
};

static void push_key(lua_State *state, int key)
{
    if (key == KEY_NONE) {
        lua_pushnil(state);
    } else if (key >= KEY_UP && key < KEY_UP + (int)(sizeof(key_names) / sizeof(*key_names))) {
        lua_pushstring(state, key_names[key - KEY_UP]);
    } else if (key == '\r' || key == '\n') {
        lua_pushliteral(state, "enter");
    } else if (key == 27) {
        lua_pushliteral(state, "escape");
    } else if (key == 8 || key == 127) {
        lua_pushliteral(state, "backspace");
    } else if (key == '\t') {
        lua_pushliteral(state, "tab");
    } else {
        lua_pushfstring(state, "%U", (long)key);
    }
}

/* Seconds, fractions allowed, as milliseconds; without an argument, no timeout. */
static uint32_t check_timeout(lua_State *state, int argument)
{
    lua_Number seconds;
    if (lua_isnoneornil(state, argument)) {
        return UINT32_MAX;
    }
    seconds = luaL_checknumber(state, argument);
    luaL_argcheck(state, seconds >= 0 && seconds <= 1000000, argument,
                  "a timeout is 0 to 1000000 seconds");
    return (uint32_t)(seconds * 1000);
}

/* console.key([timeout]) -> "a", "enter", "f1", ... or nil */
static int read_key(lua_State *state)
{
    int key = platform_read_key(check_timeout(state, 1));
    if (key != KEY_NONE) {
        script_key_was_pressed(state);
    }
    push_key(state, key);
    return 1;
}

/* ---- a line ---- */

/* What console.read_line() was asked for. Strings are the script's, on its stack. */
struct line_request {
    const char *prompt, *initial, *pattern; /* initial: the default; NULL where there is none */
    uint32_t timeout_ms;
    bool hidden;
};

enum { LINE_LENGTH = 200 };

/* Take an option out of the table at index 1, onto the stack. */
static const char *take_text(lua_State *state, const char *name)
{
    if (lua_getfield(state, 1, name) != LUA_TNIL && lua_type(state, -1) != LUA_TSTRING) {
        luaL_error(state, "console.read_line: %s is a %s, not a string", name,
                   luaL_typename(state, -1));
    }
    return lua_tostring(state, -1);
}

static void check_request_keys(lua_State *state)
{
    static const char *const known[] = {"prompt", "default", "timeout", "hidden", "pattern"};

    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        bool found = false;

        lua_pop(state, 1);
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            found = found || (lua_type(state, -1) == LUA_TSTRING &&
                              strcmp(lua_tostring(state, -1), known[i]) == 0);
        }
        if (!found) {
            luaL_error(state,
                       "console.read_line: unknown key '%s' (known: prompt, default, timeout, "
                       "hidden, pattern)",
                       luaL_tolstring(state, -1, NULL));
        }
    }
}

/* The argument is a prompt, or a table of options. */
static struct line_request check_request(lua_State *state)
{
    struct line_request request = {.prompt = "", .timeout_ms = UINT32_MAX};

    lua_settop(state, 1);
    if (!lua_istable(state, 1)) {
        request.prompt = luaL_optstring(state, 1, "");
        return request;
    }
    check_request_keys(state);
    request.prompt = take_text(state, "prompt");
    request.prompt = request.prompt == NULL ? "" : request.prompt;
    request.initial = take_text(state, "default");
    request.pattern = take_text(state, "pattern");
    if (lua_getfield(state, 1, "timeout") != LUA_TNIL) {
        lua_Number seconds = lua_tonumber(state, -1);

        if (lua_type(state, -1) != LUA_TNUMBER || !(seconds >= 0 && seconds <= 1000000)) {
            luaL_error(state, "console.read_line: timeout is 0 to 1000000 seconds");
        }
        request.timeout_ms = (uint32_t)(seconds * 1000);
    }
    lua_getfield(state, 1, "hidden");
    request.hidden = lua_toboolean(state, -1);
    return request;
}

static void show_text(lua_State *state, const char *text)
{
    size_t length = strlen(text);

    script_expect_printing(state, length);
    work_done.printed += length;
    console_write(text, length);
}

/* A prompt may have several lines; the last one is what the user answers. */
static void show_prompt(lua_State *state, const char *prompt)
{
    size_t length = strlen(prompt), before = length;

    while (before > 0 && prompt[before - 1] != '\n') {
        before--;
    }
    script_expect_printing(state, length);
    work_done.printed += length;
    console_write(prompt, before);
    console_write_styled(STYLE_LABEL, prompt + before, length - before);
}

/* Read keys up to Enter. Leaves the line on top of the stack; nil if there was no key in time, or
 * after Escape. False for Escape. */
static bool read_keys(lua_State *state, const struct line_request *request)
{
    uint32_t timeout_ms = request->timeout_ms;
    lua_Integer count = 0;
    int characters;
    luaL_Buffer line;

    lua_newtable(state);
    characters = lua_gettop(state);
    for (;;) {
        int key = platform_read_key(timeout_ms);

        if (key == KEY_NONE || key == 27) {
            console_write("\n", 1);
            lua_pushnil(state);
            return key == KEY_NONE;
        }
        script_key_was_pressed(state);
        timeout_ms = UINT32_MAX; /* somebody is there */
        if (key == '\r' || key == '\n') {
            break;
        }
        if ((key == 8 || key == 127) && count > 0) {
            console_write("\b \b", 3);
            lua_pushnil(state);
            lua_rawseti(state, characters, count--);
        } else if (key >= 0x20 && key < KEY_UP && key != 127 && count < LINE_LENGTH) {
            size_t length;
            const char *character;
            lua_pushfstring(state, "%U", (long)key);
            character = lua_tolstring(state, -1, &length);
            console_write(request->hidden ? "*" : character, request->hidden ? 1 : length);
            lua_rawseti(state, characters, ++count);
        }
    }
    console_write("\n", 1);
    luaL_buffinit(state, &line);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(state, characters, i);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    return true;
}

/* Whether all of the line on top of the stack matches a pattern of Lua. */
static bool matches(lua_State *state, const char *pattern)
{
    int top = lua_gettop(state);

    if (pattern == NULL) {
        return true;
    }
    lua_getfield(state, top, "match"); /* as line:match(), which counts its steps */
    lua_pushvalue(state, top);
    lua_pushfstring(state, "^%s$", pattern);
    lua_call(state, 2, 1);

    bool matched = !lua_isnil(state, -1);

    lua_settop(state, top);
    return matched;
}

/* console.read_line([prompt or options]) -> text; nil: Escape was pressed, or no key in time. An
 * empty line, and no key in time, mean the default, where there is one. */
static int read_line(lua_State *state)
{
    struct line_request request = check_request(state);
    int top = lua_gettop(state);

    for (;;) {
        lua_settop(state, top);
        show_prompt(state, request.prompt);
        if (request.initial != NULL && !request.hidden) {
            show_text(state, "[");
            show_text(state, request.initial);
            show_text(state, "] ");
        }
        if (!read_keys(state, &request)) {
            return 1;
        }

        bool is_empty = lua_isnil(state, -1) || lua_rawlen(state, -1) == 0;

        if (is_empty && request.initial != NULL) {
            lua_pushstring(state, request.initial);
            return 1;
        }
        if (lua_isnil(state, -1) || matches(state, request.pattern)) {
            return 1;
        }
        show_text(state, "That is not possible here; once more, please.\n");
    }
}

static int open_console(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"print", print_line},  {"write", write_text}, {"clear", clear},
        {"size", screen_size},  {"key", read_key},     {"read_line", read_line},
        {"progress", progress}, {NULL, NULL},
    };
    bindings_push_module(state, "console", functions);
    return 1;
}

static int open_log(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"info", log_info_line},
        {"warn", log_warning_line},
        {"error", log_error_line},
        {"text", log_so_far},
        {NULL, NULL},
    };
    bindings_push_module(state, "log", functions);
    return 1;
}

static int open_print(lua_State *state)
{
    static const lua_CFunction function = print_line;
    bindings_push_function(state, &function);
    return 1;
}

PLUGIN(lua_module, console) = {.name = "console", .open = open_console};
PLUGIN(lua_module, log) = {.name = "log", .open = open_log};
PLUGIN(lua_module, print) = {.name = "print", .open = open_print};
