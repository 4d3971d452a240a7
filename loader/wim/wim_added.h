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
    /* Of contents that are known late: see wim_added_late(). Else NULL. */
    size_t (*fill)(char *buffer, size_t capacity);
    char *late_bytes;
    uint64_t late_size;      /* once they are hashed; `file` has all that there is room for */
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

/** Add contents that are known when their SHA-1 is needed. NULL without memory. */
struct wim_added_blob *wim_added_late(struct wim *wim, const char *name, size_t capacity,
                                      size_t (*fill)(char *buffer, size_t capacity),
                                      struct error *error);

/** Whether contents are known only when they are needed. */
bool wim_added_is_late(const struct wim_added_blob *blob);

/** Bytes of added contents; of late ones that are not known yet, what there is room for. */
uint64_t wim_added_size(const struct wim_added_blob *blob);

/** Compute the SHA-1 of added contents, if that has not been done. Late ones are fixed then. */
int wim_added_hash(struct wim_added_blob *blob, struct error *error);

#endif
