/* SPDX-License-Identifier: BSD-2-Clause */
/* A PC's ports. See machine.h. */
#include "machine.h"

#include "ports.h"

enum {
    COM1 = 0x3f8,
    LINE_STATUS = COM1 + 5,
    LINE_STATUS_CAN_SEND = 0x20,
    DEBUG_EXIT = 0xf4, /* QEMU ends with status 2 * value + 1 */
    EXIT_GOOD = 0x10,
    EXIT_FAILURES = 0x11,
    FW_CFG_SELECTOR = 0x510,
    FW_CFG_DATA = 0x511,
    PCI_ADDRESS = 0xcf8,
    PCI_DATA = 0xcfc,
};

void machine_send(char c)
{
    while (!(port_in8(LINE_STATUS) & LINE_STATUS_CAN_SEND)) {
        ;
    }
    port_out8(COM1, (uint8_t)c);
}

_Noreturn void machine_end(bool good)
{
    port_out8(DEBUG_EXIT, good ? EXIT_GOOD : EXIT_FAILURES);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

uint64_t machine_ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

void machine_fw_cfg_select(uint16_t item)
{
    __asm__ volatile("outw %0, %1" : : "a"(item), "Nd"((uint16_t)FW_CFG_SELECTOR));
}

uint8_t machine_fw_cfg_read(void)
{
    return port_in8(FW_CFG_DATA);
}

static void pci_select(uint32_t device, uint32_t offset)
{
    port_out32(PCI_ADDRESS, 0x80000000u | device << 11 | offset);
}

uint32_t machine_pci_read(uint32_t device, uint32_t offset)
{
    pci_select(device, offset);
    return port_in32(PCI_DATA);
}

void machine_pci_write(uint32_t device, uint32_t offset, uint32_t value)
{
    pci_select(device, offset);
    port_out32(PCI_DATA, value);
}
