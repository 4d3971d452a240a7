/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slim patch: one image alone, without what only the others use.
 */
#ifndef LOADER_WIM_SLIM_H
#define LOADER_WIM_SLIM_H

#include <stdbool.h>

#include "wim/wim_kept.h"
#include "wim/wim_tree.h"

/** What is kept. Starts as zeros. */
struct wim_slim {
    struct wim *wim;
    struct wim_tree *tree; /* of the image that is kept */
    /** For each lookup entry, how often the image uses its contents; 0: left out. Scratch memory.
     */
    uint32_t *references;
    uint32_t entry_count;   /* of the lookup table, that are kept */
    uint32_t part_count;    /* in `parts` */
    struct wim_kept *parts; /* the bytes of each part; scratch memory */
    size_t run_count;       /* of all parts */
    char *xml_text;         /* what the XML says about the image; scratch memory */
    size_t xml_length;
};

/**
 * Find out what an image needs, with the changes so far. Also counts the references to added
 * contents that are kept (struct wim_added_blob).
 *
 * @param slim to be given to wim_slim_end(), also after an error
 */
int wim_slim_start(struct wim_slim *slim, struct wim *wim, uint32_t image, struct error *error);

/** Bytes of the new XML, at most. */
uint64_t wim_slim_xml_capacity(const struct wim_slim *slim);

/**
 * Write the XML of a WIM that has the image alone.
 *
 * @param offset of the XML in that WIM
 * @return bytes
 */
size_t wim_slim_write_xml(const struct wim_slim *slim, uint64_t offset, void *xml);

void wim_slim_end(struct wim_slim *slim);

#endif
