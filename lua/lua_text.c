/* SPDX-License-Identifier: BSD-2-Clause */
/* text: what administrators keep in files, as values of Lua; and templates. */
#include "lua/bindings.h"

#include <string.h>

#include "files/text.h"
#include "lua/limits.h"
#include "lua/text_parsers.h"

/* ---- files of data ---- */

/* Read the text in argument 1; the arguments after it stay where they are. */
static int read_data(lua_State *state, const char *function,
                     void (*push)(struct text_source *source))
{
    struct text_source source = text_source_open(state, function);

    push(&source);
    return 1;
}

/* text.json(file or string) -> value */
static int read_json(lua_State *state)
{
    return read_data(state, "text.json", text_push_json);
}

/* text.ini(file or string) -> sections */
static int read_ini(lua_State *state)
{
    return read_data(state, "text.ini", text_push_ini);
}

/* text.csv(file or string [, { key =, separator = }]) -> rows */
static int read_csv(lua_State *state)
{
    const char *key = NULL, *separator = "";

    lua_settop(state, 2);
    if (!lua_isnil(state, 2)) {
        luaL_checktype(state, 2, LUA_TTABLE);
        lua_getfield(state, 2, "key"); /* both stay on the stack */
        key = luaL_optstring(state, -1, NULL);
        lua_getfield(state, 2, "separator");
        separator = luaL_optstring(state, -1, "");
        if (strlen(separator) > 1 || strpbrk(separator, "\"\r\n") != NULL) {
            return luaL_error(state, "text.csv: separator must be one character");
        }
    }
    struct text_source source = text_source_open(state, "text.csv");

    text_push_csv(&source, key, *separator);
    return 1;
}

/* ---- lines ---- */

enum { LINE_MAX_BYTES = 65536, BLOCK_SIZE = LINE_MAX_BYTES + 2 };

/* What text.lines() keeps between two lines: a block of the file. */
struct line_reader {
    const struct file *file;
    uint64_t start; /* of the block, in the file */
    size_t length;  /* of the block */
    size_t at;      /* of the next line, in the block */
    unsigned line;
    bool is_utf16, is_started;
    uint8_t block[BLOCK_SIZE];
    char text[2 * BLOCK_SIZE + 1];
};

/* The length of the line at the start of bytes, with its end; 0 if the end is not among them. */
static size_t line_length(const uint8_t *bytes, size_t size, bool is_utf16)
{
    const uint8_t *at = bytes, *found;

    while ((found = memchr(at, '\n', size - (size_t)(at - bytes))) != NULL) {
        size_t offset = (size_t)(found - bytes);

        if (!is_utf16) {
            return offset + 1;
        }
        if (offset % 2 == 0 && offset + 1 < size && found[1] == 0) {
            return offset + 2;
        }
        at = found + 1;
    }
    return 0;
}

/* Read the block that starts at the next line. */
static void read_block(lua_State *state, struct line_reader *reader)
{
    struct error error;

    reader->start += reader->at;
    reader->at = 0;
    uint64_t left = reader->file->size - reader->start;

    reader->length = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
    bindings_expect_reading(state, reader->file, reader->length);
    if (reader->length > 0 &&
        file_read(reader->file, reader->start, reader->block, reader->length, &error) != 0) {
        bindings_raise(state, "text.lines", &error);
    }
    if (!reader->is_started) {
        reader->is_started = true;
        reader->is_utf16 = text_is_utf16(reader->block, reader->length);
        reader->at = text_mark_length(reader->block, reader->length);
    }
}

/* The iterator. Upvalue: the reader, whose file lives as long as the boot. */
static int next_line(lua_State *state)
{
    struct line_reader *reader = lua_touserdata(state, lua_upvalueindex(1));
    size_t length =
        line_length(reader->block + reader->at, reader->length - reader->at, reader->is_utf16);

    if (length == 0) {
        read_block(state, reader);
        length =
            line_length(reader->block + reader->at, reader->length - reader->at, reader->is_utf16);
    }
    bool is_last = reader->start + reader->length == reader->file->size;

    if (length == 0 && !is_last) {
        return luaL_error(state, "text.lines: %s:%d: a line of more than %d bytes",
                          reader->file->name, (int)reader->line, LINE_MAX_BYTES);
    }
    if (length == 0) {
        length = reader->length - reader->at; /* the last one, without an end */
        if (length == 0) {
            return 0;
        }
    }
    size_t size = text_decode(reader->block + reader->at, length, reader->is_utf16, reader->text);

    reader->at += length;
    reader->line++;
    while (size > 0 && (reader->text[size - 1] == '\n' || reader->text[size - 1] == '\r')) {
        size--;
    }
    script_charge(state, 1);
    lua_pushlstring(state, reader->text, size);
    return 1;
}

