/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One datagram to a server, and its answer; and the contract of the plugins that exchange them on a
 * machine. What comes back is as untrusted as the network.
 */
#ifndef LOADER_UDP_H
#define LOADER_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/plugin.h"

/** Bytes of a datagram that an Ethernet packet has room for: longer ones are neither sent nor
 * taken. */
enum { UDP_SIZE_MAX = 1472 };

struct udp_request {
    uint8_t server[4]; /* answers of others are not taken */
    uint16_t port;
    uint16_t local_port; /* 0: any that is free */
    const void *bytes;
    size_t length; /* at most UDP_SIZE_MAX */
    uint32_t timeout_ms;
};

struct udp_answer {
    uint8_t bytes[UDP_SIZE_MAX];
    size_t length;
};

enum udp_outcome {
    UDP_ANSWERED,
    UDP_SILENT, /* nothing came within the time */
    UDP_FAILED, /* the error says why */
};

struct udp {
    const char *name; /* for people: "the firmware's UDP" */
    unsigned rank;    /* the one with the least is asked first */
    /** Can this machine send by it? */
    bool (*serves)(void);
    enum udp_outcome (*exchange)(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error);
};

PLUGIN_TABLE(udp);

/**
 * Send a datagram once, and wait for the first one that comes back from the server, from whichever
 * port. Where one plugin fails, the next is asked.
 *
 * @param answer written if there is one
 */
enum udp_outcome udp_exchange(const struct udp_request *request, struct udp_answer *answer,
                              struct error *error);

#endif
