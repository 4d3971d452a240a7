/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: real servers, by libcurl, for a preview that is told of no folder to use instead.
 *
 * The library is opened when it is needed, so that the preview runs without it. Its interface, and
 * the numbers in it, have not changed since 2006 (curl's docs/libcurl/ABI.md).
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/format.h"
#include "host/host.h"
#include "transport/http_answer.h"
#include "transport/transport.h"

enum {
    HEADER_SIZE = 512, /* bytes of a header that are looked at */
    CONNECT_TIMEOUT_S = 10,
    HTTP_AND_HTTPS = 3, /* CURLPROTO_HTTP | CURLPROTO_HTTPS */
};

/* CURLoption, CURLINFO and CURLcode, as curl/curl.h numbers them. */
enum {
    OPT_WRITEDATA = 10001,
    OPT_URL = 10002,
    OPT_RANGE = 10007,
    OPT_USERAGENT = 10018,
    OPT_HEADERDATA = 10029,
    OPT_LOW_SPEED_LIMIT = 19,
    OPT_LOW_SPEED_TIME = 20,
    OPT_CONNECTTIMEOUT = 78,
    OPT_NOSIGNAL = 99,
    OPT_PROTOCOLS = 181,
    OPT_WRITEFUNCTION = 20011,
    OPT_HEADERFUNCTION = 20079,
    INFO_RESPONSE_CODE = 0x200002,
    CODE_OK = 0,
};

static struct {
    void *(*easy_init)(void);
    int (*easy_setopt)(void *handle, int option, ...);
    int (*easy_perform)(void *handle);
    int (*easy_getinfo)(void *handle, int info, ...);
    const char *(*easy_strerror)(int code);
    void (*easy_cleanup)(void *handle);
} curl;

static bool is_allowed;

void host_fetch_from_servers(void)
{
    is_allowed = true;
}

bool host_fetches_from_servers(void)
{
    return is_allowed;
}

/* Open the library; false if it is not installed. */
static bool open_library(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    static const struct {
        const char *name;
        void *function;
    } functions[] = {
        {"curl_easy_init", &curl.easy_init},         {"curl_easy_setopt", &curl.easy_setopt},
        {"curl_easy_perform", &curl.easy_perform},   {"curl_easy_getinfo", &curl.easy_getinfo},
        {"curl_easy_strerror", &curl.easy_strerror}, {"curl_easy_cleanup", &curl.easy_cleanup},
    };
    static void *library;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && library == NULL; i++) {
        library = dlopen(names[i], RTLD_NOW);
    }
    for (size_t i = 0; library != NULL && i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *found = dlsym(library, functions[i].name);
        if (found == NULL) {
            return false;
        }
        memcpy(functions[i].function, &found, sizeof(found));
    }
    return library != NULL;
}

static bool serves(const char *scheme)
{
    return is_allowed && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
}

/* ---- one fetch ---- */

struct session {
    void *handle;
    struct transfer *transfer;
    struct error *error;
    bool is_judged; /* the answer; then this is what it means: */
    enum transport_outcome outcome;
    char length[HEADER_SIZE], range[HEADER_SIZE], encoding[HEADER_SIZE];
    char location[HEADER_SIZE], etag[HEADER_SIZE], modified[HEADER_SIZE];
};

static const char *present(const char *value)
{
    return value[0] != '\0' ? value : NULL;
}

/* When the headers are there. */
static void judge(struct session *session)
{
    long status = 0;
    struct http_body body;
    if (session->is_judged) {
        return;
    }
    curl.easy_getinfo(session->handle, INFO_RESPONSE_CODE, &status);
    const struct http_answer answer = {
        .status = (unsigned)status,
        .content_length = present(session->length),
        .content_range = present(session->range),
        .transfer_encoding = present(session->encoding),
        .location = present(session->location),
        .etag = present(session->etag),
        .last_modified = present(session->modified),
    };
    session->is_judged = true;
    session->outcome = http_judge(&answer, session->transfer, &body, session->error);
}

