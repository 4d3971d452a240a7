/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that the preview simulates: facts from options, in the form in which firmware has
 * them. */
#ifndef HOST_MACHINE_H
#define HOST_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/machine.h"
#include "base/smbios.h"

/** A machine being described. Start with machine_start(). */
struct machine_plan {
    const char *name; /* for the summary table */
    uint64_t memory;  /* installed, bytes; machine_finish() sets what is usable of it */
    struct machine facts;
    size_t pci_count;
    struct pci_device pci[MACHINE_PCI_COUNT_MAX];
    const char *cpu;  /* as QEMU's -cpu takes it; NULL: nothing is known of the processor */
    const char *keys; /* what its user presses in menus and prompts; NULL: see --keys */
    const char *const *answers; /* its user's to an iPXE script; NULL: see --answer */
    size_t answer_count;
    const char *smbios_values[SMBIOS_FIELD_COUNT]; /* of smbios_fields; or NULL */
    uint8_t smbios_table[2048];
    uint8_t dhcp_answer[8192];
};

/** An x86-64 UEFI machine with 4 GiB of RAM and nothing else known. */
void machine_start(struct machine_plan *plan);

/** "bios" or "efi". */
int machine_set_firmware(struct machine_plan *plan, const char *value, struct error *error);

/** The processor of a UEFI machine: "x86_64", "arm64" or "i386". BIOS is always "i386". */
int machine_set_arch(struct machine_plan *plan, const char *value, struct error *error);

/** Its features: a name that QEMU has, and changes: "Nehalem,-popcnt". The text must stay valid. */
int machine_set_cpu(struct machine_plan *plan, const char *value, struct error *error);

/** "4G", "512M", or bytes. */
int machine_set_memory(struct machine_plan *plan, const char *value, struct error *error);

/** Another MAC address, "52:54:00:12:34:56". */
int machine_add_mac(struct machine_plan *plan, const char *value, struct error *error);

/** "field=value"; fields as in boot.smbios. The text must stay valid. */
int machine_set_smbios(struct machine_plan *plan, const char *assignment, struct error *error);

/** Read db, dbx or shim's list for the machine, from a file of signature lists or a saved variable.
 */
int machine_read_list(struct machine_bytes *list, const char *path, struct error *error);

/** The value given for a field of boot.smbios, or NULL. */
const char *machine_smbios(const struct machine_plan *plan, const char *field);

/** Build the tables; afterwards plan->facts is what host_set_machine() takes. */
int machine_finish(struct machine_plan *plan, struct error *error);

#endif
