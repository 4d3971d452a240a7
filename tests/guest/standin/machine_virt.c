/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's machine "virt" for arm64. See machine.h. Its serial port and its fw_cfg device are where
 * they always were (QEMU: hw/arm/virt.c, "base_memmap"); for the rest the firmware is asked.
 */
#include "machine.h"

#include "efi.h"

#include <efipciio.h>

enum {
    SERIAL_PORT = 0x09000000, /* a PL011: ARM DDI 0183 */
    SERIAL_FLAGS = SERIAL_PORT + 0x18,
    SERIAL_FLAG_FULL = 0x20,
    FW_CFG_DATA = 0x09020000,
    FW_CFG_SELECTOR = FW_CFG_DATA + 8, /* big-endian */
};

static volatile uint8_t *at8(uintptr_t address)
{
    return (volatile uint8_t *)address;
}

static volatile uint16_t *at16(uintptr_t address)
{
    return (volatile uint16_t *)address;
}

void machine_send(char c)
{
    while (*at16(SERIAL_FLAGS) & SERIAL_FLAG_FULL) {
        ;
    }
    *at8(SERIAL_PORT) = (uint8_t)c;
}

_Noreturn void machine_end(bool good)
{
    for (;;) {
        system_table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
    }
}

uint64_t machine_ticks(void)
{
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

void machine_fw_cfg_select(uint16_t item)
{
    *at16(FW_CFG_SELECTOR) = (uint16_t)(item << 8 | item >> 8);
}

uint8_t machine_fw_cfg_read(void)
{
    return *at8(FW_CFG_DATA);
}

static EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *root_bridge(void)
{
    EFI_GUID guid = EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_GUID;
    void *bridge = NULL;
    EFI_STATUS status = boot_services->LocateProtocol(&guid, NULL, &bridge);
    return status == EFI_SUCCESS ? bridge : NULL;
}

uint32_t machine_pci_read(uint32_t device, uint32_t offset)
{
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *bridge = root_bridge();
    uint32_t value = UINT32_MAX; /* as where there is no device */
    if (bridge != NULL) {
        bridge->Pci.Read(bridge, EfiPciIoWidthUint32, device << 16 | offset, 1, &value);
    }
    return value;
}

void machine_pci_write(uint32_t device, uint32_t offset, uint32_t value)
{
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *bridge = root_bridge();
    if (bridge != NULL) {
        bridge->Pci.Write(bridge, EfiPciIoWidthUint32, device << 16 | offset, 1, &value);
    }
}
