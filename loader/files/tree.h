/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree of Windows paths: which file is where on the virtual disk.
 *
 * Paths: components separated by '\' or '/', a leading one optional, "." and empty components
 * skipped, ".." refused. Look-ups ignore case (unicode.h), the spelling that was used first is
 * kept. One file may have many paths. A component has at most 255 UTF-16 units and none of
 * the characters that FAT forbids; trailing dots and spaces are dropped, as Windows does. A path
 * has at most TREE_PATH_MAX bytes.
 */
#ifndef LOADER_TREE_H
#define LOADER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash_table.h"
#include "base/memory.h"
#include "files/file.h"

enum { TREE_PATH_MAX = 4095 };

struct tree_node {
    const char *name;                           /* UTF-8; "" for the root */
    const struct file *file;                    /* NULL for a directory */
    struct tree_node *parent;                   /* NULL for the root */
    struct tree_node *first_child, *last_child; /* in the order they were added */
    struct tree_node *previous, *next;          /* children of the same parent */
    struct hash_link link;                      /* by parent and upper-cased name */
    uint32_t child_count;
    uint32_t first_cluster; /* on the volume: written by volume_build() */
};

struct tree;

/** A tree with nothing but the root. NULL without memory. */
struct tree *tree_create(struct pool *pool);

struct tree_node *tree_root(struct tree *tree);

/** Files and directories in the tree, without the root. */
size_t tree_count(const struct tree *tree);

/** Can every component of this path be the name of a file? -1 with the reason if not. */
int tree_check_path(const char *path, struct error *error);

/**
 * Put a file at a path; makes missing directories, replaces an existing file. -1 if there is a
 * directory where the file should be or the reverse, or if the path is not allowed.
 */
int tree_add(struct tree *tree, const char *path, const struct file *file, struct error *error);

/** The node at a path; NULL if there is none. */
struct tree_node *tree_find(const struct tree *tree, const char *path);

/** Remove a file, or a directory with everything in it. False if there was none. */
bool tree_remove(struct tree *tree, const char *path);

/** The full path of a node, with '\'. Returns the bytes it has, as format_string(). */
size_t tree_path(const struct tree_node *node, char *buffer, size_t size);

/** The node after `node` in depth-first order, parents first; NULL after the last. Start with the
 * root. */
struct tree_node *tree_next(const struct tree_node *node);

#endif
