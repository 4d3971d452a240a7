/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.trust: what Secure Boot trusts, and what it will say of a program. */
#ifndef LUA_TRUST_H
#define LUA_TRUST_H

#include "lua/bindings.h"

/** Push the table that boot.trust is; its functions raise on files that are no programs. */
void trust_push(lua_State *state);

#endif
