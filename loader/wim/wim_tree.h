/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory tree of an image: learned directory by directory, found by hash, changed by
 * injections.
 */
#ifndef LOADER_WIM_TREE_H
#define LOADER_WIM_TREE_H

#include "wim/wim_metadata.h"
#include "wim/wim_node.h"

/** An image's directory tree. */
struct wim_tree {
    struct wim *wim;
    uint32_t index; /* of the image */
    bool changed;
    struct wim_metadata metadata;
    struct wim_node root;
    size_t scanned_size; /* bytes of the entries of all lists that were scanned */
    uint32_t node_count; /* that were ever made */
    uint32_t seed;       /* of the hashes of names */
    /* Nodes by their directory and upper-cased name. Of equal names, the first in the directory is
     * the newest. */
    struct hash_table long_names, short_names;
};

/** The tree of an image, read when it is first asked for. NULL with the reason. */
struct wim_tree *wim_tree(struct wim *wim, uint32_t index, struct error *error);

/** Check all of an image's metadata against its SHA-1. */
int wim_tree_verify(struct wim_tree *tree, struct error *error);

/** Learn the children of a directory. */
int wim_tree_scan(struct wim_tree *tree, struct wim_node *directory, struct error *error);

/** The child of this name (long or short), NULL if there is none. The directory is scanned. */
struct wim_node *wim_tree_child(const struct wim_tree *tree, const struct wim_node *directory,
                                const uint16_t *name, size_t unit_count);

/**
 * Find a path. A part of it that is not a directory means that there is nothing of that path; a
 * reparse point on the way is refused.
 *
 * @param node written: NULL if there is nothing
 */
int wim_tree_find(struct wim_tree *tree, const char *path, struct wim_node **node,
                  struct error *error);

/** Put a new node into the tree, as a child of a scanned directory. -1 without memory. */
int wim_tree_add(struct wim_tree *tree, struct wim_node *directory, struct wim_node *node,
                 struct error *error);

/** Take a node out of the tree, with all that is known below it. */
void wim_tree_remove(struct wim_tree *tree, struct wim_node *node);

/** The next node after one, in its directory, whose name differs in case at most; NULL after the
 * last. wim_tree_first_of_name() is where to start, and may be the node itself. */
struct wim_node *wim_tree_first_of_name(const struct wim_tree *tree, struct wim_node *node);
struct wim_node *wim_tree_next_of_name(const struct wim_node *node);

/** The node after this one in depth-first order within `top`, scanning as needed; NULL after the
 * last. */
int wim_tree_next(struct wim_tree *tree, const struct wim_node *top, struct wim_node **node,
                  struct error *error);

#endif
