/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unpacks the loader, before there is anything else of it: this runs with what is in the linker
 * script's .entry alone. Packed by tools/pack.c.
 */
#include <stddef.h>
#include <stdint.h>

#include "bios/lz4.h"
#include "bios/real_mode.h"

/** The linker script's addresses. */
extern uint8_t unpacked_start[], unpacked_end[];

void unpack(const uint8_t *packed, size_t size);

/* There is no console yet: onto the screen, which is in text mode unless a boot loader changed it.
 */
static _Noreturn void fail(const char *text)
{
    enum { SCREEN = 0xB8000, BRIGHT = 0x0F00 };
    volatile uint16_t *screen = physical(SCREEN);
    while (*text != '\0') {
        *screen++ = (uint16_t)(BRIGHT | (uint8_t)*text++);
    }
    for (;;) {
        asm volatile("hlt");
    }
}

/* Called by unpack.asm. */
void unpack(const uint8_t *packed, size_t size)
{
    if (!lz4_unpack(packed, size, unpacked_start, (size_t)(unpacked_end - unpacked_start))) {
        fail("wimboot: this file is damaged: copy it again. Switch the machine off.");
    }
}
