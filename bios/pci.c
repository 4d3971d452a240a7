/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices on the PCI bus, by configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2). The PCI
 * BIOS (PCI BIOS 2.1, 4.2) says whether there is one, and how many buses there are.
 */
#include "base/pci.h"
#include "arch/ports.h"
#include "base/little_endian.h"
#include "base/machine.h"
#include "bios/real_mode.h"

enum {
    CONFIG_ADDRESS = 0xCF8,
    CONFIG_DATA = 0xCFC,
    CONFIG_ENABLE = 1u << 31,

    PCI_BIOS_PRESENT = 0xB101,
    PCI_SIGNATURE = 0x20494350, /* "PCI " */
    MECHANISM_1 = 0x01,

    DEVICES = 32, /* on a bus */
    FUNCTIONS = 8,
    HEADER_TYPE = 0x0E,
    MULTI_FUNCTION = 0x80,
};

/* The number of buses; 0 without mechanism 1. */
static unsigned count_buses(void)
{
    struct registers registers = {.eax = PCI_BIOS_PRESENT};

    real_mode_interrupt(0x1A, &registers);
    if ((registers.eflags & FLAG_CARRY) != 0 || (registers.eax & 0xFF00) != 0 ||
        registers.edx != PCI_SIGNATURE || (registers.eax & MECHANISM_1) == 0) {
        return 0;
    }
    return (registers.ecx & 0xFF) + 1;
}

static uint32_t read_config(uint32_t address, uint32_t offset)
{
    port_write_32(CONFIG_ADDRESS, CONFIG_ENABLE | address | offset);
    return port_read_32(CONFIG_DATA);
}

/* The header of a function; false if there is none. */
static bool read_header(uint32_t address, uint8_t config[PCI_CONFIG_SIZE])
{
    uint32_t first = read_config(address, 0);

    if (first == UINT32_MAX) {
        return false;
    }
    put_u32(config, first);
    for (uint32_t offset = 4; offset < PCI_CONFIG_SIZE; offset += 4) {
        put_u32(config + offset, read_config(address, offset));
    }
    return true;
}

size_t platform_pci_devices(struct pci_device *devices, size_t capacity)
{
    uint32_t end = count_buses() * DEVICES;
    uint8_t config[PCI_CONFIG_SIZE];
    size_t count = 0;

    for (uint32_t slot = 0; slot < end; slot++) {
        unsigned functions = 1;

        for (uint32_t function = 0; function < functions && count < capacity; function++) {
            if (!read_header(slot << 11 | function << 8, config)) {
                continue;
            }
            if (function == 0 && (config[HEADER_TYPE] & MULTI_FUNCTION) != 0) {
                functions = FUNCTIONS;
            }
            count += pci_read_config(config, &devices[count]) ? 1 : 0;
        }
    }
    port_write_32(CONFIG_ADDRESS, 0);
    return count;
}
