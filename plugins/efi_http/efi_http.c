/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport: the firmware's HTTP, by the network card that it booted us by.
 *
 * The address is the one that the firmware got for that; nothing of its settings is changed. The
 * headers are taken first and apart: an answer without a body would keep the firmware waiting for
 * one.
 */
#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "base/unicode.h"
#include "efi/network.h"
#include "efi/watchdog.h"
#include "plugins/efi_http/http_protocol.h"
#include "transport/chunked.h"
#include "transport/http_answer.h"
#include "transport/transport.h"

enum {
    HEADERS_MAX = 4,
    BODY_SIZE = 64 * 1024, /* bytes asked for at a time */
    WATCHDOG_PERIOD_MS = 1000,
};

static const EFI_GUID binding_guid = HTTP_SERVICE_BINDING_GUID;
static const EFI_GUID http_guid = HTTP_PROTOCOL_GUID;

/* One fetch. */
struct session {
    struct efi_network_service service;
    struct http_protocol *http;
    struct transfer *transfer;
    struct error *error;
    EFI_EVENT event;
    volatile bool is_signalled;
    uint64_t armed_ms; /* the watchdog */
};

static bool serves(const char *scheme)
{
    bool is_http = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    return is_http && efi_network_handle(&binding_guid) != NULL;
}

/* ---- a session ---- */

static VOID EFIAPI on_event(EFI_EVENT event, VOID *context)
{
    ((struct session *)context)->is_signalled = true;
}

static bool is_near(const struct efi_network_address *network, const char *host)
{
    uint8_t server[4];
    if (!url_read_address(host, server)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(server); i++) {
        if ((server[i] ^ network->address[i]) & network->mask[i]) {
            return false;
        }
    }
    return true;
}

/* Whether a server is reached by IPv6: it has such an address, or only a name, and so had the one
 * that we came from. */
static bool is_ipv6(const char *host)
{
    uint8_t ipv4[4], ipv6[16];
    return url_read_ipv6_address(host, ipv6) ||
           (!url_read_address(host, ipv4) && efi_network_is_ipv6());
}

/* A server of our own subnet is reached from the address that we know at once. All others, and
 * those with IPv6, need what the firmware keeps configured: a gateway, DNS. */
static EFI_STATUS configure(struct session *session, const struct url *url)
{
    struct http_access_point access_point = {.use_default_address = TRUE};
    struct http_access_point_ipv6 access_point_ipv6 = {.local_port = 0};
    struct http_configuration configuration = {
        .version = HTTP_VERSION_11,
        .timeout_ms = session->transfer->timeout_ms,
        .access_point.ipv4 = &access_point,
    };
    struct efi_network_address network;
    if (is_ipv6(url->host)) {
        if (!efi_network_is_ipv6()) { /* without an address EDK2 would try for minutes */
            return EFI_NO_MAPPING;
        }
        configuration.is_ipv6 = TRUE;
        configuration.access_point.ipv6 = &access_point_ipv6;
    } else if (efi_network_address(&network) && is_near(&network, url->host)) {
        access_point.use_default_address = FALSE;
        memcpy(access_point.local_address, network.address, sizeof(network.address));
        memcpy(access_point.local_subnet, network.mask, sizeof(network.mask));
    }
    return session->http->configure(session->http, &configuration);
}

static EFI_STATUS open_session(struct session *session, const struct url *url)
{
    EFI_STATUS status =
        efi_network_open(&session->service, &binding_guid, &http_guid, (void **)&session->http);
    if (EFI_ERROR(status)) {
        return status;
    }
    status = efi_services->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, on_event, session,
                                       &session->event);
    if (EFI_ERROR(status)) {
        session->event = NULL;
        return status;
    }
    return configure(session, url);
}

static void close_session(struct session *session)
{
    efi_network_close(&session->service);
    if (session->event != NULL) {
        efi_services->CloseEvent(session->event);
    }
}

/* Wait for the end of a request or a response. @return its status; EFI_TIMEOUT, with the reason in
 * the error, if no byte came */
