/* SPDX-License-Identifier: BSD-2-Clause */
/* The field `network` of a machine in a file of --machine: what boot.network shows of it. */
#ifndef HOST_MACHINE_NETWORK_H
#define HOST_MACHINE_NETWORK_H

#include "host/machine.h"
#include "lua/bindings.h"

/** Take the table on top of the stack. */
int machine_take_network(lua_State *state, struct machine_plan *plan, struct error *error);

#endif
