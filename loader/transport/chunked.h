/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of an HTTP answer in chunks (RFC 9112, 7.1), for servers that do not know how long it
 * will be. Firmware hands on such a body as it came.
 */
#ifndef LOADER_CHUNKED_H
#define LOADER_CHUNKED_H

#include "transport/transfer.h"

enum chunked_state {
    CHUNKED_SIZE,      /* in the size of a chunk */
    CHUNKED_EXTENSION, /* after it, up to the end of the line */
    CHUNKED_DATA,
    CHUNKED_DATA_END, /* in the line end after them */
    CHUNKED_TRAILER,  /* in the lines after the last chunk */
    CHUNKED_DONE,
};

/** A body on its way; all zero at the start. */
struct chunked {
    enum chunked_state state;
    unsigned digits;      /* of the size, so far */
    uint64_t left;        /* bytes of the chunk */
    size_t line_length;   /* since the last chunk, or of a trailer's line, so far */
    size_t trailer_bytes; /* of all trailers */
};

/** Take the next bytes of the body; the contents go to the transfer. -1 if they are not such a
 * body, or the transfer does not take them. What follows its end is ignored. */
int chunked_add(struct chunked *chunked, struct transfer *transfer, const uint8_t *bytes,
                size_t length, struct error *error);

#endif
