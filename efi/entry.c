/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the firmware starts us, and how we exit. The PE loader has applied our relocations and set
 * up the stack (128 KiB at least); there is nothing to prepare but the pointers to its tables.
 */
#include "arch/entry.h"
#include "boot.h"
#include "efi/firmware.h"
#include "efi/memory_attributes.h"
#include "efi/memory_map.h"
#include "efi/watchdog.h"

ARCH_ENTRY EFI_STATUS EFIAPI efi_entry(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS EFIAPI efi_entry(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    efi_image = image;
    efi_system = system;
    efi_services = system->BootServices;
    efi_protect_own_image();
    efi_watchdog_arm();
    enum way_out way_out = boot_main();
    if (way_out == WAY_OUT_REBOOT || way_out == WAY_OUT_POWER_OFF) {
        EFI_RESET_TYPE type = way_out == WAY_OUT_REBOOT ? EfiResetCold : EfiResetShutdown;
        efi_system->RuntimeServices->ResetSystem(type, EFI_SUCCESS, 0, NULL);
    }
    efi_watchdog_disarm();
    efi_memory_release_all();
    efi_release_own_image();
    /* Not EFI_SUCCESS: after that the firmware would not try its next boot option (UEFI 3.1.1). */
    efi_services->Exit(efi_image, EFI_ABORTED, 0, NULL);
    __builtin_unreachable();
}
