/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the work that was done, so that the costs of a script's calls are known and can be limited
 * (lua/limits.c). The counters only grow; use differences.
 */
#ifndef LOADER_WORK_H
#define LOADER_WORK_H

#include <stdbool.h>
#include <stdint.h>

struct work {
    uint64_t moved;   /* bytes of memory that were allocated, copied, compared or walked through */
    uint64_t read;    /* bytes of files that were read, decompressed or hashed */
    uint64_t printed; /* bytes of text that were written to the console */
};

extern struct work work_done;

/** What `moved` may come to, for work within one call that a hostile file can make as long as it
 * likes: lists of a hive that refer to each other, directories that contain themselves. Set by
 * lua/limits.c, which only counts when a call has ended. */
extern uint64_t work_limit;

/** Whether such work is to end, with an error. */
static inline bool work_is_exhausted(void)
{
    return work_done.moved > work_limit;
}

/** The reason, for messages. */
#define WORK_EXHAUSTED "more work than one script may have done"

#endif
