/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.ini(): the sections of a Windows configuration file, tables of its keys. Names of sections
 * and keys are in lower case, as Windows ignores case. Lines without '=' are the items 1, 2, … of
 * their section; what is before the first section is in "".
 */
#include "lua/bindings.h"

#include <string.h>

#include "lua/limits.h"
#include "lua/text_parsers.h"

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* Leave out blanks around a text. */
static void trim(const char **start, const char **end)
{
    while (*start < *end && is_blank(**start)) {
        (*start)++;
    }
    while (*end > *start && is_blank((*end)[-1])) {
        (*end)--;
    }
}

/* Push a name in lower case. */
static void push_name(lua_State *state, const char *start, const char *end)
{
    luaL_Buffer buffer;

    trim(&start, &end);
    luaL_buffinit(state, &buffer);
    for (; start < end; start++) {
        bool is_upper = *start >= 'A' && *start <= 'Z';

        luaL_addchar(&buffer, is_upper ? (char)(*start - 'A' + 'a') : *start);
    }
    luaL_pushresult(&buffer);
}

/* Push a value, without the quotes around it. */
static void push_value(lua_State *state, const char *start, const char *end)
{
    trim(&start, &end);
    if (end - start >= 2 && *start == '"' && end[-1] == '"') {
        start++;
        end--;
    }
    lua_pushlstring(state, start, (size_t)(end - start));
}

struct ini {
    struct text_source *source;
    int sections, section; /* indexes on Lua's stack: all of them, and that of the line or nil */
};

/* Go to the section whose name is on top of the stack; takes the name away. */
static void enter_section(const struct ini *ini)
{
    lua_State *state = ini->source->state;

    lua_pushvalue(state, -1);
    if (lua_rawget(state, ini->sections) != LUA_TTABLE) {
        lua_pop(state, 1);
        lua_newtable(state);
        lua_pushvalue(state, -2);
        lua_pushvalue(state, -2);
        lua_rawset(state, ini->sections);
    }
    lua_replace(state, ini->section);
    lua_pop(state, 1);
}

static void read_line(const struct ini *ini, const char *start, const char *end)
{
    lua_State *state = ini->source->state;

    trim(&start, &end);
    if (start == end || *start == ';' || *start == '#') {
        return;
    }
    if (*start == '[') {
        const char *bracket = memchr(start, ']', (size_t)(end - start));

        if (bracket == NULL) {
            text_source_raise(ini->source, "a section's name has no ']'");
        }
        push_name(state, start + 1, bracket);
        enter_section(ini);
        return;
    }
    if (lua_isnil(state, ini->section)) {
        lua_pushliteral(state, "");
        enter_section(ini);
    }
    const char *equals = memchr(start, '=', (size_t)(end - start));

    if (equals == NULL) {
        push_value(state, start, end);
        lua_rawseti(state, ini->section, (lua_Integer)lua_rawlen(state, ini->section) + 1);
        return;
    }
    push_name(state, start, equals);
    push_value(state, equals + 1, end);
    lua_rawset(state, ini->section);
}

void text_push_ini(struct text_source *source)
{
    lua_State *state = source->state;

    lua_newtable(state);
    lua_pushnil(state);
    struct ini ini = {source, lua_gettop(state) - 1, lua_gettop(state)};

    while (source->at < source->end) {
        const char *newline = memchr(source->at, '\n', (size_t)(source->end - source->at));
        const char *end = newline == NULL ? source->end : newline;

        script_charge(state, 1);
        read_line(&ini, source->at, end);
        source->at = newline == NULL ? source->end : newline + 1;
        source->line++;
    }
    lua_settop(state, ini.sections);
}
