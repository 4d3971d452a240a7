/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading Lua chunks that the build has compiled (tools/precompile.c). */
#ifndef LUA_PORT_PRECOMPILED_H
#define LUA_PORT_PRECOMPILED_H

#include <stddef.h>

struct lua_State;

/**
 * Push a chunk as a function; raises an error of Lua's if there is no memory. The bytes are
 * trusted: they must be part of the loader.
 */
void precompiled_load(struct lua_State *L, const void *bytes, size_t size);

#endif
