/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hives that scripts have opened (lua_registry.c): each file in an image once, and written back
 * when the image is.
 */
#ifndef LUA_OPENED_HIVE_H
#define LUA_OPENED_HIVE_H

#include "hive/registry.h"
#include "lua/bindings.h"
#include "wim/wim.h"

/* A hive that a script opened. */
struct opened_hive {
    struct opened_hive *next; /* opened before it */
    struct registry *registry;
    const char *name;
    const struct file *original; /* what it was opened from */
    const struct file *finished; /* what it was when it was last asked for */
    /* Of a hive in a WIM: where it goes. */
    struct wim *wim;
    uint32_t index;
    const char *path;
    const struct file *committed; /* what the image has */
};

/**
 * Open a hive that is no file of an image. Raises.
 *
 * @param file       the hive; its name is static or in the pool
 * @param logs       what was written before a crash; the first three count
 */
struct opened_hive *opened_hive_new(lua_State *state, const struct file *file,
                                    const struct file *const *logs, size_t log_count);

/** Open a hive of an image, with its logs; the same one for the same path. Raises. @param index
 * checked */
struct opened_hive *opened_hive_of_wim(lua_State *state, struct wim *wim, const char *path,
                                       uint32_t index);

/** The hive as a file, as it is now; the same one until it changes. Raises. */
const struct file *opened_hive_finish(lua_State *state, struct opened_hive *opened);

/** Put the hives that scripts changed back into the images of a WIM. Raises. */
void opened_hives_commit(lua_State *state, struct wim *wim);

#endif