static EFI_STATUS wait(struct session *session, struct http_token *token)
{
    while (!session->is_signalled) {
        session->http->poll(session->http);
        if (!session->is_signalled && transfer_has_stalled(session->transfer, session->error)) {
            session->http->cancel(session->http, token);
            return EFI_TIMEOUT;
        }
        uint64_t last_ms = session->transfer->last_byte_ms;
        if (last_ms > session->armed_ms && last_ms - session->armed_ms >= WATCHDOG_PERIOD_MS) {
            efi_watchdog_arm();
            session->armed_ms = last_ms;
        }
    }
    return token->status;
}

/* ---- request and answer ---- */

static EFI_STATUS send_request(struct session *session, const struct url *url)
{
    char text[URL_TEXT_SIZE], host[URL_HOST_SIZE + 8], range[HTTP_RANGE_SIZE];
    CHAR16 wide[URL_TEXT_SIZE];
    struct http_header headers[HEADERS_MAX] = {
        {"Host", host}, {"User-Agent", "wimboot/" WIMBOOT_VERSION}, {"Accept", "*/*"}};
    struct http_request request = {.method = HTTP_METHOD_GET, .url = wide};
    struct http_message message = {
        .data.request = &request,
        .header_count = HEADERS_MAX - 1,
        .headers = headers,
    };
    if (http_range(session->transfer, range)) {
        headers[message.header_count++] = (struct http_header){"Range", range};
    }
    struct http_token token = {.event = session->event, .message = &message};
    size_t length = strlen(url_format(url, text));
    for (size_t i = 0; i <= length; i++) { /* ASCII only: url.h */
        wide[i] = (CHAR16)text[i];
    }
    if (url->port != 0) {
        format_string(host, sizeof(host), "%s:%u", url->host, url->port);
    } else {
        format_string(host, sizeof(host), "%s", url->host);
    }
    session->is_signalled = false;
    EFI_STATUS status = session->http->request(session->http, &token);
    return EFI_ERROR(status) ? status : wait(session, &token);
}

static EFI_STATUS receive(struct session *session, struct http_message *message)
{
    struct http_token token = {.event = session->event, .message = message};
    session->is_signalled = false;
    EFI_STATUS status = session->http->response(session->http, &token);
    return EFI_ERROR(status) ? status : wait(session, &token);
}

/* The value of a header; NULL if the answer has none. */
static const char *find_header(const struct http_message *message, const char *name)
{
    for (UINTN i = 0; message->headers != NULL && i < message->header_count; i++) {
        const struct http_header *header = &message->headers[i];
        if (header->name != NULL && header->value != NULL && utf8_equal(header->name, name)) {
            return header->value;
        }
    }
    return NULL;
}

static void free_headers(struct http_message *message)
{
    if (message->headers == NULL) {
        return;
    }
    for (UINTN i = 0; i < message->header_count; i++) {
        efi_services->FreePool(message->headers[i].name);
        efi_services->FreePool(message->headers[i].value);
    }
    efi_services->FreePool(message->headers);
}

/* The status as the server sent it; 0 for one that the protocol has no number for. */
static unsigned status_code(UINT32 status)
{
    static const struct {
        UINT32 first, last;
        unsigned code; /* of the first */
    } codes[] = {
        {HTTP_OK, HTTP_PARTIAL_CONTENT, 200},
        {HTTP_MULTIPLE_CHOICES, HTTP_USE_PROXY, 300},
        {HTTP_TEMPORARY_REDIRECT, HTTP_TEMPORARY_REDIRECT, 307},
        {HTTP_BAD_REQUEST, HTTP_EXPECTATION_FAILED, 400},
        {HTTP_INTERNAL_SERVER_ERROR, HTTP_VERSION_NOT_SUPPORTED, 500},
        {HTTP_PERMANENT_REDIRECT, HTTP_PERMANENT_REDIRECT, 308},
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (status >= codes[i].first && status <= codes[i].last) {
            return codes[i].code + status - codes[i].first;
        }
    }
    return 0;
}

/* The firmware failed, not the server. EFI_ACCESS_DENIED is not final: a connection that was reset.
 */
