/* SPDX-License-Identifier: BSD-2-Clause */
/* The Lua scripts that are built into the loader, embedded by tools/embed.py. */
#ifndef LUA_BUILTIN_H
#define LUA_BUILTIN_H

#include <stddef.h>

struct builtin_script {
    const char *name; /* "default.lua" */
    const char *text;
    size_t length;
};

/** Ends with an entry whose name is NULL. */
extern const struct builtin_script builtin_scripts[];

#endif
