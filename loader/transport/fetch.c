/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a file: which transport, how often, where to. See fetch.h. */
#include "transport/fetch.h"

#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "transport/transport.h"

enum {
    REDIRECTS_MAX = 5,
    ATTEMPTS_MAX = 4,             /* with little or nothing coming in each */
    PROGRESS_BYTES = 1024 * 1024, /* after so many, the attempts are counted anew */
    FIRST_PAUSE_MS = 500,         /* between two attempts; then twice as much each time */
};

static const struct fetch_observer *observer;
static uint64_t bytes_left;

void fetch_observe(const struct fetch_observer *new_observer)
{
    observer = new_observer;
}

void fetch_start(uint64_t limit)
{
    bytes_left = limit;
}

uint64_t fetch_left(void)
{
    return bytes_left;
}

bool fetch_take(uint64_t bytes)
{
    if (bytes > bytes_left) {
        return false;
    }
    bytes_left -= bytes;
    return true;
}

/* The fastest transport that serves a scheme here, slower than `last`; NULL if there is none. */
static const struct transport *find_transport(const char *scheme, bool with_ranges,
                                              const struct transport *last)
{
    const struct transport *found = NULL;
    PLUGIN_FOR_EACH(transport, entry)
    {
        bool is_slower =
            last == NULL || entry->rank > last->rank || (entry->rank == last->rank && entry > last);
        if (is_slower && (entry->has_ranges || !with_ranges) &&
            (found == NULL || entry->rank < found->rank) && entry->serves(scheme)) {
            found = entry;
        }
    }
    return found;
}

static void pause(uint64_t milliseconds)
{
    uint64_t start = platform_milliseconds();
    while (platform_milliseconds() - start < milliseconds) {
    }
}

/* One URL by one transport, again after interruptions. */
static enum transport_outcome try_transport(const struct transport *transport,
                                            const struct url *url, struct transfer *transfer,
                                            struct error *error)
{
    transfer_start(transfer);
    for (unsigned attempt = 1;; attempt++) {
        uint64_t before = transfer->done;
        enum transport_outcome outcome = transport->fetch(url, transfer, error);
        if (outcome == TRANSPORT_DONE && transfer->size_is_known &&
            transfer->done < transfer->size) {
            error_set(error, "the connection ended after %llu of %llu bytes",
                      (unsigned long long)transfer->done, (unsigned long long)transfer->size);
            outcome = TRANSPORT_INTERRUPTED;
        }
        if (outcome == TRANSPORT_FAILED && transfer->has_changed && transfer->part.target == NULL) {
            outcome = TRANSPORT_INTERRUPTED; /* the other version is as good, but not half of it */
        }
        if (outcome != TRANSPORT_INTERRUPTED || transfer->is_refused) {
            return outcome;
        }
        if (transport->has_ranges) {
            transfer_resume(transfer);
        } else {
            transfer_start(transfer);
        }
        if (transfer->done > before && transfer->done - before >= PROGRESS_BYTES) {
            attempt = 1;
        }
        if (attempt == ATTEMPTS_MAX) {
            return TRANSPORT_FAILED;
        }
        log_warning("%s: %s; trying again%s", transfer->label, error->text,
                    transfer->done > 0 ? " from there" : "");
        pause(FIRST_PAUSE_MS << (attempt - 1));
    }
}

/* One URL by one transport after the other. */
static enum transport_outcome try_all(const struct url *url, struct transfer *transfer,
                                      const struct transport **transport, struct error *error)
{
    bool is_part = transfer->part.target != NULL;
    *transport = find_transport(url->scheme, is_part, NULL);
    if (*transport == NULL) {
        transfer->lacks_ranges = is_part;
        error_set(error, "this machine has no way to fetch by %s here", url->scheme);
        return TRANSPORT_FAILED;
    }
    for (;;) {
        enum transport_outcome outcome = try_transport(*transport, url, transfer, error);
        if (outcome != TRANSPORT_FAILED || transfer->is_refused || transfer->lacks_ranges ||
            transfer->has_changed) {
            return outcome;
        }
        error_prefix(error, "by %s: ", (*transport)->name);
        const struct transport *next = find_transport(url->scheme, is_part, *transport);
        if (next == NULL) {
            return outcome;
        }
        log_warning("%s: %s; trying %s", transfer->label, error->text, next->name);
        *transport = next;
    }
}

/* Where the server says that the file is now. A server can send us to other servers, but neither to
 * files of this machine nor away from a connection that nobody else can read. */
static int redirect(struct url *url, const char *location, struct error *error)
{
    struct url to;
    if (url_parse(location, url, &to, error) != 0) {
        return error_prefix(error, "the server sent us on: ");
    }
    bool is_http = strcmp(url->scheme, "http") == 0 && strcmp(to.scheme, "http") == 0;
    if (!is_http && strcmp(to.scheme, "https") != 0) {
        return error_set(error, "the server sent us on from %s to %s, which is not followed",
                         url->scheme, to.scheme);
    }
    *url = to;
    return 0;
}

/* Follow redirects to where the file is. */
static enum transport_outcome follow(struct url *url, struct transfer *transfer,
                                     const struct transport **transport, struct error *error)
{
    for (unsigned redirects = 0;; redirects++) {
        enum transport_outcome outcome = try_all(url, transfer, transport, error);
        if (outcome != TRANSPORT_MOVED || transfer->is_refused) {
            return outcome;
        }
        if (redirects == REDIRECTS_MAX) {
            error_set(error, "the server sent us on more than %d times", REDIRECTS_MAX);
            return TRANSPORT_FAILED;
        }
        if (redirect(url, transfer->location, error) != 0) {
            return TRANSPORT_FAILED;
        }
    }
}

/* Put a URL in front of a reason, and where the server sent us on to. */
static int prefix_places(const struct url *url, const struct url *place, struct error *error)
{
    char first[URL_TEXT_SIZE], last[URL_TEXT_SIZE];
    return strcmp(url_format(url, first), url_format(place, last)) == 0
               ? error_prefix(error, "%.300s: ", first)
               : error_prefix(error, "%.120s: sent on to %.120s: ", first, last);
}

int fetch_file(const struct url *url, struct transfer *transfer, const char *name,
               struct file **file, struct error *error)
{
    const struct transport *transport;
    struct url place = *url;
    char text[URL_TEXT_SIZE], size[24];
    transfer->size_max = bytes_left;
    enum transport_outcome outcome = follow(&place, transfer, &transport, error);
    bytes_left -= transfer->allocated;
    *file = NULL;
    if (outcome == TRANSPORT_MISSING && !transfer->is_refused) {
        return 0;
    }
    if (outcome != TRANSPORT_DONE || transfer->is_refused ||
        transfer_finish(transfer, name, file, error) != 0) {
        return prefix_places(url, &place, error);
    }
    url_format(&place, text);
    if (observer != NULL) {
        observer->fetched(text, (*file)->size, false);
    }
    log_info("fetched %s: %s, by %s", text, log_size(size, (*file)->size), transport->name);
    return 0;
}

enum transport_outcome fetch_part(struct url *url, struct transfer *transfer, struct error *error)
{
    const struct transport *transport;
    char text[URL_TEXT_SIZE];
    enum transport_outcome outcome = follow(url, transfer, &transport, error);
    if (outcome == TRANSPORT_DONE && observer != NULL) {
        observer->fetched(url_format(url, text), transfer->done, true);
    }
    if (outcome == TRANSPORT_FAILED) {
        error_prefix(error, "%.300s: ", url_format(url, text));
    }
    return outcome;
}
