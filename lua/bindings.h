/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all bindings between the core and Lua share: lua/lua_*.c, one file per Lua module, and
 * plugins that add a module.
 *
 * Conventions:
 *  - A module ends with PLUGIN(lua_module, name) = {...}; its open() leaves one value on the stack,
 *    which becomes the global of that name.
 *  - Everything the core makes for a script is in the boot's pool, which outlives the Lua state:
 *    a Lua error in the middle of a function leaks nothing that matters. Work buffers are userdata.
 *  - Misuse, damaged input and running out of memory raise errors; a look-up that finds nothing
 * returns nil.
 *  - Objects are userdata whose metatable scripts can neither see nor change. An unknown field
 *    raises an error that names the known ones.
 *  - What a call costs is counted in the core (base/work.h) and charged to the script when the call
 *    returns. If a script can choose the costs of a call at will, the binding asks first:
 * script_charge(), script_expect_reading() (limits.h).
 *  - No address, and no byte outside an object, ever reaches a script.
 */
#ifndef LUA_BINDINGS_H
#define LUA_BINDINGS_H

#include "lua/port/config.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/plugin.h"
#include "boot.h"
#include "files/file.h"

/* ---- modules ---- */

struct lua_module {
    const char *name;   /* of the global */
    lua_CFunction open; /* returns the module's value */
    bool internal;      /* only built-in scripts get it, as a field of their first argument */
};

PLUGIN_TABLE(lua_module);

/** Push a table of functions; accessing any other field raises an error. `name` must be static. */
void bindings_push_module(lua_State *state, const char *name, const luaL_Reg *functions);

/* ---- the boot ---- */

/** The boot that the scripts decide about. */
struct boot *bindings_boot(lua_State *state);

/** Its pool: for everything that a binding makes. */
struct pool *bindings_pool(lua_State *state);

/* ---- errors ---- */

/** Raise an error of the core: "SCRIPT:LINE: FUNCTION: TEXT", as in "wim.open: boot.wim: ...". Does
 * not return; declared int so that bindings can say `return bindings_raise(...)`. */
int bindings_raise(lua_State *state, const char *function, const struct error *error);

/** Raise "FUNCTION: out of memory" if `pointer` is NULL; else return it. */
void *bindings_check_memory(lua_State *state, const char *function, void *pointer);

/* ---- lists that scripts go through ---- */

/**
 * Replace the table on top of the stack by an iterator for `for` loops.
 *
 * @param values that each step takes from the table, where those of all entries are one after the
 *               other; after the last entry it gives nil
 */
void bindings_push_iterator(lua_State *state, int values);

/* ---- arguments ---- */

/** An integer argument within limits, or an error that names them. */
lua_Integer bindings_check_integer(lua_State *state, int argument, lua_Integer least,
                                   lua_Integer most);

/** A string argument without NUL characters in it: names and paths. */
const char *bindings_check_name(lua_State *state, int argument);

/**
 * Count the items of a list: the table at `index`. The length of a table with holes can be any
 * number up to 2^63, even if the table is small. So before a list is read, or memory is allocated
 * for it, its length must be checked here.
 *
 * @param field what the list is for; the message starts with it
 * @param most  more items than this raise an error that names the limit
 */
size_t bindings_count_list(lua_State *state, int index, const char *field, size_t most);

/** Push a work buffer of `count` items of `size` bytes; raises an error without memory, or if the
 * product overflows. Lua frees it. */
void *bindings_allocate(lua_State *state, size_t count, size_t size);

/* ---- functions ---- */

/** Push a binding, static, so that each call is charged to the script (limits.h). */
void bindings_push_function(lua_State *state, const lua_CFunction *function);

/** Like luaL_setfuncs(), for static functions; each call is charged. */
void bindings_set_functions(lua_State *state, const luaL_Reg *functions);

/* ---- objects ---- */

/** A member of a class: a method, or a field with a getter and perhaps a setter. */
struct bindings_member {
    const char *name;
    lua_CFunction method;
    lua_CFunction get; /* called with the object, returns the value */
    lua_CFunction set; /* called with the object and the value; NULL: read-only */
};

/**
 * Define a class of userdata.
 *
 * @param name        static; for luaL_checkudata() and messages
 * @param members     static; ends with a member without name. NULL for a class whose metamethods
 *                    include __index and __newindex
 * @param metamethods further metamethods (__len, __pairs, __tostring, ...), or NULL; they take
 *                    precedence over the members
 */
void bindings_define_class(lua_State *state, const char *name,
                           const struct bindings_member *members, const luaL_Reg *metamethods);

/** Push a new object of a class that holds one pointer, which must not be NULL. */
void bindings_push_object(lua_State *state, const char *class_name, const void *object);

/** The pointer of an object argument of this class; raises for anything else. */
void *bindings_check_object(lua_State *state, int argument, const char *class_name);

/* ---- files (lua_file.c) ---- */

/** Push a file; the same userdata each time for the same file. Pushes nil for NULL. */
void bindings_push_file(lua_State *state, const struct file *file);

/** Raise an error if the script may not read so many more bytes of a file. */
void bindings_expect_reading(lua_State *state, const struct file *file, uint64_t length);

/** A file argument. */
const struct file *bindings_check_file(lua_State *state, int argument);

/** Name a file that was just made: a name with directories becomes its path, the last part of it
 * its name. */
void bindings_name_file(lua_State *state, struct file *file, const char *name);

/** A file argument, or a string as a file of that name. */
const struct file *bindings_check_content(lua_State *state, int argument, const char *name);

#endif
