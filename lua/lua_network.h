/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.network: what DHCP servers told this machine; and their answers. */
#ifndef LUA_NETWORK_H
#define LUA_NETWORK_H

#include "lua/bindings.h"

/**
 * loader.dhcp_answer(bytes): what a DHCP server answered.
 *
 * @return nothing if that is no answer; else its options, a table by their numbers, the boot file,
 *         and the server that has it, if they are there
 */
int network_read_answer(lua_State *state);

/** Push the table that boot.network is; nil if no server told anything. */
void network_push(lua_State *state);

#endif
