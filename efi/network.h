/* SPDX-License-Identifier: BSD-2-Clause */
/* The network that we were started by. */
#ifndef EFI_NETWORK_H
#define EFI_NETWORK_H

#include <stdbool.h>

#include "base/machine.h"
#include "efi/firmware.h"

enum { EFI_NETWORK_DNS_MAX = 4 };

/** Our own address in it, and what else the device path says. */
struct efi_network_address {
    uint8_t address[4], mask[4];
    uint8_t gateway[4]; /* zero: none */
    size_t dns_count;
    uint8_t dns[EFI_NETWORK_DNS_MAX][4];
};

/**
 * The URL that we came from: where the firmware booted us from by HTTP or by PXE; the script or the
 * program that iPXE started with. Valid until the loader ends.
 *
 * @return NULL if that is not known
 */
const char *efi_boot_url(void);

/** The PXE base code that started us and has an address; NULL if none did. */
EFI_PXE_BASE_CODE_PROTOCOL *efi_pxe(void);

/** The same if the address is one of IPv4. */
EFI_PXE_BASE_CODE_PROTOCOL *efi_pxe_ipv4(void);

/** Collect the answers of DHCP servers that the PXE base code has, of IPv4's. */
void efi_find_dhcp(struct machine_bytes answers[MACHINE_DHCP_COUNT]);

/** The address that the firmware got when it booted us; false if that is not known. */
bool efi_network_address(struct efi_network_address *network);

/** Did the firmware boot us over IPv6? */
bool efi_network_is_ipv6(void);

/** The handle that has a protocol of the network card that we were started by; NULL if none has. */
EFI_HANDLE efi_network_handle(const EFI_GUID *protocol);

/** An instance of a service of that network card (service binding: UEFI specification 2.10, chapter
 * 11.6). */
struct efi_network_service {
    EFI_SERVICE_BINDING *binding;
    EFI_HANDLE child;
};

/**
 * Make an instance. It is to be closed, whether this succeeds or not.
 *
 * @param service   all zero
 * @param interface written: the instance's protocol; NULL after an error
 */
EFI_STATUS efi_network_open(struct efi_network_service *service, const EFI_GUID *binding,
                            const EFI_GUID *protocol, void **interface);

/** Destroy an instance, if there is one. */
void efi_network_close(struct efi_network_service *service);

#endif
