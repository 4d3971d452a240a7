/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing DHCP answers. See dhcp_writer.h. */
#include "transport/dhcp_writer.h"

#include <string.h>

#include "transport/dhcp.h"

enum {
    OPTION_HEADER_SIZE = 2,
    OPTION_LENGTH_MAX = 255,
    END_SIZE = 1,
};

void dhcp_write_header(struct dhcp_writer *writer, uint8_t *bytes, size_t capacity,
                       const uint8_t address[4], const uint8_t server[4])
{
    static const uint8_t magic[] = {99, 130, 83, 99};
    *writer = (struct dhcp_writer){bytes, capacity, DHCP_HEADER_SIZE};
    memset(bytes, 0, capacity);
    bytes[0] = 2; /* an answer; the offsets are those of RFC 2131, figure 1 */
    memcpy(bytes + 16, address, 4);
    memcpy(bytes + 20, server, 4);
    memcpy(bytes + 236, magic, sizeof(magic));
}

int dhcp_write_option(struct dhcp_writer *writer, uint8_t code, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    do {
        size_t part = length < OPTION_LENGTH_MAX ? length : OPTION_LENGTH_MAX;
        if (writer->capacity - writer->length < OPTION_HEADER_SIZE + part + END_SIZE) {
            return -1;
        }
        uint8_t *to = writer->bytes + writer->length;
        to[0] = code;
        to[1] = (uint8_t)part;
        memcpy(to + OPTION_HEADER_SIZE, from, part);
        writer->length += OPTION_HEADER_SIZE + part;
        from += part;
        length -= part;
    } while (length > 0);
    return 0;
}

struct machine_bytes dhcp_write_end(struct dhcp_writer *writer)
{
    writer->bytes[writer->length] = 255;
    return (struct machine_bytes){writer->bytes, writer->length + END_SIZE};
}
