/* SPDX-License-Identifier: BSD-2-Clause */
/* The run of the scripts (loader/scripts.h), for the bindings and for observers. */
#ifndef LUA_SCRIPT_H
#define LUA_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct lua_State;

/** Push the result of a built-in module, never of a file; raises an error if there is none. */
void script_push_builtin(struct lua_State *state, const char *name);

/** An observer of the runs of the scripts: the preview tool. All functions leave the stack as it
 * is. */
struct script_observer {
    /** The API is complete, nothing has run. */
    void (*before)(struct lua_State *state);
    /** A hook has run: its name, its argument and its result are on top of the stack. */
    void (*hook)(struct lua_State *state);
    /** The pipeline is complete. */
    void (*after)(struct lua_State *state);
};

/** Set the observer of all further runs, which must stay valid; NULL for none. */
void script_observe(const struct script_observer *observer);

/** What the last run used: for tests and benchmarks. */
struct script_statistics {
    uint64_t instructions; /* of Lua's virtual machine, to the next thousand */
    size_t memory;         /* bytes, at the peak */
};

extern struct script_statistics script_statistics;

#endif
