/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The metadata of an image: its directory tree as bytes, loaded as far as needed.
 */
#ifndef LOADER_WIM_METADATA_H
#define LOADER_WIM_METADATA_H

#include "wim/wim_resource.h"

/** The bytes of an image's metadata. Valid are those that wim_metadata_need() was called for. */
struct wim_metadata {
    const uint8_t *bytes;
    size_t size;
    uint8_t *memory; /* scratch memory that holds them, or NULL */
    struct wim_resource resource;
    uint8_t *is_loaded; /* of each chunk of the resource; scratch memory */
    size_t missing;     /* chunks not loaded */
    bool is_verified;
    uint8_t sha1[SHA1_SIZE];
};

/** Open the metadata of an image; no more than a view of it is loaded. */
int wim_metadata_open(struct wim *wim, uint32_t index, struct wim_metadata *metadata,
                      struct error *error);

/** Make some bytes valid; they must be within the metadata. */
int wim_metadata_need(struct wim_metadata *metadata, size_t position, size_t length,
                      struct error *error);

/** Make all bytes valid, and check them against the SHA-1. */
int wim_metadata_verify(struct wim_metadata *metadata, struct error *error);

void wim_metadata_close(struct wim_metadata *metadata);

#endif
