/* SPDX-License-Identifier: BSD-2-Clause */
/* The PCI devices of the machine that the preview simulates. */
#ifndef HOST_PCI_LISTING_H
#define HOST_PCI_LISTING_H

#include "base/error.h"
#include "host/machine.h"

/**
 * Add a device, or those of a listing.
 *
 * @param value "8086:100e", an id with VEN and DEV, such as "PCI\VEN_8086&DEV_100E", or the path
 *              of a file: the output of `lspci -nnmm`, or of Windows' `pnputil /enum-devices`
 */
int machine_add_pci(struct machine_plan *plan, const char *value, struct error *error);

/** The same, only as an id. @return 1 if it is none, else 0 or -1 */
int machine_add_pci_id(struct machine_plan *plan, const char *value, struct error *error);

#endif
