/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.json(): JSON (RFC 8259) as values of Lua. null is nil: such a member is missing; in a list,
 * where nil would leave a hole, it is false.
 */
#include "lua/bindings.h"

#include <string.h>

#include "base/ascii.h"
#include "lua/limits.h"
#include "lua/text_parsers.h"

enum { DEPTH_MAX = 64 };

static void push_value(struct text_source *source, unsigned depth);

static void skip_blanks(struct text_source *source)
{
    while (source->at < source->end && strchr(" \t\r\n", *source->at) != NULL &&
           *source->at != '\0') {
        source->line += *source->at == '\n' ? 1 : 0;
        source->at++;
    }
}

/* Whether this character is next; moves past it. */
static bool take(struct text_source *source, char character)
{
    skip_blanks(source);
    if (source->at == source->end || *source->at != character) {
        return false;
    }
    source->at++;
    return true;
}

static void expect(struct text_source *source, char character, const char *problem)
{
    if (!take(source, character)) {
        text_source_raise(source, problem);
    }
}

/* ---- strings ---- */

/* Four hexadecimal digits after \u. */
static unsigned take_unit(struct text_source *source)
{
    unsigned unit = 0;

    for (int i = 0; i < 4; i++, source->at++) {
        int digit = ascii_hex_digit(*source->at);

        if (digit < 0) {
            text_source_raise(source, "\\u needs four hexadecimal digits");
        }
        unit = unit << 4 | (unsigned)digit;
    }
    return unit;
}

/* A character by its number, which may be in two halves. Half of one becomes U+FFFD. */
static void add_unit(struct text_source *source, luaL_Buffer *buffer)
{
    unsigned unit = take_unit(source), character = unit;
    char utf8[4];

    if (unit >= 0xD800 && unit < 0xDC00 && source->at[0] == '\\' && source->at[1] == 'u') {
        const char *before = source->at;

        source->at += 2;
        unsigned second = take_unit(source);

        if (second >= 0xDC00 && second < 0xE000) {
            character = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
        } else {
            source->at = before;
        }
    }
    if (character >= 0xD800 && character < 0xE000) {
        character = 0xFFFD;
    }
    size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0x00, 0xC0, 0xE0, 0xF0};

    for (size_t i = count; i-- > 1; character >>= 6) {
        utf8[i] = (char)(0x80 | (character & 0x3F));
    }
    utf8[0] = (char)(first[count] | character);
    luaL_addlstring(buffer, utf8, count);
}

static void add_escape(struct text_source *source, luaL_Buffer *buffer)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = *source->at == '\0' ? NULL : strchr(escapes, *source->at);

    if (found != NULL) {
        luaL_addchar(buffer, meanings[found - escapes]);
        source->at++;
    } else if (*source->at == 'u') {
        source->at++;
        add_unit(source, buffer);
    } else {
        text_source_raise(source, "an escape that JSON does not have");
    }
}

/* The rest of a string, after its first quote. */
static void push_string(struct text_source *source)
{
    const char *start = source->at;
    luaL_Buffer buffer;

    luaL_buffinit(source->state, &buffer);
    for (;;) {
        if (source->at == source->end) {
            text_source_raise(source, "a string does not end");
        }
        char character = *source->at;

        if (character == '"' || character == '\\') {
            luaL_addlstring(&buffer, start, (size_t)(source->at - start));
            source->at++;
            if (character == '"') {
                break;
            }
            add_escape(source, &buffer);
            start = source->at;
        } else if ((unsigned char)character < ' ') {
            text_source_raise(source, "a string has a line break or another control character");
        } else {
            source->at++;
        }
    }
    luaL_pushresult(&buffer);
}

/* ---- numbers ---- */

static bool take_digits(struct text_source *source)
{
    const char *start = source->at;

    while (*source->at >= '0' && *source->at <= '9') {
        source->at++;
    }
    return source->at > start;
}

/* A number in the form of JSON, which Lua then reads: it would take more. */
static void push_number(struct text_source *source)
{
    enum { LENGTH_MAX = 64 };
    const char *start = source->at;
    char number[LENGTH_MAX + 1];

    source->at += *source->at == '-' ? 1 : 0;
    bool is_zero = *source->at == '0'; /* no digits follow */
    source->at += is_zero ? 1 : 0;
    bool is_valid = is_zero || take_digits(source);

    if (is_valid && *source->at == '.') {
        source->at++;
        is_valid = take_digits(source);
    }
    if (is_valid && (*source->at | 0x20) == 'e') {
        source->at++;
        source->at += *source->at == '+' || *source->at == '-' ? 1 : 0;
        is_valid = take_digits(source);
    }
    size_t length = (size_t)(source->at - start);

    if (!is_valid || length > LENGTH_MAX) {
        text_source_raise(source, "not a value");
        return;
    }
    memcpy(number, start, length);
    number[length] = '\0';
    lua_stringtonumber(source->state, number);
}

/* ---- values ---- */

static bool take_word(struct text_source *source, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(source->at, word, length) != 0) {
        return false;
    }
    source->at += length;
    return true;
}

static void push_list(struct text_source *source, unsigned depth)
{
    lua_Integer count = 0;

    lua_newtable(source->state);
    if (take(source, ']')) {
        return;
    }
    do {
        push_value(source, depth);
        if (lua_isnil(source->state, -1)) {
            lua_pop(source->state, 1);
            lua_pushboolean(source->state, false);
        }
        lua_rawseti(source->state, -2, ++count);
    } while (take(source, ','));
    expect(source, ']', "',' or ']' is missing in a list");
}

static void push_object(struct text_source *source, unsigned depth)
{
    lua_newtable(source->state);
    if (take(source, '}')) {
        return;
    }
    do {
        expect(source, '"', "the name of a member is missing: a string");
        push_string(source);
        expect(source, ':', "':' is missing after the name of a member");
        push_value(source, depth);
        lua_rawset(source->state, -3);
    } while (take(source, ','));
    expect(source, '}', "',' or '}' is missing in an object");
}

static void push_value(struct text_source *source, unsigned depth)
{
    lua_State *state = source->state;

    if (depth == DEPTH_MAX) {
        text_source_raise(source, "more than 64 lists and objects in each other");
    }
    luaL_checkstack(state, 10, source->function);
    script_charge(state, 1);
    if (take(source, '{')) {
        push_object(source, depth + 1);
    } else if (take(source, '[')) {
        push_list(source, depth + 1);
    } else if (take(source, '"')) {
        push_string(source);
    } else if (take_word(source, "true")) {
        lua_pushboolean(state, true);
    } else if (take_word(source, "false")) {
        lua_pushboolean(state, false);
    } else if (take_word(source, "null")) {
        lua_pushnil(state);
    } else {
        push_number(source);
    }
}

void text_push_json(struct text_source *source)
{
    push_value(source, 0);
    skip_blanks(source);
    if (source->at < source->end) {
        text_source_raise(source, "there is something after the value");
    }
}
