/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagrams of the preview: to real servers; or, where --url maps udp://ADDRESS:PORT/ to a folder,
 * answers from files. The answer to the first datagram is in the file "1", to the next in "2", and
 * where there is no such file the server is silent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/format.h"
#include "base/machine.h"
#include "host/host.h"
#include "transport/udp.h"
#include "transport/url.h"

/* ---- played ---- */

static enum udp_outcome play(const struct udp_request *request, struct udp_answer *answer,
                             struct error *error)
{
    const uint8_t *server = request->server;
    char url[URL_TEXT_SIZE], path[HOST_PATH_SIZE];
    static unsigned count; /* of this machine: each is a process of its own */
    format_string(url, sizeof(url), "udp://%u.%u.%u.%u:%u/%u", server[0], server[1], server[2],
                  server[3], request->port, ++count);
    if (!host_mapped_path(url, path)) {
        error_set(error, "no --url says where answers of %.60s are", url);
        return UDP_FAILED;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return UDP_SILENT;
    }
    answer->length = fread(answer->bytes, 1, sizeof(answer->bytes), file);
    fclose(file);
    return UDP_ANSWERED;
}

/* ---- real ---- */

static int open_socket(const struct udp_request *request, struct error *error)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(request->local_port)};
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return error_set(error, "a socket: %s", strerror(errno));
    }
    if (bind(descriptor, (const struct sockaddr *)&own, sizeof(own)) != 0) {
        error_set(error, "port %u: %s", request->local_port, strerror(errno));
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* Receive until something of the server's comes, or until the time is over. */
static enum udp_outcome receive(int descriptor, const struct udp_request *request,
                                struct udp_answer *answer)
{
    uint64_t start_ms = platform_milliseconds(), passed_ms;
    while ((passed_ms = platform_milliseconds() - start_ms) < request->timeout_ms) {
        struct pollfd readable = {.fd = descriptor, .events = POLLIN};
        struct sockaddr_in from;
        socklen_t from_size = sizeof(from);
        if (poll(&readable, 1, (int)(request->timeout_ms - passed_ms)) <= 0) {
            continue;
        }
        ssize_t length = recvfrom(descriptor, answer->bytes, sizeof(answer->bytes), MSG_TRUNC,
                                  (struct sockaddr *)&from, &from_size);
        if (length >= 0 && (size_t)length <= sizeof(answer->bytes) &&
            memcmp(&from.sin_addr, request->server, sizeof(request->server)) == 0) {
            answer->length = (size_t)length;
            return UDP_ANSWERED;
        }
    }
    return UDP_SILENT;
}

static enum udp_outcome ask(const struct udp_request *request, struct udp_answer *answer,
                            struct error *error)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(request->port)};
    enum udp_outcome outcome = UDP_FAILED;
    int descriptor = open_socket(request, error);
    if (descriptor < 0) {
        return UDP_FAILED;
    }
    memcpy(&server.sin_addr, request->server, sizeof(request->server));
    if (sendto(descriptor, request->bytes, request->length, 0, (const struct sockaddr *)&server,
               sizeof(server)) < 0) {
        error_set(error, "sending: %s", strerror(errno));
    } else {
        outcome = receive(descriptor, request, answer);
    }
    close(descriptor);
    return outcome;
}

/* ---- the plugin ---- */

static bool serves(void)
{
    return host_maps_urls() || host_fetches_from_servers();
}

static enum udp_outcome exchange(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error)
{
    return host_maps_urls() ? play(request, answer, error) : ask(request, answer, error);
}

PLUGIN(udp, host) = {
    .name = "the preview",
    .rank = 100,
    .serves = serves,
    .exchange = exchange,
};
