/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lookup tables of all parts, joined: SHA-1 -> resource, images, reference counts. Entries are
 * numbered through all parts.
 */
#ifndef LOADER_WIM_LOOKUP_H
#define LOADER_WIM_LOOKUP_H

#include "wim/wim_resource.h"

/** A run of solid entries of the lookup table: blobs in the joined data of its resources. */
struct wim_solid_run {
    uint32_t first_entry, entry_count; /* in the joined lookup tables of all parts */
    uint32_t resource_count;
    struct wim_resource *resources; /* NULL until the first blob of the run is read */
};

/** Read the lookup tables of all parts, index them and find the images. */
int wim_lookup_load(struct wim *wim, struct error *error);

/** An entry by its number in the joined tables, and the part that it is in. */
const struct wim_lookup_disk *wim_lookup_entry(const struct wim *wim, uint32_t entry,
                                               uint32_t *part);

/** Whether a lookup entry's offset is one in the joined data of a solid run, not in the file. */
bool wim_lookup_is_in_solid(const struct wim_location *location);

/** Find a blob by its SHA-1. False if there is none. */
bool wim_lookup_find(const struct wim *wim, const uint8_t sha1[SHA1_SIZE], uint32_t *entry);

/** Bytes of the blob of an entry. */
uint64_t wim_lookup_size(const struct wim *wim, uint32_t entry);

/**
 * Open the resource that holds the blob of an entry.
 *
 * @param resource written: in the pool; shared by all blobs of a solid resource
 * @param offset   written: of the blob in the resource
 */
int wim_lookup_open(struct wim *wim, uint32_t entry, struct wim_resource **resource,
                    uint64_t *offset, struct error *error);

/** Give back what wim_lookup_open() opened. */
void wim_lookup_close(struct wim *wim, uint32_t entry, struct wim_resource *resource);

#endif
