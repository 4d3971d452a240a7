/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that functions of scripts read: files in any of Windows' encodings, and strings. */
#ifndef LUA_TEXT_BUFFER_H
#define LUA_TEXT_BUFFER_H

#include <lua.h>
#include <stddef.h>

enum { TEXT_SIZE_MAX = 2 << 20 }; /* bytes of a text that is read at once */

/**
 * The text of an argument, a file or a string, as UTF-8 with a NUL at its end. It is in a userdata,
 * which is pushed.
 *
 * @param function for messages
 * @param length   written: bytes
 */
const char *text_buffer_push(lua_State *state, int argument, const char *function, size_t *length);

#endif
