/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders among the files that the preview is given. */
#ifndef HOST_FOLDER_H
#define HOST_FOLDER_H

#include "base/error.h"
#include "base/memory.h"
#include "host/inputs.h"

/** A list of inputs that grows; zero is an empty one. */
struct input_list {
    struct input *items;
    size_t count, capacity;
};

/** Add an input. The list's memory is the pool's. */
int input_list_add(struct pool *pool, struct input_list *list, struct input input,
                   struct error *error);

/**
 * Add all files of a folder and its folders, in the order of their names: each is known by its path
 * in the folder.
 *
 * @param prefix in front of each name, such as "Drivers/"; ""
 */
int folder_add(struct pool *pool, struct input_list *list, const char *folder, const char *prefix,
               struct error *error);

#endif
