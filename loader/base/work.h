/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the work that was done, so that the costs of a script's calls are known and can be limited
 * (lua/limits.c). The counters only grow; use differences.
 */
#ifndef LOADER_WORK_H
#define LOADER_WORK_H

#include <stdint.h>

struct work {
    uint64_t moved;   /* bytes of memory that were allocated, copied, compared or walked through */
    uint64_t read;    /* bytes of files that were read, decompressed or hashed */
    uint64_t printed; /* bytes of text that were written to the console */
};

extern struct work work_done;

#endif
