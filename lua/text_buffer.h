/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that functions of scripts read: files in any of Windows' encodings, and strings. */
#ifndef LUA_TEXT_BUFFER_H
#define LUA_TEXT_BUFFER_H

#include <lua.h>
#include <stddef.h>

enum { TEXT_SIZE_MAX = 4 << 20 }; /* bytes of a text that is read at once */

/**
 * The text of an argument, a file or a string, as UTF-8 with a NUL at its end. Pushes what keeps it
 * alive: the text is valid while that is on the stack, and no longer than until text_buffer_free().
 *
 * @param function for messages
 * @param length   written: bytes
 */
const char *text_buffer_push(lua_State *state, int argument, const char *function, size_t *length);

/** Free the text early; `index` is that of what was pushed. */
void text_buffer_free(lua_State *state, int index);

#endif
