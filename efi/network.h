/* SPDX-License-Identifier: BSD-2-Clause */
/* The network that we were started by. */
#ifndef EFI_NETWORK_H
#define EFI_NETWORK_H

#include <stdbool.h>

#include "efi/firmware.h"

/** Our own address in it. */
struct efi_network_address {
    uint8_t address[4], mask[4];
};

/**
 * The URL that we came from: the firmware's, where it booted us by HTTP. Valid until the loader
 * ends.
 *
 * @return NULL if that is not known
 */
const char *efi_boot_url(void);

/** The address that the firmware got when it booted us; false if that is not known. */
bool efi_network_address(struct efi_network_address *network);

/** The handle that has a protocol of the network card that we were started by; NULL if none has. */
EFI_HANDLE efi_network_handle(const EFI_GUID *protocol);

#endif
