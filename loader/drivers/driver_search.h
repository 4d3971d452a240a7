/* SPDX-License-Identifier: BSD-2-Clause */
/* The search in one package, whether an INF or an index tells of it. */
#ifndef LOADER_DRIVER_SEARCH_H
#define LOADER_DRIVER_SEARCH_H

#include "drivers/driver_inf.h"

/** The best that a package has for a device so far. */
struct driver_candidate {
    unsigned rank; /* PCI_RANK_NONE: nothing */
    char description[INF_FIELD_SIZE];
};

struct driver_finder {
    struct driver_search *search;
    struct driver_candidate *candidates; /* one for each device */
    bool found;                          /* there is something for a device */
    bool maker_taken;                    /* see driver_finder_wants() */
    unsigned maker;
};

/** Start; 0, or -1 without memory. End with driver_finder_close(). */
int driver_finder_open(struct driver_finder *finder, struct driver_search *search,
                       struct error *error);
void driver_finder_close(struct driver_finder *finder);

/** Go to another package. */
void driver_finder_reset(struct driver_finder *finder);

/** Whether a maker's models for some Windows are those that the search wants: the first ones that
 * fit, as they come for the newest Windows first. */
bool driver_finder_wants(struct driver_finder *finder, unsigned maker, const char *arch,
                         uint64_t version);

/** Take an id into account. */
void driver_finder_take(struct driver_finder *finder, const struct driver_id *id);

/** What was found, as the newest package of the search; NULL without memory. Its fields other than
 * the matches are zero. */
struct driver_package *driver_finder_add_package(struct driver_finder *finder);

/** Copy a file to the end of a package's list; 0, or -1 without memory. */
int driver_add_file(struct driver_search *search, struct driver_file ***end, const char *path);

#endif
