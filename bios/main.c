/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The BIOS platform's entry in C: sets itself up and hands over to the core.
 */
#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "bios/callback.h"
#include "bios/high_memory.h"
#include "bios/machine.h"
#include "bios/memory.h"
#include "bios/vector_unit.h"
#include "boot.h"

_Noreturn void bios_main(void);

/* For errors before the core can show them. */
static _Noreturn void fail(const char *reason)
{
    static const char program[] = "wimboot: ", prompt[] = "\nPress a key to reboot. ";
    platform_write(program, sizeof(program) - 1);
    platform_write(reason, strlen(reason));
    platform_write(prompt, sizeof(prompt) - 1);
    platform_read_key(UINT32_MAX);
    machine_reboot();
}

/* Called by entry.asm with the resident part in its place. */
_Noreturn void bios_main(void)
{
    struct error error;
    vector_unit_on();
    if (memory_initialise(&error) != 0) {
        fail(error.text);
    }
    machine_initialise();
    if (unreachable_memory > 0) {
        char size[24];
        log_warning("the BIOS claims %s of memory above 0x%llx, which this processor cannot reach: "
                    "not used",
                    log_size(size, unreachable_memory), 1ULL << high_memory_address_bits());
    }
    enum way_out way_out = boot_main();
    vector_unit_restore();
    switch (way_out) {
    case WAY_OUT_LEAVE:
        machine_boot_next();
        break;
    case WAY_OUT_POWER_OFF:
        machine_power_off();
        fail("this BIOS cannot switch the machine off");
    default:
        break;
    }
    machine_reboot();
}
