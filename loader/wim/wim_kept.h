/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes of a file are kept where the rest is left out, and where they are then.
 *
 * The file is divided into units, each of which is kept or left out as a whole. So bytes keep their
 * alignment, and the pieces are not many more than there are holes worth leaving out.
 */
#ifndef LOADER_WIM_KEPT_H
#define LOADER_WIM_KEPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/file.h"

/** Units that are kept, one after the other. */
struct wim_kept_run {
    uint32_t first, count;
    uint32_t place; /* units kept before them */
};

/** Starts as zeros. */
struct wim_kept {
    const struct file *file;
    unsigned order; /* a unit has 2^order bytes; the last one of the file may have fewer */
    uint32_t unit_count;
    /** Scratch memory, for each unit: how many of the ranges that were added start in it, less
     * those that end in the one before. So each costs the same, whatever its length. */
    int32_t *changes;
    uint32_t run_count;
    struct wim_kept_run *runs; /* scratch memory; see wim_kept_finish() */
};

/** Start with nothing of a file. -1 without memory. */
int wim_kept_start(struct wim_kept *kept, const struct file *file, struct error *error);

/** Keep these bytes. -1 if they are not within the file. */
int wim_kept_add(struct wim_kept *kept, uint64_t offset, uint64_t length, struct error *error);

/** When all bytes are known: find the runs. -1 without memory. */
int wim_kept_finish(struct wim_kept *kept, struct error *error);

/** A run as bytes of the file. */
void wim_kept_range(const struct wim_kept *kept, uint32_t run, uint64_t *offset, uint64_t *length);

/** Where a byte that is kept is when the runs follow each other. */
uint64_t wim_kept_place(const struct wim_kept *kept, uint64_t offset);

void wim_kept_free(struct wim_kept *kept);

#endif
