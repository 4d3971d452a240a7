/* SPDX-License-Identifier: BSD-2-Clause */
/* The network that we were started by, as the device path (chapter 10.3.4) and the PXE base code
 * (chapter 24.3) say. See network.h. */
#include "efi/network.h"

#include <string.h>

#include "transport/dhcp.h"
#include "transport/dhcpv6.h"

enum {
    IPV4_LOCAL = 4, /* offsets in the node of an IPv4 address; the mask came with UEFI 2.4 */
    IPV4_GATEWAY = 19,
    IPV4_MASK = 23,
    IPV4_SIZE = 27,
    MSG_DNS_DP = 31, /* which gnu-efi does not name */
    DNS_IS_IPV6 = 4,
    DNS_FIRST = 5,
    DNS_ADDRESS_SIZE = 16,
};

static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static const EFI_GUID pxe_guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;

/* The path of the device that we came from. */
static const EFI_DEVICE_PATH *boot_path(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    return image == NULL ? NULL
                         : efi_sound_path(efi_protocol(image->DeviceHandle, &device_path_guid));
}

/* The last messaging node of a kind that has so many bytes; NULL if there is none. */
static const uint8_t *find_node(UINT8 subtype, size_t size)
{
    const uint8_t *found = NULL;
    for (const EFI_DEVICE_PATH *node = boot_path(); node != NULL; node = efi_next_node(node)) {
        if (DevicePathType(node) == MESSAGING_DEVICE_PATH && node->SubType == subtype &&
            (size_t)DevicePathNodeLength(node) >= size) {
            found = (const uint8_t *)node;
        }
    }
    return found;
}

/* ---- PXE ---- */

EFI_PXE_BASE_CODE_PROTOCOL *efi_pxe(void)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    EFI_PXE_BASE_CODE_PROTOCOL *pxe =
        image == NULL ? NULL : efi_protocol(image->DeviceHandle, &pxe_guid);
    bool is_ready =
        pxe != NULL && pxe->Mode != NULL && pxe->Mode->Started && pxe->Mode->DhcpAckReceived;
    return is_ready ? pxe : NULL;
}

EFI_PXE_BASE_CODE_PROTOCOL *efi_pxe_ipv4(void)
{
    EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe();
    return pxe != NULL && !pxe->Mode->UsingIpv6 ? pxe : NULL;
}

static void find_answers(const EFI_PXE_BASE_CODE_MODE *mode,
                         struct machine_bytes answers[MACHINE_DHCP_COUNT])
{
    if (mode->PxeReplyReceived) {
        answers[MACHINE_DHCP_BOOT] =
            (struct machine_bytes){mode->PxeReply.Raw, sizeof(mode->PxeReply.Raw)};
    }
    if (mode->ProxyOfferReceived) {
        answers[MACHINE_DHCP_PROXY] =
            (struct machine_bytes){mode->ProxyOffer.Raw, sizeof(mode->ProxyOffer.Raw)};
    }
    answers[MACHINE_DHCP_ACK] =
        (struct machine_bytes){mode->DhcpAck.Raw, sizeof(mode->DhcpAck.Raw)};
}

void efi_find_dhcp(struct machine_bytes answers[MACHINE_DHCP_COUNT])
{
    const EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe_ipv4();
    if (pxe != NULL) {
        find_answers(pxe->Mode, answers);
    }
}

/* ---- where we came from ---- */

/* The URL in the device path, where the firmware booted us by HTTP. */
static bool http_url(char url[URL_TEXT_SIZE])
{
    const uint8_t *node = find_node(MSG_URI_DP, sizeof(EFI_DEVICE_PATH) + 1);
    if (node == NULL) {
        return false;
    }
    size_t length =
        (size_t)DevicePathNodeLength((const EFI_DEVICE_PATH *)node) - sizeof(EFI_DEVICE_PATH);
    if (length >= URL_TEXT_SIZE) {
        return false;
    }
    memcpy(url, node + sizeof(EFI_DEVICE_PATH), length);
    url[length] = '\0';
    return true;
}

/* The boot file of the DHCP answer that counts most. */
static bool pxe_url(char url[URL_TEXT_SIZE])
{
    struct machine_bytes answers[MACHINE_DHCP_COUNT] = {{NULL, 0}};
    char name[DHCP_NAME_SIZE];
    uint8_t server[4];
    efi_find_dhcp(answers);
    for (size_t i = 0; i < MACHINE_DHCP_COUNT; i++) {
        if (dhcp_boot_file(&answers[i], name) && dhcp_server(&answers[i], server)) {
            return dhcp_boot_url(name, server, url);
        }
    }
    return false;
}

