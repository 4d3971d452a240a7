/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an HTTP server answers (RFC 9110), whoever speaks the protocol for us: the status and a few
 * headers decide what becomes of a transfer.
 */
#ifndef LOADER_HTTP_ANSWER_H
#define LOADER_HTTP_ANSWER_H

#include "transport/transport.h"

enum { HTTP_RANGE_SIZE = 64 }; /* bytes of a Range header's value, which has two numbers */

/** An answer. A header that is not there is NULL. */
struct http_answer {
    unsigned status; /* 200; 0: one that nobody knows */
    const char *content_length, *content_range, *transfer_encoding;
    const char *location, *etag, *last_modified;
};

/** The body that follows. */
struct http_body {
    uint64_t length;
    bool is_chunked; /* no length is known */
};

/** The value of the header Range for a transfer; false if the whole file is wanted. */
bool http_range(const struct transfer *transfer, char text[HTTP_RANGE_SIZE]);

/**
 * Judge an answer, and tell the transfer what will come.
 *
 * @param body written, if it is TRANSPORT_DONE: then it follows
 */
enum transport_outcome http_judge(const struct http_answer *answer, struct transfer *transfer,
                                  struct http_body *body, struct error *error);

#endif
