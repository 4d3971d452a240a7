/* SPDX-License-Identifier: BSD-2-Clause */
/* What DHCP servers answered this machine. */
#ifndef EFI_DHCP_H
#define EFI_DHCP_H

#include "base/machine.h"

/** Collect the answers: PXE's, or what the device path has of one after HTTP Boot. */
void efi_dhcp_answers(struct machine_bytes answers[MACHINE_DHCP_COUNT]);

#endif