/* The same over IPv6, whose answers have a URL. */
static bool pxe_ipv6_url(char url[URL_TEXT_SIZE])
{
    struct machine_bytes answers[MACHINE_DHCP_COUNT] = {{NULL, 0}};
    const EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe();
    if (pxe == NULL || !pxe->Mode->UsingIpv6) {
        return false;
    }
    find_answers(pxe->Mode, answers);
    for (size_t i = 0; i < MACHINE_DHCP_COUNT; i++) {
        if (dhcpv6_boot_url(&answers[i], url)) {
            return true;
        }
    }
    return false;
}

const char *efi_boot_url(void)
{
    static char url[URL_TEXT_SIZE];
    return http_url(url) || pxe_url(url) || pxe_ipv6_url(url) ? url : NULL;
}

/* ---- addresses and handles ---- */

static void find_dns(struct efi_network_address *network)
{
    const uint8_t *node = find_node(MSG_DNS_DP, DNS_FIRST);
    network->dns_count = 0;
    if (node == NULL || node[DNS_IS_IPV6]) {
        return;
    }
    size_t count = ((size_t)DevicePathNodeLength((const EFI_DEVICE_PATH *)node) - DNS_FIRST) /
                   DNS_ADDRESS_SIZE;
    for (size_t i = 0; i < count && i < EFI_NETWORK_DNS_MAX; i++) {
        memcpy(network->dns[network->dns_count++], node + DNS_FIRST + i * DNS_ADDRESS_SIZE, 4);
    }
}

static bool address_is_whole(const struct efi_network_address *network)
{
    static const uint8_t none[4];
    return memcmp(network->address, none, sizeof(none)) != 0 &&
           memcmp(network->mask, none, sizeof(none)) != 0;
}

/* After PXE the path has no addresses, but the base code does. */
static bool pxe_address(struct efi_network_address *network)
{
    const EFI_PXE_BASE_CODE_PROTOCOL *pxe = efi_pxe_ipv4();
    if (pxe == NULL) {
        return false;
    }
    *network = (struct efi_network_address){.dns_count = 0};
    memcpy(network->address, &pxe->Mode->StationIp.v4, sizeof(network->address));
    memcpy(network->mask, &pxe->Mode->SubnetMask.v4, sizeof(network->mask));
    return address_is_whole(network);
}

bool efi_network_address(struct efi_network_address *network)
{
    const uint8_t *node = find_node(MSG_IPv4_DP, IPV4_SIZE);
    if (node == NULL) {
        return pxe_address(network);
    }
    memcpy(network->address, node + IPV4_LOCAL, sizeof(network->address));
    memcpy(network->mask, node + IPV4_MASK, sizeof(network->mask));
    memcpy(network->gateway, node + IPV4_GATEWAY, sizeof(network->gateway));
    find_dns(network);
    return address_is_whole(network) || pxe_address(network);
}

bool efi_network_is_ipv6(void)
{
    return find_node(MSG_IPv6_DP, sizeof(EFI_DEVICE_PATH)) != NULL;
}

EFI_HANDLE efi_network_handle(const EFI_GUID *protocol)
{
    EFI_DEVICE_PATH *path = (EFI_DEVICE_PATH *)boot_path();
    EFI_GUID guid = *protocol;
    EFI_HANDLE handle;
    if (path == NULL || EFI_ERROR(efi_services->LocateDevicePath(&guid, &path, &handle))) {
        return NULL;
    }
    return handle;
}

EFI_STATUS efi_network_open(struct efi_network_service *service, const EFI_GUID *binding,
                            const EFI_GUID *protocol, void **interface)
{
    *interface = NULL;
    service->binding = efi_protocol(efi_network_handle(binding), binding);
    if (service->binding == NULL) {
        return EFI_UNSUPPORTED;
    }
    EFI_STATUS status = service->binding->CreateChild(service->binding, &service->child);
    if (EFI_ERROR(status)) {
        service->child = NULL;
        return status;
    }
    *interface = efi_protocol(service->child, protocol);
    return *interface == NULL ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

void efi_network_close(struct efi_network_service *service)
{
    if (service->child != NULL) {
        service->binding->DestroyChild(service->binding, service->child);
    }
}
