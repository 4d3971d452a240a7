/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the processor's time stamp counter. UEFI has no clock finer than a second that can be read
 * cheaply, so its rate is measured against Stall() when the time is first needed; a boot that never
 * needs it does not wait.
 */
#include "arch/time_stamp.h"
#include "base/machine.h"
#include "efi/firmware.h"

enum {
    CALIBRATION_US = 60,
    CALIBRATION_TRIES = 3,
};

/* The shortest of a few tries: interrupts only make a wait longer. */
static uint64_t measure_ticks_per_ms(void)
{
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < CALIBRATION_TRIES; i++) {
        uint64_t start = time_stamp();
        efi_services->Stall(CALIBRATION_US);
        uint64_t ticks = time_stamp() - start;
        if (ticks < shortest) {
            shortest = ticks;
        }
    }
    uint64_t ticks_per_ms = shortest * 1000 / CALIBRATION_US;
    return ticks_per_ms == 0 ? 1 : ticks_per_ms; /* a counter that stands still */
}

uint64_t platform_milliseconds(void)
{
    static uint64_t ticks_per_ms;
    if (ticks_per_ms == 0) {
        ticks_per_ms = measure_ticks_per_ms();
    }
    return time_stamp() / ticks_per_ms;
}
