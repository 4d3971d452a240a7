/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of the registry as Lua has them: integers, strings, lists of strings; and the names of
 * their types.
 */
#ifndef LUA_REGISTRY_VALUE_H
#define LUA_REGISTRY_VALUE_H

#include <lua.h>

#include "hive/registry.h"

/** Push the name of a type, or its number if it has none. */
void registry_push_type(lua_State *state, uint32_t type);

/** A type argument: a name, with or without REG_ in front and in any case, or a number. */
uint32_t registry_check_type(lua_State *state, int argument);

/** Push the data of a value as Lua has such things. */
void registry_push_data(lua_State *state, uint32_t type, const uint8_t *data, size_t size);

/**
 * The data of the Lua value at an index; pushes what holds them.
 *
 * @param old  the value that is replaced: its type stays if it also fits
 * @param type written: chosen by the Lua value
 * @param size written: bytes
 */
const void *registry_check_data(lua_State *state, int index, const struct registry_value *old,
                                uint32_t *type, size_t *size);

/** The same as a type that the script names. */
const void *registry_check_typed(lua_State *state, int index, uint32_t type, size_t *size);

#endif
