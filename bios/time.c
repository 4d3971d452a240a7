/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the processor's time stamp counter, its frequency measured once against the timer chip. The
 * BIOS's own clock stands still while we run, because it counts interrupts.
 */
#include "arch/ports.h"
#include "arch/time_stamp.h"
#include "base/machine.h"

enum {
    TIMER_HERTZ = 1193182,
    TIMER_COMMAND = 0x43,
    TIMER_CHANNEL_2 = 0x42, /* the speaker's: not used by the BIOS */
    TIMER_ONE_SHOT = 0xB0,  /* command: channel 2, low and high byte, mode 0 */
    SPEAKER = 0x61,
    SPEAKER_GATE = 0x01, /* lets channel 2 count */
    SPEAKER_ON = 0x02,
    SPEAKER_OUTPUT = 0x20, /* of channel 2: set when it has counted down */

    /* Short, because all that time is spent waiting: 0.1 ms. Good to about 2 %. */
    TIMER_COUNT = TIMER_HERTZ / 10000,
    PATIENCE = 1000000, /* reads of the port, should the timer not run */
};

/* @return counts of the time stamp counter in a millisecond, at least 1 */
static uint64_t measure(void)
{
    uint8_t speaker = port_read(SPEAKER);
    port_write(SPEAKER, (uint8_t)((speaker & ~SPEAKER_ON) | SPEAKER_GATE));
    port_write(TIMER_COMMAND, TIMER_ONE_SHOT);
    port_write(TIMER_CHANNEL_2, TIMER_COUNT & 0xFF);
    port_write(TIMER_CHANNEL_2, TIMER_COUNT >> 8);
    uint64_t start = time_stamp();
    for (unsigned i = 0; i < PATIENCE && (port_read(SPEAKER) & SPEAKER_OUTPUT) == 0; i++) {
    }
    uint64_t counts = time_stamp() - start;
    port_write(SPEAKER, speaker);
    return counts * TIMER_HERTZ / 1000 / TIMER_COUNT + 1;
}

uint64_t platform_milliseconds(void)
{
    static uint64_t start, counts_per_millisecond;
    if (counts_per_millisecond == 0) {
        counts_per_millisecond = measure();
        start = time_stamp();
    }
    return (time_stamp() - start) / counts_per_millisecond;
}