/* One header, or the status line, or the empty line after them. */
static size_t on_header(const char *line, size_t size, size_t count, void *context)
{
    struct session *session = context;
    const struct {
        const char *name;
        char *value;
    } headers[] = {
        {"Content-Length:", session->length},
        {"Content-Range:", session->range},
        {"Transfer-Encoding:", session->encoding},
        {"Location:", session->location},
        {"ETag:", session->etag},
        {"Last-Modified:", session->modified},
    };
    size_t length = size * count;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        size_t start = strlen(headers[i].name), end = length;
        if (length < start || strncasecmp(line, headers[i].name, start) != 0) {
            continue;
        }
        while (start < end && (line[start] == ' ' || line[start] == '\t')) {
            start++;
        }
        while (end > start && strchr("\r\n\t ", line[end - 1]) != NULL) {
            end--;
        }
        format_string(headers[i].value, HEADER_SIZE, "%.*s", (int)(end - start), line + start);
    }
    return length;
}

static size_t on_bytes(const void *bytes, size_t size, size_t count, void *context)
{
    struct session *session = context;
    judge(session);
    if (session->outcome != TRANSPORT_DONE) {
        return 0; /* the body of an answer that is no file */
    }
    if (transfer_add(session->transfer, bytes, size * count, session->error) != 0) {
        session->outcome = TRANSPORT_FAILED;
        return 0;
    }
    return size * count;
}

static void set_up(struct session *session, const char *url, const char *range)
{
    void *handle = session->handle;
    curl.easy_setopt(handle, OPT_URL, url);
    curl.easy_setopt(handle, OPT_USERAGENT, "wimboot-preview/" WIMBOOT_VERSION);
    curl.easy_setopt(handle, OPT_PROTOCOLS, (long)HTTP_AND_HTTPS);
    curl.easy_setopt(handle, OPT_NOSIGNAL, 1L);
    curl.easy_setopt(handle, OPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl.easy_setopt(handle, OPT_LOW_SPEED_LIMIT, 1L);
    curl.easy_setopt(handle, OPT_LOW_SPEED_TIME, (long)(session->transfer->timeout_ms / 1000));
    curl.easy_setopt(handle, OPT_HEADERFUNCTION, on_header);
    curl.easy_setopt(handle, OPT_HEADERDATA, session);
    curl.easy_setopt(handle, OPT_WRITEFUNCTION, on_bytes);
    curl.easy_setopt(handle, OPT_WRITEDATA, session);
    if (range != NULL) {
        curl.easy_setopt(handle, OPT_RANGE, range + strlen("bytes="));
    }
}

static enum transport_outcome perform(struct session *session, const struct url *url)
{
    char text[URL_TEXT_SIZE], range[HTTP_RANGE_SIZE];
    bool has_range = http_range(session->transfer, range);
    set_up(session, url_format(url, text), has_range ? range : NULL);
    int code = curl.easy_perform(session->handle);
    if (code == CODE_OK) {
        judge(session); /* an answer without a body */
    }
    if (code != CODE_OK && (!session->is_judged || session->outcome == TRANSPORT_DONE)) {
        error_set(session->error, "libcurl: %s", curl.easy_strerror(code));
        return session->is_judged ? TRANSPORT_INTERRUPTED : TRANSPORT_FAILED;
    }
    return session->outcome;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    struct session session = {.transfer = transfer, .error = error};
    if (!open_library() || (session.handle = curl.easy_init()) == NULL) {
        error_set(error, "libcurl is not installed (package libcurl4), and no --url says which "
                         "folder to use instead");
        return TRANSPORT_FAILED;
    }
    enum transport_outcome outcome = perform(&session, url);
    curl.easy_cleanup(session.handle);
    return outcome;
}

PLUGIN(transport, curl) = {
    .name = "libcurl",
    .rank = 101,
    .has_ranges = true,
    .serves = serves,
    .fetch = fetch,
};
