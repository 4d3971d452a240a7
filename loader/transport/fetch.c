/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a file: which transport, how often, where to. See fetch.h. */
#include "transport/fetch.h"

#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "transport/transport.h"

enum {
    REDIRECTS_MAX = 5,
    ATTEMPTS_MAX = 4,
    FIRST_PAUSE_MS = 500, /* between two attempts; then twice as much each time */
};

static const struct fetch_observer *observer;

void fetch_observe(const struct fetch_observer *new_observer)
{
    observer = new_observer;
}

/* The fastest transport that serves a scheme here, slower than `last`; NULL if there is none. */
static const struct transport *find_transport(const char *scheme, const struct transport *last)
{
    const struct transport *found = NULL;
    PLUGIN_FOR_EACH(transport, entry)
    {
        bool is_slower =
            last == NULL || entry->rank > last->rank || (entry->rank == last->rank && entry > last);
        if (is_slower && (found == NULL || entry->rank < found->rank) && entry->serves(scheme)) {
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
    for (unsigned attempt = 1;; attempt++) {
        transfer_start(transfer);
        enum transport_outcome outcome = transport->fetch(url, transfer, error);
        if (outcome == TRANSPORT_DONE && transfer->size_is_known &&
            transfer->done < transfer->size) {
            error_set(error, "the connection ended after %llu of %llu bytes",
                      (unsigned long long)transfer->done, (unsigned long long)transfer->size);
            outcome = TRANSPORT_INTERRUPTED;
        }
        if (outcome != TRANSPORT_INTERRUPTED || transfer->is_refused) {
            return outcome;
        }
        if (attempt == ATTEMPTS_MAX) {
            return TRANSPORT_FAILED;
        }
        log_warning("%s: %s; trying again", transfer->label, error->text);
        pause(FIRST_PAUSE_MS << (attempt - 1));
    }
}

/* One URL by one transport after the other. */
static enum transport_outcome try_all(const struct url *url, struct transfer *transfer,
                                      const struct transport **transport, struct error *error)
{
    *transport = find_transport(url->scheme, NULL);
    if (*transport == NULL) {
        error_set(error, "this machine has no way to fetch by %s here", url->scheme);
        return TRANSPORT_FAILED;
    }
    for (;;) {
        enum transport_outcome outcome = try_transport(*transport, url, transfer, error);
        if (outcome != TRANSPORT_FAILED || transfer->is_refused) {
            return outcome;
        }
        error_prefix(error, "by %s: ", (*transport)->name);
        const struct transport *next = find_transport(url->scheme, *transport);
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
    struct url from = *url;
    if (url_parse(location, &from, url, error) != 0) {
        return error_prefix(error, "the server sent us on: ");
    }
    bool is_http = strcmp(url->scheme, "http") == 0 && strcmp(from.scheme, "http") == 0;
    if (!is_http && strcmp(url->scheme, "https") != 0) {
        return error_set(error, "the server sent us on from %s to %s, which is not followed",
                         from.scheme, url->scheme);
    }
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

static void tell(const struct url *url, const struct file *file, const char *transport)
{
    char text[URL_TEXT_SIZE], size[24];
    url_format(url, text);
    if (observer != NULL) {
        observer->fetched(text, file->size, transport);
    }
    log_info("fetched %s: %s, by %s", text, log_size(size, file->size), transport);
}

int fetch_file(const struct url *url, struct transfer *transfer, const char *name,
               struct file **file, struct error *error)
{
    const struct transport *transport;
    struct url place = *url;
    char text[URL_TEXT_SIZE];
    enum transport_outcome outcome = follow(&place, transfer, &transport, error);
    *file = NULL;
    if (outcome == TRANSPORT_MISSING && !transfer->is_refused) {
        return 0;
    }
    if (outcome != TRANSPORT_DONE || transfer->is_refused ||
        transfer_finish(transfer, name, file, error) != 0) {
        return error_prefix(error, "%.300s: ", url_format(url, text));
    }
    tell(&place, *file, transport->name);
    return 0;
}
