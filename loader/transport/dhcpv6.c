/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of DHCPv6 servers. See dhcpv6.h. */
#include "transport/dhcpv6.h"

#include <string.h>

enum {
    HEADER_SIZE = 4, /* the message's type, and the transaction's number (RFC 8415, chapter 8) */
    ADVERTISE = 2,
    REPLY = 7,
    OPTION_HEADER_SIZE = 4, /* code and length, in network order (chapter 21.1) */
    OPTION_NONE = 0,        /* reserved: what follows the message in the firmware's buffer */
    OPTION_BOOT_FILE_URL = 59,
};

static bool is_answer(const struct machine_bytes *packet)
{
    return packet->size >= HEADER_SIZE &&
           (packet->bytes[0] == ADVERTISE || packet->bytes[0] == REPLY);
}

static unsigned load(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* The option's bytes; NULL if there is none. */
static struct machine_bytes find_option(const struct machine_bytes *packet, unsigned wanted)
{
    size_t offset = HEADER_SIZE;
    while (is_answer(packet) && packet->size - offset >= OPTION_HEADER_SIZE) {
        unsigned code = load(packet->bytes + offset);
        size_t length = load(packet->bytes + offset + 2);
        offset += OPTION_HEADER_SIZE;
        if (code == OPTION_NONE || length > packet->size - offset) {
            break;
        }
        if (code == wanted) {
            return (struct machine_bytes){packet->bytes + offset, length};
        }
        offset += length;
    }
    return (struct machine_bytes){NULL, 0};
}

bool dhcpv6_boot_url(const struct machine_bytes *packet, char text[URL_TEXT_SIZE])
{
    const struct machine_bytes option = find_option(packet, OPTION_BOOT_FILE_URL);
    char named[URL_TEXT_SIZE];
    if (option.bytes == NULL || option.size >= sizeof(named)) {
        return false;
    }
    memcpy(named, option.bytes, option.size); /* some servers end it with a NUL */
    named[option.size] = '\0';
    return url_from_server(named, text);
}
