/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hides addresses from scripts; script_seed(), script_serial() and script_hash_pointer(),
 * which Lua itself calls, are declared in lua/port/config.h. See addresses.c.
 */
#ifndef LUA_ADDRESSES_H
#define LUA_ADDRESSES_H

#include "lua/port/config.h"

#include <lua.h>

/** Choose the secret that is added to addresses before they are hashed. Before a state is made:
 * tables keep their order as long as the secret stays. */
void script_choose_secret(void);

/** Prepare a state for script_serial(). May raise. */
void script_open_serials(lua_State *state);

#endif
