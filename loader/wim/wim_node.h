/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A name in an image and its directory entry.
 */
#ifndef LOADER_WIM_NODE_H
#define LOADER_WIM_NODE_H

#include "base/hash_table.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

struct wim_added_blob;

/** A name in an image: a directory entry of the metadata, or one that was made for an injection. */
struct wim_node {
    struct wim_node *parent; /* NULL for the root */
    struct wim_node *first_child, *previous, *next;
    struct hash_link long_name, short_name; /* in the tree's tables, unless the name is empty */
    const struct wim_directory_entry_disk *entry; /* checked; its streams follow it */
    struct wim_added_blob *added_contents;        /* not in `entry` then; NULL: see `entry` */
    uint32_t number;                              /* no other node of the tree has it */
    bool scanned;                                 /* a directory whose children are known */
    bool added;                                   /* not in the original list of its parent */
    size_t position; /* of the entry in the metadata that wim_patch() writes */
};

bool wim_node_is_directory(const struct wim_node *node);

/** Name of a node: UTF-16LE bytes of any alignment. */
const void *wim_node_name(const struct wim_node *node, size_t *unit_count);
const void *wim_node_short_name(const struct wim_node *node, size_t *unit_count);

/** A node's name as UTF-8 in the pool; NULL without memory. */
const char *wim_node_name_utf8(struct pool *pool, const struct wim_node *node);

/** The stream entries after a node's entry, in order; NULL after the last. Start with
 * NULL. @param number in/out: 0 at the start */
const struct wim_stream_disk *wim_node_next_stream(const struct wim_node *node,
                                                   const struct wim_stream_disk *stream,
                                                   unsigned *number);

/** Bytes of a node's entry with its streams, as it is in a list. */
size_t wim_node_entry_size(const struct wim_node *node);

/** SHA-1 of the contents of a node that is neither directory nor reparse point; zero: empty. */
const uint8_t *wim_node_contents(const struct wim_node *node);

#endif
