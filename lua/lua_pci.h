/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LUA_PCI_H
#define LUA_PCI_H

#include <lua.h>

/** Push boot.pci: a list of tables, one for each device. */
void pci_push(lua_State *state);

#endif
