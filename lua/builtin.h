/* SPDX-License-Identifier: BSD-2-Clause */
/* The Lua scripts that are built into the loader: compiled by tools/precompile.c, embedded by
 * tools/embed.py. */
#ifndef LUA_BUILTIN_H
#define LUA_BUILTIN_H

#include <stddef.h>

struct builtin_script {
    const char *name;  /* "default.lua" */
    const void *chunk; /* for precompiled_load() */
    size_t size;
};

/** Ends with an entry whose name is NULL. */
extern const struct builtin_script builtin_scripts[];

#endif
