/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing down what is known of a network in the form of a DHCP answer (dhcp.h), for platforms that
 * know it from elsewhere. */
#ifndef LOADER_DHCP_WRITER_H
#define LOADER_DHCP_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"

struct dhcp_writer {
    uint8_t *bytes;
    size_t capacity, length;
};

/**
 * Start an answer.
 *
 * @param bytes    where it goes; must stay
 * @param capacity more than DHCP_HEADER_SIZE
 */
void dhcp_write_header(struct dhcp_writer *writer, uint8_t *bytes, size_t capacity,
                       const uint8_t address[4], const uint8_t server[4]);

/** Add an option, in several places if it is long; -1 if there is no room for it. */
int dhcp_write_option(struct dhcp_writer *writer, uint8_t code, const void *bytes, size_t length);

/** The answer. */
struct machine_bytes dhcp_write_end(struct dhcp_writer *writer);

#endif
