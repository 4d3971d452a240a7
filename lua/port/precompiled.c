/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading the chunks that are built into the loader, with Lua's lundump.c, which is compiled under
 * another name (lua/lua.mk): nothing in Lua itself calls it, so what a script loads never gets here
 * (undump.c).
 */
#include "lua/port/config.h" /* first: indices depend on it */

#include <lprefix.h>

#include <lapi.h>
#include <lfunc.h>
#include <lobject.h>
#include <lstate.h>
#include <lua.h>
#include <lzio.h>

#include "lua/port/precompiled.h"

LClosure *precompiled_undump(lua_State *L, ZIO *input, const char *name);

struct chunk {
    const char *bytes;
    size_t size;
};

/* The whole chunk at once, then nothing. */
static const char *read_chunk(lua_State *L, void *context, size_t *size)
{
    struct chunk *chunk = context;
    *size = chunk->size;
    chunk->size = 0;
    return chunk->bytes;
}

void precompiled_load(lua_State *L, const void *bytes, size_t size)
{
    /* Without the first byte, which tells a chunk from source text. */
    struct chunk chunk = {.bytes = (const char *)bytes + 1, .size = size - 1};
    ZIO input;
    luaZ_init(L, &input, read_chunk, &chunk);
    luaF_initupvals(L, precompiled_undump(L, &input, "=built-in script"));
    lua_pushglobaltable(L);
    lua_setupvalue(L, -2, 1);
}
