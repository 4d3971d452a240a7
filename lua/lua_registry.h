/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry hives of WIMs, as the module `wim` uses them (lua_registry.c).
 */
#ifndef LUA_REGISTRY_H
#define LUA_REGISTRY_H

#include "lua/bindings.h"
#include "wim/wim.h"

/** w:registry(path [, index]): push a hive of an image, the same one for the same path. `index` is
 * checked. */
int registry_of_wim(lua_State *state, struct wim *wim, const char *path, uint32_t index);

#endif
