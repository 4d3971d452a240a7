/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of DHCPv6 servers (RFC 8415). They come from the network: whatever is not there, or does
 * not fit, is as if it had not been sent.
 */
#ifndef LOADER_DHCPV6_H
#define LOADER_DHCPV6_H

#include <stdbool.h>

#include "base/machine.h"
#include "transport/url.h"

/** The boot file's URL (RFC 5970); false if the packet has none, or one that cannot be written as a
 * URL, or that names a file of this machine: no server decides on those. */
bool dhcpv6_boot_url(const struct machine_bytes *packet, char text[URL_TEXT_SIZE]);

#endif
