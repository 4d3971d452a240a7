/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In place of Lua's lundump.c and ldump.c: precompiled chunks are neither read nor written, except
 * for those that are part of the loader, which come in by another way (precompiled.c). Lua's
 * virtual machine trusts bytecode, so a forged chunk could do anything; source text is compiled and
 * checked.
 */
#include <lprefix.h>

#include <ldo.h>
#include <lobject.h>
#include <lstate.h>
#include <lua.h>
#include <lundump.h>

LClosure *luaU_undump(lua_State *L, ZIO *input, const char *name)
{
    luaO_pushfstring(L, "%s: precompiled chunks are not accepted", name);
    luaD_throw(L, LUA_ERRSYNTAX);
}

int luaU_dump(lua_State *L, const Proto *function, lua_Writer writer, void *data, int strip)
{
    return 1;
}
