/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of a source plugin: where the given files come from, and their list.
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

/** The files that the loader was given, in the order given. Read `files` directly; to change it,
 * use the functions below. An empty list is all zero except for the pool. */
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
    /** Add this source's files, if there are any, to the list. -1: they are damaged. */
    int (*enumerate)(struct file_list *list, struct error *error);
};

PLUGIN_TABLE(source);

/**
 * Append a file, or replace the one of the same name (without regard to case) and path. A name with
 * '\' or '/' becomes a path and a name, whichever source it comes from.
 */
int file_list_add(struct file_list *list, const struct file *file, struct error *error);

/**
 * The file of this name, without regard to case; NULL if there is none. A name with '\' or '/' is
 * compared with paths. Of several files of one name, the one without a path, or else the first.
 */
const struct file *file_list_find(const struct file_list *list, const char *name);

/** Remove the file that file_list_find() finds; false if there is none. */
bool file_list_remove(struct file_list *list, const char *name);

#endif
