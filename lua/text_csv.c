/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.csv(): a table with a first line of names (RFC 4180), as spreadsheets save it: separated by
 * commas, semicolons or tabs. Each further line becomes a table of its fields by name; empty fields
 * are left out.
 */
#include "lua/bindings.h"

#include <string.h>

#include "lua/limits.h"
#include "lua/mac_text.h"
#include "lua/text_parsers.h"

enum { COLUMN_COUNT_MAX = 200 };

struct csv {
    struct text_source *source;
    const char *key;
    char separator;
    lua_Integer row_count;
    int result, names, row; /* indexes on Lua's stack; names: of the columns */
};

/* What the first line has most of. */
static char find_separator(const struct text_source *source)
{
    static const char separators[] = ",;\t";
    size_t counts[3] = {0, 0, 0}, best = 0;
    bool is_quoted = false;

    for (const char *at = source->at; at < source->end && (is_quoted || *at != '\n'); at++) {
        is_quoted = is_quoted != (*at == '"');
        for (size_t i = 0; i < 3; i++) {
            counts[i] += !is_quoted && *at == separators[i] ? 1 : 0;
        }
    }
    for (size_t i = 1; i < 3; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return separators[best];
}

/* Push a field in quotes, whose first quote was read. */
static void push_quoted(struct text_source *source)
{
    luaL_Buffer buffer;

    luaL_buffinit(source->state, &buffer);
    for (;;) {
        const char *quote = memchr(source->at, '"', (size_t)(source->end - source->at));

        if (quote == NULL) {
            text_source_raise(source, "a field in quotes does not end");
            return;
        }
        luaL_addlstring(&buffer, source->at, (size_t)(quote - source->at));
        for (; source->at < quote; source->at++) {
            source->line += *source->at == '\n' ? 1 : 0;
        }
        source->at++;
        if (source->at == source->end || *source->at != '"') {
            break;
        }
        luaL_addchar(&buffer, '"');
        source->at++;
    }
    luaL_pushresult(&buffer);
}

/* Push the next field of the line, without blanks around it. */
static void push_field(struct csv *csv)
{
    struct text_source *source = csv->source;
    const char *start, *end;

    while (source->at < source->end && *source->at == ' ') {
        source->at++;
    }
    if (source->at < source->end && *source->at == '"') {
        source->at++;
        push_quoted(source);
        while (source->at < source->end && (*source->at == ' ' || *source->at == '\r')) {
            source->at++;
        }
        if (source->at < source->end && *source->at != csv->separator && *source->at != '\n') {
            text_source_raise(source, "there is something after a field in quotes");
        }
        return;
    }
    start = source->at;
    while (source->at < source->end && *source->at != csv->separator && *source->at != '\n') {
        source->at++;
    }
    end = source->at;
    while (end > start && (end[-1] == ' ' || end[-1] == '\r')) {
        end--;
    }
    lua_pushlstring(source->state, start, (size_t)(end - start));
}

/* Move to the next field of the line, or to the next line; false for that. */
static bool next_field(struct csv *csv)
{
    struct text_source *source = csv->source;

    if (source->at < source->end && *source->at == csv->separator) {
        source->at++;
        return true;
    }
    if (source->at < source->end) {
        source->at++;
        source->line++;
    }
    return false;
}

static void read_names(struct csv *csv)
{
    lua_State *state = csv->source->state;
    lua_Integer count = 0;
    bool has_key = csv->key == NULL;

    do {
        if (count == COLUMN_COUNT_MAX) {
            text_source_raise(csv->source, "more than 200 columns");
        }
        push_field(csv);
        has_key = has_key || strcmp(lua_tostring(state, -1), csv->key) == 0;
        lua_rawseti(state, csv->names, ++count);
    } while (next_field(csv));
    if (!has_key) {
        luaL_error(state, "%s: %s: there is no column '%s'", csv->source->function,
                   csv->source->name, csv->key);
    }
}

/* Read a line into the row; false if it is empty. */
static bool read_row(struct csv *csv)
{
    lua_State *state = csv->source->state;
    lua_Integer column = 0;
    bool is_empty = true;

    lua_newtable(state);
    lua_replace(state, csv->row);
    do {
        script_charge(state, 1);
        push_field(csv);
        bool has_value = lua_rawlen(state, -1) > 0;

        if (lua_rawgeti(state, csv->names, ++column) == LUA_TNIL && has_value) {
            text_source_raise(csv->source, "more fields than the first line has names");
        }
        if (has_value) {
            lua_insert(state, -2);
            lua_rawset(state, csv->row);
            is_empty = false;
        } else {
            lua_pop(state, 2);
        }
    } while (next_field(csv));
    return !is_empty;
}

/* ---- rows by a key ---- */

/* Push a key as it is looked up: in lower case; a MAC address as boot.mac has it. */
static void push_key(lua_State *state, const char *text, size_t length)
{
    char mac[MAC_TEXT_SIZE];
    luaL_Buffer buffer;

    if (length > 12 && mac_text_normalize(text, mac)) {
        lua_pushstring(state, mac);
        return;
    }
    luaL_buffinit(state, &buffer);
    for (size_t i = 0; i < length; i++) {
        bool is_upper = text[i] >= 'A' && text[i] <= 'Z';

        luaL_addchar(&buffer, is_upper ? (char)(text[i] - 'A' + 'a') : text[i]);
    }
    luaL_pushresult(&buffer);
}

/* __index of rows by a key: the key in another form. */
static int find_row(lua_State *state)
{
    size_t length;

    if (lua_type(state, 2) != LUA_TSTRING) {
        return 0;
    }
    const char *text = lua_tolstring(state, 2, &length);

    push_key(state, text, length);
    lua_rawget(state, 1);
    return 1;
}

/* Put the row where it is found by its key. Rows without one are left out; of two with the same,
 * the second one counts, as if it was an amendment. */
static void add_by_key(struct csv *csv)
{
    lua_State *state = csv->source->state;
    size_t length;

    if (lua_getfield(state, csv->row, csv->key) == LUA_TSTRING) {
        const char *text = lua_tolstring(state, -1, &length);

        push_key(state, text, length);
        lua_pushvalue(state, csv->row);
        lua_rawset(state, csv->result);
    }
    lua_pop(state, 1);
}

void text_push_csv(struct text_source *source, const char *key, char separator)
{
    lua_State *state = source->state;
    struct csv csv = {.source = source, .key = key, .separator = separator};

    lua_newtable(state);
    csv.result = lua_gettop(state);
    lua_newtable(state);
    csv.names = csv.result + 1;
    lua_pushnil(state);
    csv.row = csv.result + 2;
    if (separator == '\0') {
        csv.separator = find_separator(source);
    }
    if (key != NULL) {
        lua_createtable(state, 0, 2);
        lua_pushcfunction(state, find_row);
        lua_setfield(state, -2, "__index");
        lua_pushliteral(state, "text.csv");
        lua_setfield(state, -2, "__metatable");
        lua_setmetatable(state, csv.result);
    }
    if (source->at < source->end) {
        read_names(&csv);
    }
    while (source->at < source->end) {
        if (!read_row(&csv)) {
            continue;
        }
        if (key != NULL) {
            add_by_key(&csv);
        } else {
            lua_pushvalue(state, csv.row);
            lua_rawseti(state, csv.result, ++csv.row_count);
        }
    }
    lua_pushvalue(state, csv.result);
}
