/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.trust: what Secure Boot trusts, and what it will say about a program. */
#ifndef LUA_TRUST_H
#define LUA_TRUST_H

#include "lua/bindings.h"

/** Push the table that boot.trust is; its functions raise an error for files that are not programs.
 */
void trust_push(lua_State *state);

#endif
