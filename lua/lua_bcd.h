/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two halves of the bcd module share: stores and objects (lua_bcd.c), and the values of
 * elements (lua_bcd_value.c). */
#ifndef LUA_BCD_H
#define LUA_BCD_H

#include "lua/bindings.h"

#include "bcd/bcd.h"

/** An object as scripts hold it. */
struct bcd_object {
    struct bcd *bcd;
    struct hive_key *key;
};

/** The class of its userdata. */
#define BCD_OBJECT_CLASS "bcd object"

/** Push an element's value as a Lua value.
 *
 * @param name NULL if the element has none */
void bcd_push_value(lua_State *state, uint32_t element, const struct bcd_name *name,
                    const struct hive_value *value);

/**
 * Push what bcdedit prints after an element's name: a string, or a list of strings.
 *
 * @param name NULL if the element has none
 */
void bcd_push_shown(lua_State *state, uint32_t element, const struct bcd_name *name,
                    const struct hive_value *value);

/** Set an element to the Lua value at the top of the stack; raises an error if it has the wrong
 * type.
 *
 * @param name what the script calls the element, for messages */
void bcd_take_value(lua_State *state, const struct bcd_object *object, uint32_t element,
                    const char *name);

#endif
