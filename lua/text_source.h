/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that a function of the text module reads, and where it is in it. */
#ifndef LUA_TEXT_SOURCE_H
#define LUA_TEXT_SOURCE_H

#include <lua.h>
#include <stddef.h>

struct text_source {
    lua_State *state;
    const char *function; /* "text.json" */
    const char *name;     /* of the file */
    const char *at, *end; /* UTF-8; a NUL follows the end */
    unsigned line;        /* from 1 */
};

/** Open the text of argument 1, a file or a string. What keeps it alive is pushed (text_buffer.h).
 */
struct text_source text_source_open(lua_State *state, const char *function);

/** Raise "FUNCTION: FILE:LINE: PROBLEM". Does not return. */
int text_source_raise(const struct text_source *source, const char *problem);

#endif
