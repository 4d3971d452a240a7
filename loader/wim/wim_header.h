/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers of the parts of a WIM, and whether the parts belong together.
 */
#ifndef LOADER_WIM_HEADER_H
#define LOADER_WIM_HEADER_H

#include "wim/wim.h"
#include "wim/wim_format.h"

struct wim_part {
    const struct file *file;
    struct wim_header_disk header;
    bool pipable;
    const struct wim_lookup_disk *entries;
    uint32_t entry_count;
    uint32_t first_entry; /* its number in the joined tables */
    void *entries_memory; /* scratch memory that holds the entries, or NULL */
};

/**
 * Read the headers of all parts, in any order: fills in the WIM's parts, its name and its
 * compression.
 */
int wim_read_headers(struct wim *wim, const struct file *const *files, size_t count,
                     struct error *error);

#endif
