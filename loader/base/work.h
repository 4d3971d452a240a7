/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has been done so far, counted where it is done: so that somebody who lets others ask for
 * things, as Lua's bindings let scripts, can tell what they cost and put an end to it
 * (lua/limits.c). The counters only grow; differences count.
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
