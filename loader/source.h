/*
 * The contract of a source plugin: where the given files come from; and the list they form.
 */
#ifndef LOADER_SOURCE_H
#define LOADER_SOURCE_H

#include "error.h"
#include "file.h"
#include "memory.h"
#include "plugin.h"

enum { SOURCE_VERSION = 1 };

/** The files that the loader was given, in the order given. */
struct file_list {
    struct pool *pool;
    size_t count, capacity;
    const struct file **files;
};

struct source {
    unsigned version; /* SOURCE_VERSION */
    const char *name; /* "cpio" */
    const char *summary;
    /** Add this source's files to the list, none if it has none. -1: what it has is damaged. */
    int (*enumerate)(struct file_list *list, struct error *error);
};

PLUGIN_TABLE(source);

/** Append a file; one of the same name (without regard to case) and path is replaced. */
int file_list_add(struct file_list *list, const struct file *file, struct error *error);

/** The file of this name, without regard to case; NULL if there is none. */
const struct file *file_list_find(const struct file_list *list, const char *name);

/** Drop the file of this name; false if there was none. */
bool file_list_remove(struct file_list *list, const char *name);

#endif
