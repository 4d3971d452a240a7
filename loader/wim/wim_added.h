/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents that were injected, each kept once.
 */
#ifndef LOADER_WIM_ADDED_H
#define LOADER_WIM_ADDED_H

#include "base/hash_table.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

/** Contents that an injection added, one for all files with the same bytes. */
struct wim_added_blob {
    struct wim_added_blob *next;
    struct hash_link by_size, by_sha1; /* see wim_added_find() */
    const struct file *file;
    uint32_t references;      /* 0: no longer used */
    uint32_t kept_references; /* those in images that a patch keeps; valid while it is made */
    bool is_hashed;
    uint8_t sha1[SHA1_SIZE]; /* see wim_added_hash() */
};

/**
 * Find or add the contents of a file.
 *
 * @param found written: the added contents; NULL if the file is empty or the WIM has its contents
 * @param sha1  written where `found` is NULL: what a directory entry says about the contents
 */
int wim_added_find(struct wim *wim, const struct file *file, struct wim_added_blob **found,
                   uint8_t sha1[SHA1_SIZE], struct error *error);

/** Compute the SHA-1 of added contents, if that has not been done. */
int wim_added_hash(struct wim_added_blob *blob, struct error *error);

#endif
