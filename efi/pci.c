/* SPDX-License-Identifier: BSD-2-Clause */
/* The devices on the PCI bus: those that the firmware's bus driver found (chapter 14.4). */
#include "base/pci.h"
#include "base/machine.h"
#include "efi/firmware.h"

static EFI_GUID pci_io_guid = EFI_PCI_IO_PROTOCOL_GUID;

size_t platform_pci_devices(struct pci_device *devices, size_t capacity)
{
    UINTN handle_count;
    EFI_HANDLE *handles = efi_handles(&pci_io_guid, &handle_count);
    size_t count = 0;

    for (UINTN i = 0; i < handle_count && count < capacity; i++) {
        EFI_PCI_IO_PROTOCOL *device = efi_protocol(handles[i], &pci_io_guid);
        uint32_t config[PCI_CONFIG_SIZE / 4];

        if (device != NULL && !EFI_ERROR(device->Pci.Read(device, EfiPciIoWidthUint32, 0,
                                                          PCI_CONFIG_SIZE / 4, config))) {
            count += pci_read_config((const uint8_t *)config, &devices[count]) ? 1 : 0;
        }
    }
    if (handles != NULL) {
        efi_services->FreePool(handles);
    }
    return count;
}