/* for line in text.lines(file) do */
static int lines(lua_State *state)
{
    const struct file *file = bindings_check_content(state, 1, "the text");
    struct line_reader *reader = bindings_allocate(state, 1, sizeof(*reader));

    reader->file = file;
    reader->start = 0;
    reader->length = reader->at = 0;
    reader->line = 1;
    reader->is_utf16 = reader->is_started = false;
    lua_pushcclosure(state, next_line, 1);
    return 1;
}

/* ---- templates ---- */

/* Push a text in which nothing is special to XML. */
static void push_escaped(lua_State *state, const char *text, size_t length)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    luaL_Buffer buffer;

    luaL_buffinit(state, &buffer);
    for (size_t i = 0; i < length; i++) {
        const char *found = text[i] == '\0' ? NULL : strchr(special, text[i]);

        if (found != NULL) {
            luaL_addstring(&buffer, entities[found - special]);
        } else {
            luaL_addchar(&buffer, text[i]);
        }
    }
    luaL_pushresult(&buffer);
}

/* Push the value of a name, as text. The values are in the table at index 2. */
static void push_value(struct text_source *source, const char *name, size_t length, bool is_xml)
{
    lua_State *state = source->state;
    size_t value_length;
    int top = lua_gettop(state);

    lua_pushlstring(state, name, length);
    lua_pushvalue(state, -1);
    int type = lua_gettable(state, 2);

    if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN) {
        luaL_error(state, "%s: %s:%d: ${%s} is a %s, not a text", source->function, source->name,
                   (int)source->line, lua_tostring(state, top + 1), lua_typename(state, type));
    }
    const char *value = luaL_tolstring(state, -1, &value_length);

    if (is_xml) {
        push_escaped(state, value, value_length);
    }
    lua_replace(state, top + 1);
    lua_settop(state, top + 1);
    script_charge(state, 1);
}

/* Fill in all names. "$${" stands for "${". */
static void fill_names(struct text_source *source, luaL_Buffer *buffer, bool is_xml)
{
    const char *start = source->at;

    while (source->at < source->end) {
        bool is_name = source->at[0] == '$' && source->at[1] == '{';
        bool is_plain = source->at[0] == '$' && source->at[1] == '$' && source->at[2] == '{';

        source->line += *source->at == '\n' ? 1 : 0;
        if (!is_name && !is_plain) {
            source->at++;
            continue;
        }
        luaL_addlstring(buffer, start, (size_t)(source->at - start));
        if (is_plain) {
            luaL_addstring(buffer, "${");
            source->at += 3;
        } else {
            const char *name = source->at + 2;
            size_t length = 0;

            while (name + length < source->end && name[length] != '}' && name[length] != '\n') {
                length++;
            }
            if (name[length] != '}') {
                text_source_raise(source, "'${' without '}'");
            }
            push_value(source, name, length, is_xml);
            luaL_addvalue(buffer);
            source->at = name + length + 1;
        }
        start = source->at;
    }
    luaL_addlstring(buffer, start, (size_t)(source->at - start));
}

/* Where a file that says that it is UTF-16 says so: its text is UTF-8 now. NULL if it does not. */
static const char *find_declaration(const struct text_source *source)
{
    enum { LENGTH_MAX = 200 };
    const char *end = strstr(source->at, "?>");

    if (strncmp(source->at, "<?xml", 5) != 0 || end == NULL || end - source->at > LENGTH_MAX) {
        return NULL;
    }
    for (const char *at = source->at; at < end; at++) {
        if ((*at | 0x20) == 'u' && (at[1] | 0x20) == 't' && (at[2] | 0x20) == 'f' &&
            strncmp(at + 3, "-16", 3) == 0) {
            return at;
        }
    }
    return NULL;
}

/* text.fill(template, values [, "xml" or "plain"]) -> text */
static int fill(lua_State *state)
{
    static const char *const kinds[] = {"xml", "plain", NULL};

    lua_settop(state, 3);
    luaL_checktype(state, 2, LUA_TTABLE);
    bool is_xml = luaL_checkoption(state, 3, "xml", kinds) == 0;
    struct text_source source = text_source_open(state, "text.fill");
    const char *declaration = is_xml ? find_declaration(&source) : NULL;
    luaL_Buffer buffer;

    luaL_buffinit(state, &buffer);
    if (declaration != NULL) {
        luaL_addlstring(&buffer, source.at, (size_t)(declaration - source.at));
        luaL_addstring(&buffer, "utf-8");
        source.at = declaration + strlen("utf-16");
    }
    fill_names(&source, &buffer, is_xml);
    luaL_pushresult(&buffer);
    return 1;
}

static int open_text(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"csv", read_csv},   {"fill", fill},   {"ini", read_ini},
        {"json", read_json}, {"lines", lines}, {NULL, NULL},
    };

    bindings_push_module(state, "text", functions);
    return 1;
}

PLUGIN(lua_module, text) = {.name = "text", .open = open_text};
