/* SPDX-License-Identifier: BSD-2-Clause */
/* What DHCP servers answered. See dhcp.h. */
#include "efi/dhcp.h"

#include <string.h>

#include "efi/network.h"
#include "transport/dhcp.h"
#include "transport/dhcp_writer.h"

enum { ANSWER_SIZE = 512 };

/* After HTTP Boot the firmware has forgotten the answer, but for what it put into the path. */
static struct machine_bytes from_path(void)
{
    static uint8_t answer[ANSWER_SIZE];
    static const uint8_t none[4];
    struct efi_network_address network;
    struct dhcp_writer writer;
    uint8_t server[4] = {0};
    struct url url;
    const char *text = efi_boot_url();
    if (!efi_network_address(&network)) {
        return (struct machine_bytes){NULL, 0};
    }
    if (text != NULL && url_parse(text, NULL, &url, NULL) == 0) {
        url_read_address(url.host, server);
    }
    dhcp_write_header(&writer, answer, sizeof(answer), network.address, server);
    dhcp_write_option(&writer, DHCP_SUBNET_MASK, network.mask, sizeof(network.mask));
    if (memcmp(network.gateway, none, sizeof(none)) != 0) {
        dhcp_write_option(&writer, DHCP_ROUTER, network.gateway, sizeof(network.gateway));
    }
    if (network.dns_count > 0) {
        dhcp_write_option(&writer, DHCP_DNS, network.dns, network.dns_count * 4);
    }
    return dhcp_write_end(&writer);
}

void efi_dhcp_answers(struct machine_bytes answers[MACHINE_DHCP_COUNT])
{
    struct machine_bytes *ack = &answers[MACHINE_DHCP_ACK];
    efi_find_dhcp(answers);
    if (!dhcp_is_answer(ack)) {
        *ack = from_path();
    }
}