static enum transport_outcome interrupted(struct session *session, EFI_STATUS status,
                                          const char *what)
{
    if (status != EFI_TIMEOUT || session->error->text[0] == '\0') {
        error_set(session->error, "%s: %s", what, efi_status_name(status));
    }
    bool is_final =
        status == EFI_UNSUPPORTED || status == EFI_INVALID_PARAMETER || status == EFI_NO_MAPPING;
    return is_final ? TRANSPORT_FAILED : TRANSPORT_INTERRUPTED;
}

/* No more is asked for than was told: EDK2 never returns from receiving bytes after the end. */
static enum transport_outcome receive_body(struct session *session, const struct http_body *body)
{
    static uint8_t buffer[BODY_SIZE];
    struct chunked chunked = {.state = CHUNKED_SIZE};
    uint64_t received = 0;
    while (body->is_chunked ? chunked.state != CHUNKED_DONE : received < body->length) {
        uint64_t left = body->is_chunked ? sizeof(buffer) : body->length - received;
        size_t wanted = left < sizeof(buffer) ? (size_t)left : sizeof(buffer);
        struct http_message message = {.body_length = wanted, .body = buffer};
        EFI_STATUS status = receive(session, &message);
        if (EFI_ERROR(status)) {
            return interrupted(session, status, "receiving");
        }
        if (message.body_length > wanted) {
            error_set(session->error, "the firmware says that it wrote beyond its buffer");
            return TRANSPORT_FAILED;
        }
        int rc = body->is_chunked
                     ? chunked_add(&chunked, session->transfer, buffer, message.body_length,
                                   session->error)
                     : transfer_add(session->transfer, buffer, message.body_length, session->error);
        if (rc != 0) {
            return TRANSPORT_FAILED;
        }
        received += message.body_length;
    }
    return TRANSPORT_DONE;
}

static enum transport_outcome receive_file(struct session *session)
{
    struct http_response response = {.status = 0};
    struct http_message message = {.data.response = &response};
    struct http_body body;
    EFI_STATUS status = receive(session, &message);
    if (EFI_ERROR(status) && status != HTTP_ERROR) {
        free_headers(&message);
        return interrupted(session, status, "no answer");
    }
    const struct http_answer answer = {
        .status = status_code(response.status),
        .content_length = find_header(&message, "Content-Length"),
        .content_range = find_header(&message, "Content-Range"),
        .transfer_encoding = find_header(&message, "Transfer-Encoding"),
        .location = find_header(&message, "Location"),
        .etag = find_header(&message, "ETag"),
        .last_modified = find_header(&message, "Last-Modified"),
    };
    enum transport_outcome outcome = http_judge(&answer, session->transfer, &body, session->error);
    free_headers(&message);
    return outcome == TRANSPORT_DONE ? receive_body(session, &body) : outcome;
}

/* The request could not be sent. A server that does not answer at all is not tried again: EDK2
 * gives up only after a minute, whatever the timeout is. */
static enum transport_outcome not_connected(struct session *session, const struct url *url,
                                            EFI_STATUS status)
{
    bool is_silent = status == EFI_TIMEOUT && session->error->text[0] == '\0';
    if (status == EFI_NOT_FOUND && strcmp(url->scheme, "https") == 0) {
        error_set(session->error, "the firmware has no list of certificates to know servers by "
                                  "(EFI_NOT_FOUND)");
        return TRANSPORT_FAILED;
    }
    enum transport_outcome outcome = interrupted(session, status, "no connection");
    return is_silent ? TRANSPORT_FAILED : outcome;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    struct session session = {
        .transfer = transfer, .error = error, .armed_ms = platform_milliseconds()};
    enum transport_outcome outcome;
    error->text[0] = '\0';
    EFI_STATUS status = open_session(&session, url);
    if (!EFI_ERROR(status)) {
        status = send_request(&session, url);
    }
    outcome = EFI_ERROR(status) ? not_connected(&session, url, status) : receive_file(&session);
    close_session(&session);
    return outcome;
}

PLUGIN(transport, efi_http) = {
    .name = "the firmware's HTTP",
    .rank = 2,
    .has_ranges = true,
    .serves = serves,
    .fetch = fetch,
};
