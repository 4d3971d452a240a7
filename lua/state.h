/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Lua state with limits: of memory, of work (limits.h), of what scripts can reach. See state.c.
 */
#ifndef LUA_STATE_H
#define LUA_STATE_H

#include "lua/port/config.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/work.h"
#include "boot.h"
#include "lua/heap.h"

enum {
    SCRIPT_MEMORY_LIMIT = 8 << 20,  /* bytes that a state may have allocated at a time */
    SCRIPT_HOOK_PERIOD = 100,       /* instructions between two checks of the limit */
    SCRIPT_SUBJECT_LIMIT = 1 << 20, /* bytes of a string to be searched for a pattern */
    SCRIPT_PATTERN_LIMIT = 4096,    /* bytes of a pattern */
    SCRIPT_FIND_LIMIT = 256 << 20,  /* product of the lengths of both strings */
};

/** Steps (limits.h) that one run may take, in all. Tests lower it. */
extern int64_t script_instruction_limit;

/** What the chunk names of built-in scripts start with. */
#define SCRIPT_BUILTIN_PREFIX "wimboot/"

/** What a run has used up. See limits.h. */
struct script_limits {
    int64_t steps_left;
    int64_t match_cost;    /* steps for one of the pattern that is matched now */
    uint64_t instructions; /* of Lua's machine, to the next hundred */
    struct work counted;   /* work that is counted already, or was done before */
    uint64_t read_limit;   /* bytes */
    size_t kept_limit;     /* bytes */
    uint64_t clock_ms, computed_ms;
    char exceeded[100]; /* the message, once a limit is: everything raises it from then on */
};

/** One run of the scripts. */
struct script {
    struct boot *boot;
    lua_State *state;
    struct lua_heap heap;
    struct script_limits limits;
    lua_Integer serials; /* numbers that were given to objects */
};

/** Make a state with the safe libraries and nothing else. False without memory. */
bool script_open(struct script *script, struct boot *boot);

/** Free the state and everything that it allocated. */
void script_close(struct script *script);

/** The run that a state belongs to. */
static inline struct script *script_of(lua_State *state)
{
    return *(struct script **)lua_getextraspace(state);
}

/** Open the parts of the libraries that scripts get (libraries.c). */
void script_open_libraries(lua_State *state);

/** From now on, reading or writing an unknown global raises an error. */
void script_make_strict(lua_State *state);

/**
 * Load source text as a chunk; leaves it, or a message, on the stack.
 *
 * @return a status of Lua
 */
int script_load(lua_State *state, const char *text, size_t length, const char *chunk_name);

/** Whether the function at this level of the call stack is of a built-in script. */
bool script_is_builtin(lua_State *state, int level);

/** Call as lua_pcall() does, with a traceback added to messages of errors in which a site's
 * script is involved. */
int script_call(lua_State *state, int argument_count, int result_count);

/** Whether a pattern match has used up the script's budget; counts as one instruction. Called by
 * Lua's matcher (config.h). */
bool script_match_exhausted(void);

/** Count bytes that Lua compares; and compare text as strcmp() does, counting. Called by Lua
 * (config.h). */
void script_count_compared(size_t length);
int script_compare_text(const char *left, const char *right);

#endif
