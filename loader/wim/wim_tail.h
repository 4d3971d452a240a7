/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tail of a patched WIM: the new metadata of each changed image, and the lookup table after
 * it. wim_patch.c lays it out; wim_tail.c writes the metadata, and fills in the SHA-1s when the
 * tail is first read.
 */
#ifndef LOADER_WIM_TAIL_H
#define LOADER_WIM_TAIL_H

#include "wim/wim_added.h"
#include "wim/wim_tree.h"

/** A place in the tail for the SHA-1 of added contents. */
struct awaited_sha1 {
    struct awaited_sha1 *next;
    struct wim_added_blob *blob;
    uint8_t *place;
    struct wim_resource_disk *resource; /* gets the size of late contents, too; or NULL */
};

/** One image's new metadata. */
struct new_metadata {
    struct wim_tree *tree;
    size_t size;
    uint8_t *bytes;
    size_t used;         /* bytes written */
    uint8_t *sha1_place; /* in its lookup entry */
};

/** The new metadata and lookup table. */
struct wim_tail {
    struct reader reader;
    struct wim *wim;
    uint8_t *bytes; /* content memory */
    struct awaited_sha1 *awaited;
    size_t metadata_count;
    struct new_metadata *metadata;
    bool is_complete;
};

/**
 * Read the whole tree and compute how many bytes an image's new metadata has.
 *
 * @param metadata `tree` is set; `size` is written, a multiple of 8
 */
int wim_tail_measure(struct new_metadata *metadata, struct error *error);

/** Write an image's new metadata to its `bytes`. */
int wim_tail_write_metadata(struct wim_tail *tail, struct new_metadata *metadata,
                            struct error *error);

/** Have the SHA-1 of added contents filled in at a place of the tail, and, if `resource` is not
 * NULL, the size of contents that are known late. */
int wim_tail_await_sha1(struct wim_tail *tail, struct wim_added_blob *blob, uint8_t *place,
                        struct wim_resource_disk *resource, struct error *error);

/** The tail as a file of `size` bytes. NULL without memory. */
struct file *wim_tail_file(struct wim_tail *tail, uint64_t size);

#endif
