/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the firmware enters us, and how we leave. The PE loader has applied our relocations and set
 * up the stack (128 KiB at least); there is nothing to prepare but the pointers to its tables.
 */
#include "boot.h"
#include "efi/firmware.h"
#include "efi/manager.h"
#include "efi/memory_map.h"
#include "platform.h"

enum { WATCHDOG_SECONDS = 300 }; /* what the firmware itself gives a boot option */

EFI_HANDLE efi_image;
EFI_SYSTEM_TABLE *efi_system;
EFI_BOOT_SERVICES *efi_services;

void efi_watchdog_arm(void)
{
    /* Codes up to 0xffff are the firmware's. */
    efi_services->SetWatchdogTimer(WATCHDOG_SECONDS, 0x10000, 0, NULL);
}

void efi_watchdog_disarm(void)
{
    efi_services->SetWatchdogTimer(0, 0x10000, 0, NULL);
}

_Noreturn void platform_exit(int status)
{
    efi_watchdog_disarm();
    efi_manager_release();
    efi_memory_release_all();
    efi_services->Exit(efi_image, status == 0 ? EFI_SUCCESS : EFI_ABORTED, 0, NULL);
    __builtin_unreachable();
}

/* Some firmware enters applications with a stack that is not aligned as its ABI demands. */
__attribute__((force_align_arg_pointer)) EFI_STATUS EFIAPI efi_entry(EFI_HANDLE image,
                                                                     EFI_SYSTEM_TABLE *system);

EFI_STATUS EFIAPI efi_entry(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    efi_image = image;
    efi_system = system;
    efi_services = system->BootServices;
    efi_watchdog_arm();
    platform_exit(boot_main());
}
