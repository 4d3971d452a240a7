/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of a transport plugin: a way to fetch files by their URLs. Which one a URL goes by
 * is decided in fetch.c: of those that serve its scheme on this machine the fastest, and where that
 * fails the next.
 */
#ifndef LOADER_TRANSPORT_H
#define LOADER_TRANSPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/plugin.h"
#include "transport/transfer.h"
#include "transport/url.h"

/** How an attempt ended. The last two leave the reason in the error, and may have brought a part
 * of the file. */
enum transport_outcome {
    TRANSPORT_DONE,
    TRANSPORT_MOVED,       /* the file is elsewhere: transfer_move() was told where */
    TRANSPORT_MISSING,     /* the server says that it has no such file */
    TRANSPORT_INTERRUPTED, /* may work a moment later: a reset, a stall, a busy server */
    TRANSPORT_FAILED,      /* will not work by this transport, but perhaps by another */
};

struct transport {
    const char *name; /* for people: "iPXE" */
    unsigned rank;    /* the fastest has the least */
    bool has_ranges;  /* it asks for transfer_range(); others fetch whole files only */
    /** Can this machine fetch by it, from URLs of this scheme? */
    bool (*serves)(const char *scheme);
    /**
     * Fetch a file, into the transfer. What a server says is not trusted: the transfer checks
     * sizes, and a transport whose call of a transfer's function fails ends at once, with any
     * outcome.
     */
    enum transport_outcome (*fetch)(const struct url *url, struct transfer *transfer,
                                    struct error *error);
};

PLUGIN_TABLE(transport);

#endif
