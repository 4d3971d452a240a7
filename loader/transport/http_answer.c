/* SPDX-License-Identifier: BSD-2-Clause */
/* What HTTP servers answer. See http_answer.h. */
#include "transport/http_answer.h"

#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "base/unicode.h"

enum {
    STATUS_UNKNOWN = 0,
    STATUS_OK = 200,
    STATUS_PARTIAL_CONTENT = 206,
    STATUS_MOVED_PERMANENTLY = 301,
    STATUS_FOUND = 302,
    STATUS_SEE_OTHER = 303,
    STATUS_TEMPORARY_REDIRECT = 307,
    STATUS_PERMANENT_REDIRECT = 308,
    STATUS_NOT_FOUND = 404,
    STATUS_GONE = 410,
    STATUS_RANGE_NOT_SATISFIABLE = 416,
    STATUS_SERVER_ERRORS = 500,
    STATUS_VERSION_NOT_SUPPORTED = 505,
};

bool http_range(const struct transfer *transfer, char text[HTTP_RANGE_SIZE])
{
    uint64_t first, end;
    if (!transfer_range(transfer, &first, &end)) {
        return false;
    }
    if (end == UINT64_MAX) {
        format_string(text, HTTP_RANGE_SIZE, "bytes=%llu-", (unsigned long long)first);
    } else {
        format_string(text, HTTP_RANGE_SIZE, "bytes=%llu-%llu", (unsigned long long)first,
                      (unsigned long long)end - 1);
    }
    return true;
}

/* A number, which ends in this character; moves the text on. */
static bool read_number(const char **text, char end, uint64_t *number)
{
    const char *at = *text;
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (*number > (UINT64_MAX - 9) / 10) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(*at - '0');
    }
    bool is_number = at > *text && *at == end;
    *text = at + (is_number && end != '\0');
    return is_number;
}

/* A Content-Length, if it is a number and nothing else. */
static bool read_length(const char *text, uint64_t *length)
{
    return text != NULL && read_number(&text, '\0', length);
}

/* A Content-Range, "bytes FIRST-LAST/SIZE" (14.4). */
static bool read_range(const char *text, uint64_t *first, uint64_t *end, uint64_t *size)
{
    static const char unit[] = "bytes ";
    if (text == NULL || strncmp(text, unit, sizeof(unit) - 1) != 0) {
        return false;
    }
    text += sizeof(unit) - 1;
    uint64_t last;
    if (!read_number(&text, '-', first) || !read_number(&text, '/', &last) ||
        !read_number(&text, '\0', size) || *first > last || last >= *size) {
        return false;
    }
    *end = last + 1;
    return true;
}

/* What the status says; TRANSPORT_DONE if a body follows. */
static enum transport_outcome judge_status(const struct http_answer *answer,
                                           struct transfer *transfer, struct error *error)
{
    const char *location = answer->location != NULL ? answer->location : "";
    switch (answer->status) {
    case STATUS_OK:
    case STATUS_PARTIAL_CONTENT:
        return TRANSPORT_DONE;
    case STATUS_RANGE_NOT_SATISFIABLE: /* there is nothing to send parts of: an empty file */
        transfer->lacks_ranges = transfer->part.target != NULL;
        error_set(error, "the server says that the file is shorter");
        return TRANSPORT_FAILED;
    case STATUS_NOT_FOUND:
    case STATUS_GONE:
        return TRANSPORT_MISSING;
    case STATUS_MOVED_PERMANENTLY:
    case STATUS_FOUND:
    case STATUS_SEE_OTHER:
    case STATUS_TEMPORARY_REDIRECT:
    case STATUS_PERMANENT_REDIRECT:
        return transfer_move(transfer, location, strlen(location), error) == 0 ? TRANSPORT_MOVED
                                                                               : TRANSPORT_FAILED;
    case STATUS_UNKNOWN:
        error_set(error, "the server answers with a status that the firmware does not know");
        return TRANSPORT_FAILED;
    default:
        error_set(error, "the server answers with status %u", answer->status);
        return answer->status >= STATUS_SERVER_ERRORS &&
                       answer->status < STATUS_VERSION_NOT_SUPPORTED
                   ? TRANSPORT_INTERRUPTED
                   : TRANSPORT_FAILED;
    }
}

/* Tell the transfer what will come, a whole file or a part of one. */
static int expect_body(const struct http_answer *answer, struct transfer *transfer,
                       struct http_body *body, struct error *error)
{
    const char *version = answer->etag != NULL ? answer->etag : answer->last_modified;
    uint64_t first, end, size;
    bool is_whole = answer->status == STATUS_OK;
    bool has_length = read_length(answer->content_length, &body->length);
    body->is_chunked =
        answer->transfer_encoding != NULL && utf8_equal(answer->transfer_encoding, "chunked");
    if (is_whole && transfer->done > 0) { /* the rest was asked for, and all of it comes */
        transfer_start(transfer);
    }
    if (version != NULL && transfer_check_version(transfer, version, error) != 0) {
        return -1;
    }
    if (!has_length && !body->is_chunked) {
        return error_set(error, "the server does not say how many bytes the file has "
                                "(Content-Length)");
    }
    if (is_whole) {
        return body->is_chunked && transfer->part.target == NULL
                   ? 0
                   : transfer_expect(transfer, body->length, error);
    }
    if (!read_range(answer->content_range, &first, &end, &size) ||
        (has_length && body->length != end - first)) {
        return error_set(error, "the server does not say which bytes it sends");
    }
    return transfer_expect_range(transfer, first, end, size, error);
}

enum transport_outcome http_judge(const struct http_answer *answer, struct transfer *transfer,
                                  struct http_body *body, struct error *error)
{
    *body = (struct http_body){.length = 0};
    enum transport_outcome outcome = judge_status(answer, transfer, error);
    transfer->last_byte_ms = platform_milliseconds();
    if (outcome == TRANSPORT_DONE && expect_body(answer, transfer, body, error) != 0) {
        return TRANSPORT_FAILED;
    }
    return outcome;
}
