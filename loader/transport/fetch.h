/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a file by its URL, by whichever transport there is. */
#ifndef LOADER_FETCH_H
#define LOADER_FETCH_H

#include "transport/transfer.h"
#include "transport/url.h"

/** Somebody who is told of each file that was fetched. */
struct fetch_observer {
    void (*fetched)(const char *url, uint64_t size, const char *transport);
};

/** Set the observer; NULL for none. The preview's report is one. */
void fetch_observe(const struct fetch_observer *observer);

/**
 * Fetch a file. Its content is in memory that outlives the hand-over. Interrupted transfers are
 * repeated, redirects followed; of several transports the next is tried where one fails.
 *
 * @param transfer with what it is for, all else zero
 * @param name     of the file; must stay
 * @param file     written; NULL if no server has the file
 * @return 0; -1, naming the URL
 */
int fetch_file(const struct url *url, struct transfer *transfer, const char *name,
               struct file **file, struct error *error);

#endif
