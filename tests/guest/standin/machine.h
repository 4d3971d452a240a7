/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stand-ins use of the machine that QEMU plays: a PC (machine_pc.c), or arm64's "virt"
 * (machine_virt.c). */
#ifndef STANDIN_MACHINE_H
#define STANDIN_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/** Send a character by the first serial port. */
void machine_send(char c);

/** End QEMU; its status tells whether all was good where the machine has a device for that. */
_Noreturn void machine_end(bool good);

/** Ticks of a clock that always runs. */
uint64_t machine_ticks(void);

/** Choose what machine_fw_cfg_read() reads: an item of QEMU's fw_cfg device. */
void machine_fw_cfg_select(uint16_t item);

/** The next byte of the chosen item. */
uint8_t machine_fw_cfg_read(void);

/** A register in the PCI configuration space of a device of bus 0, function 0. */
uint32_t machine_pci_read(uint32_t device, uint32_t offset);
void machine_pci_write(uint32_t device, uint32_t offset, uint32_t value);

#endif
