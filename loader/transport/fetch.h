/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a file by its URL, by whichever transport there is. */
#ifndef LOADER_FETCH_H
#define LOADER_FETCH_H

#include "transport/transfer.h"
#include "transport/transport.h"
#include "transport/url.h"

/** Somebody who is told of each file that was fetched, or of each part of one. */
struct fetch_observer {
    void (*fetched)(const char *url, uint64_t size, bool is_part);
};

/** Set the observer; NULL for none. The preview's report is one. */
void fetch_observe(const struct fetch_observer *observer);

/** Begin a boot, whose files may take so many bytes of memory. */
void fetch_start(uint64_t limit);

/** Bytes that may still be taken. */
uint64_t fetch_left(void);

/** Count bytes that were taken; false, and nothing is counted, if so many are not left. */
bool fetch_take(uint64_t bytes);

/**
 * Fetch a file. Its content is in memory that outlives the hand-over. Interrupted transfers are
 * resumed or repeated, redirects followed; of several transports the next is tried where one fails.
 *
 * @param transfer with what it is for, all else zero; how much it may take is set here
 * @param name     of the file; must stay
 * @param file     written; NULL if no server has the file
 * @return 0; -1, naming the URL
 */
int fetch_file(const struct url *url, struct transfer *transfer, const char *name,
               struct file **file, struct error *error);

/**
 * Fetch a part of a file.
 *
 * @param url      where it is; written: where it is after redirects
 * @param transfer with its part and a label
 * @return TRANSPORT_DONE, TRANSPORT_MISSING, or TRANSPORT_FAILED, naming the URL
 */
enum transport_outcome fetch_part(struct url *url, struct transfer *transfer, struct error *error);

#endif
