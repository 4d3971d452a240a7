/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP answers of any bytes. Options lie within the packet and end; a boot file's URL is one. */
#include <stdlib.h>
#include <string.h>

#include "transport/dhcp.h"
#include "transport/dhcpv6.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_boot_file(const struct machine_bytes *packet)
{
    char name[DHCP_NAME_SIZE], text[URL_TEXT_SIZE];
    uint8_t server[4];
    struct url url;
    if (dhcp_boot_file(packet, name) && dhcp_server(packet, server) &&
        dhcp_boot_url(name, server, text) && url_parse(text, NULL, &url, NULL) != 0) {
        abort();
    }
    if (dhcpv6_boot_url(packet, text) && url_parse(text, NULL, &url, NULL) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct machine_bytes packet = {data, size};
    struct dhcp_place place = {.area = 0};
    struct dhcp_option option;
    uint8_t bytes[64], address[4];
    size_t total = 0, found = 0;
    while (dhcp_next(&packet, &place, &option)) {
        if (option.bytes < data || option.length > size - (size_t)(option.bytes - data)) {
            abort();
        }
        total += option.length;
    }
    for (unsigned code = 0; code < 256; code++) {
        found += dhcp_find(&packet, (uint8_t)code, bytes, sizeof(bytes));
    }
    if (found != total) {
        abort();
    }
    dhcp_own_address(&packet, address);
    check_boot_file(&packet);
    return 0;
}
