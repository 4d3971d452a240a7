/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of DHCP servers (RFC 2131, options: RFC 2132). They come from the network, so nothing in
 * them is trusted: whatever is not there, or does not fit, is as if it had not been sent.
 */
#ifndef LOADER_DHCP_H
#define LOADER_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"
#include "transport/url.h"

/** Options that the loader itself looks at. */
enum {
    DHCP_SUBNET_MASK = 1,
    DHCP_ROUTER = 3,
    DHCP_DNS = 6,
    DHCP_HOST_NAME = 12,
    DHCP_SERVER = 54,
    DHCP_BOOT_FILE = 67,
};

enum {
    DHCP_HEADER_SIZE = 240, /* bytes before the options, the magic number included */
    DHCP_NAME_SIZE = 256,   /* of a boot file's name, the NUL included */
};

/** A place among the options of an answer; all zero is the first. */
struct dhcp_place {
    unsigned
        area; /* options, then the fields for the boot file and the server, if they have some */
    size_t offset;
};

/** One option, in one place of possibly several (RFC 3396). */
struct dhcp_option {
    uint8_t code;
    uint8_t length; /* bytes */
    const uint8_t *bytes;
};

/** Is this an answer of a DHCP server at all? */
bool dhcp_is_answer(const struct machine_bytes *packet);

/** The option at a place, which moves on; false after the last one. */
bool dhcp_next(const struct machine_bytes *packet, struct dhcp_place *place,
               struct dhcp_option *option);

/**
 * Collect an option's bytes from all places.
 *
 * @param bytes written: `capacity` at most
 * @return how many bytes it has, which may be more; 0: it is not there
 */
size_t dhcp_find(const struct machine_bytes *packet, uint8_t code, uint8_t *bytes, size_t capacity);

/** The address that the client got; false if the packet has none. */
bool dhcp_own_address(const struct machine_bytes *packet, uint8_t address[4]);

/** The server that has the boot file: the header's, or the one that answered. False: none. */
bool dhcp_server(const struct machine_bytes *packet, uint8_t address[4]);

/** The name of the boot file; false if the packet has none, or one with control characters. */
bool dhcp_boot_file(const struct machine_bytes *packet, char name[DHCP_NAME_SIZE]);

/** The URL that a boot file's name means: itself if it is one, else a file on a TFTP server. False
 * if it cannot be written as one, or names a file of this machine: no server decides on those. */
bool dhcp_boot_url(const char *name, const uint8_t server[4], char text[URL_TEXT_SIZE]);

#endif
