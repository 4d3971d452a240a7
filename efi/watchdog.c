/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's watchdog. See watchdog.h. */
#include "efi/watchdog.h"

#include "efi/firmware.h"

enum {
    WATCHDOG_SECONDS = 300, /* what the firmware itself gives a boot option */
    WATCHDOG_CODE = 0x10000 /* codes up to 0xFFFF are the firmware's (chapter 7.5) */
};

void efi_watchdog_arm(void)
{
    efi_services->SetWatchdogTimer(WATCHDOG_SECONDS, WATCHDOG_CODE, 0, NULL);
}

void efi_watchdog_disarm(void)
{
    efi_services->SetWatchdogTimer(0, WATCHDOG_CODE, 0, NULL);
}
