/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of a source plugin: where the given files come from; and the list they form.
 */
#ifndef LOADER_SOURCE_H
#define LOADER_SOURCE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/hash_table.h"
#include "base/memory.h"
#include "base/plugin.h"
#include "files/file.h"

struct listed_file;

/** The files that the loader was given, in the order given. To read, go through `files`; to change,
 * use the functions below. All zero but the pool is an empty list. */
struct file_list {
    struct pool *pool;
    const char *script_name; /* script=NAME: what a Lua script without a name is called; or NULL */
    size_t count, capacity;
    const struct file **files;
    struct listed_file **entries;   /* of `files` */
    struct hash_table paths, names; /* of entries: see source.c */
};

struct source {
    const char *name; /* "cpio" */
    /** Add this source's files to the list, none if it has none. -1: what it has is damaged. */
    int (*enumerate)(struct file_list *list, struct error *error);
};

PLUGIN_TABLE(source);

/**
 * Append a file; one of the same name (without regard to case) and path is replaced, in its place.
 * A name with '\' or '/' in it becomes a path and a name, whatever source it comes from.
 */
int file_list_add(struct file_list *list, const struct file *file, struct error *error);

/**
 * The file of this name, without regard to case; NULL if there is none. A name with '\' or '/' is a
 * path to compare with. Of several files of one name, the one without a path, else the first.
 */
const struct file *file_list_find(const struct file_list *list, const char *name);

/** Drop the file that file_list_find() finds; false if there was none. */
bool file_list_remove(struct file_list *list, const char *name);

#endif
