/* SPDX-License-Identifier: BSD-2-Clause */
/* What a call of the loader's costs. Boot managers make some ten thousand while they read boot.wim.
 */
#include "bios.h"
#include "machine.h"
#include "report.h"

enum {
    VECTOR_VIDEO = 0x10,
    VECTOR_KEYBOARD = 0x16,
    VECTOR_CLOCK = 0x1a,
    CALLS = 4000,
};

/* Ticks of CALLS calls of a function that gets a register block, at the place where boot managers
 * have it. */
static uint64_t time_function(uint32_t function, const struct registers *registers)
{
    struct registers *block = (struct registers *)BUFFER;
    uint64_t start = machine_ticks();
    for (unsigned i = 0; i < CALLS; i++) {
        *block = *registers;
        call_back(function, block);
        __asm__ volatile("cli; cld");
    }
    return machine_ticks() - start;
}

void time_calls(const struct handover *handover)
{
    static const struct {
        const char *name;
        struct registers registers;
    } calls[] = {
        {"INT 10h AH=02", {.vector = VECTOR_VIDEO, .eax = 0x0200, .edx = 0x1800}},
        {"INT 1Ah AH=00", {.vector = VECTOR_CLOCK}},
        {"INT 16h AH=01", {.vector = VECTOR_KEYBOARD, .eax = 0x0100}},
    };
    const struct registers nothing = {0};
    uint64_t empty = time_function((uint32_t)(uintptr_t)empty_call, &nothing);
    for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        uint64_t ticks = time_function(handover->call_interrupt, &calls[i].registers);
        report("calls %u of %s: ticks %llu, empty calls %llu", CALLS, calls[i].name, ticks, empty);
    }
}
