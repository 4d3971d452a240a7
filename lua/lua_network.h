/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.network: what DHCP servers told this machine. */
#ifndef LUA_NETWORK_H
#define LUA_NETWORK_H

#include "lua/bindings.h"

/** Push the table that boot.network is; nil if no server told anything. */
void network_push(lua_State *state);

#endif
