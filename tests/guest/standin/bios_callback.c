/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's two functions, and what the firmware answers through them. */
#include <string.h>

#include "bios.h"
#include "report.h"

enum {
    VECTOR_VIDEO = 0x10,
    VECTOR_KEYBOARD = 0x16,
    VECTOR_CLOCK = 0x1a,
    REGISTERS_AT_SMALL = BUFFER + 0x800, /* after small answers */
    CODE = BUFFER + 0x8000,
};

static uint32_t interrupt_function, real_function;

void callback_set(const struct handover *handover)
{
    interrupt_function = handover->call_interrupt;
    real_function = handover->call_real;
}

/* One call, with everything looked at that it must leave alone. Silent if all is well: there are
 * thousands. */
static void call(uint32_t function, struct registers *registers, uint32_t at)
{
    struct registers *block = (struct registers *)(uintptr_t)at;
    *block = *registers;
    struct cpu_state before, after;
    read_cpu_state(&before);
    uint32_t spoilt = call_back(function, block);
    read_cpu_state(&after);
    __asm__ volatile("cli; cld");
    after.flags ^= (after.flags ^ before.flags) & ~(FLAG_INTERRUPTS | FLAG_DIRECTION);
    if (spoilt) {
        check(false, "EBX, ESI, EDI, EBP and ESP are kept (%02x)", spoilt);
    }
    if (memcmp(&before, &after, sizeof(before)) != 0) {
        check(false,
              "processor state is kept: CR0 %08x %08x CR3 %08x %08x CR4 %08x %08x flags %08x %08x "
              "CS %x %x DS %x %x GDT %x %x IDT %x %x",
              before.cr0, after.cr0, before.cr3, after.cr3, before.cr4, after.cr4, before.flags,
              after.flags, before.cs, after.cs, before.ds, after.ds, before.gdtr.base,
              after.gdtr.base, before.idtr.base, after.idtr.base);
    }
    if (block->vector != registers->vector) {
        check(false, "the vector %x is kept", registers->vector);
    }
    *registers = *block;
}

void call_interrupt(uint8_t vector, struct registers *registers, uint32_t at)
{
    registers->vector = vector;
    call(interrupt_function, registers, at);
}

void call_real(uint16_t segment, uint16_t offset, struct registers *registers, uint32_t at)
{
    registers->vector = (uint32_t)segment << 16 | offset;
    call(real_function, registers, at);
}

static uint32_t clock_ticks(void)
{
    struct registers registers = {.eax = 0};
    call_interrupt(VECTOR_CLOCK, &registers, BUFFER);
    return registers.ecx << 16 | (registers.edx & 0xffff);
}

static void check_clock(void)
{
    /* A tick lasts 55 ms: it only comes if interrupts are on during the calls. */
    uint32_t start = clock_ticks(), calls = 0;
    while (clock_ticks() == start && calls < 1000000) {
        calls++;
    }
    check(calls < 1000000, "the clock ticks during calls");
}

static void check_far_call(void)
{
    /* mov ax, 1234h; add bx, cx; mov dx, es; stc; sti; retf */
    static const uint8_t code[] = {0xb8, 0x34, 0x12, 0x01, 0xcb, 0x8c, 0xc2, 0xf9, 0xfb, 0xcb};
    memcpy((void *)CODE, code, sizeof(code));
    struct registers registers = {.eax = 0xaaaa0000,
                                  .ebx = 0x1000,
                                  .ecx = 0x0234,
                                  .edx = 0xbbbb0000,
                                  .esi = 0x51,
                                  .edi = 0xd1,
                                  .es = 0x4321};
    call_real(CODE >> 4, 0, &registers, REGISTERS_AT_SMALL);
    check(registers.eax == 0xaaaa1234 && registers.ebx == 0x1234 && registers.edx == 0xbbbb4321 &&
              (registers.flags & FLAG_CARRY) && registers.esi == 0x51 && registers.edi == 0xd1,
          "a far call (%x %x %x %x)", registers.eax, registers.ebx, registers.edx, registers.flags);
}

/* Boot managers may call with paging on, and with SSE allowed in CR4. */
static void check_with_paging(void)
{
    static uint32_t directory[1024] __attribute__((aligned(4096)));
    for (uint32_t i = 0; i < 1024; i++) {
        directory[i] = i << 22 | 0x83; /* 4 MiB, writable, present */
    }
    struct cpu_state state;
    read_cpu_state(&state);
    __asm__ volatile("mov %0, %%cr4; mov %1, %%cr3; mov %2, %%cr0; jmp 1f; 1:"
                     :
                     : "r"(state.cr4 | CR4_LARGE_PAGES | CR4_OSFXSR), "r"(directory),
                       "r"(state.cr0 | CR0_PAGING)
                     : "memory");
    unsigned failures = report_failures();
    clock_ticks();
    struct registers registers = {.eax = 0x100};
    call_interrupt(VECTOR_KEYBOARD, &registers, BUFFER);
    __asm__ volatile("mov %0, %%cr0; jmp 1f; 1: mov %1, %%cr3; mov %2, %%cr4"
                     :
                     : "r"(state.cr0), "r"(state.cr3), "r"(state.cr4)
                     : "memory");
    check(report_failures() == failures, "calls with paging on");
}

void check_callbacks(void)
{
    check_clock();
    check_far_call();
    check_with_paging();
}

void check_video(bool graphics_wanted)
{
    struct registers registers = {.eax = 0x4f00, .es = BUFFER >> 4};
    memset((void *)BUFFER, 0, 512);
    memcpy((void *)BUFFER, "VBE2", 4);
    call_interrupt(VECTOR_VIDEO, &registers, REGISTERS_AT_SMALL);
    if (!check((registers.eax & 0xffff) == 0x004f && memcmp((void *)BUFFER, "VESA", 4) == 0,
               "VESA is there (%x)", registers.eax)) {
        return;
    }
    uint16_t offset, segment;
    memcpy(&offset, (void *)(BUFFER + 14), 2);
    memcpy(&segment, (void *)(BUFFER + 16), 2);
    static uint16_t modes[256];
    unsigned count = 0;
    const uint16_t *list = (const uint16_t *)(uintptr_t)(segment * 16 + offset);
    while (count < 255 && list[count] != 0xffff) {
        modes[count] = list[count];
        count++;
    }
    unsigned supported = 0, answered = 0;
    for (unsigned i = 0; i < count; i++) {
        registers = (struct registers){.eax = 0x4f01, .ecx = modes[i], .es = BUFFER >> 4};
        memset((void *)BUFFER, 0, 256);
        call_interrupt(VECTOR_VIDEO, &registers, REGISTERS_AT_SMALL);
        answered += (registers.eax & 0xffff) == 0x004f;
        supported += *(const volatile uint8_t *)BUFFER & 1;
    }
    report("video %u modes, %u answered, %u supported", count, answered, supported);
    check(answered > 0 && (graphics_wanted ? supported > 0 : supported == 0),
          graphics_wanted ? "graphics modes are visible" : "graphics modes are hidden");
}
