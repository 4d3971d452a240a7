/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stand-in for bootmgr.exe, the boot manager of Windows under BIOS: checks what a loader hands
 * over as strictly as any of the real ones, uses the disk as they do, and reports.
 */
#include "bios.h"
#include "report.h"
#include "standin.h"
#include "wishes.h"

/* In the image's data and bss, which the loader has to fill. */
static volatile uint32_t initialised = 0x600dda7a;
static uint32_t zeroed[8192];

uint32_t bootmgr_main(const uint8_t *block);

static void check_image(void)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < sizeof(zeroed) / sizeof(zeroed[0]); i++) {
        sum |= zeroed[i];
    }
    check(initialised == 0x600dda7a && sum == 0, "data are loaded and bss is zero");
    zeroed[0] = initialised;
}

static uint64_t gdt_entry(unsigned selector)
{
    uint64_t entry = *(const uint64_t *)(uintptr_t)(entry_state.gdtr.base + selector);
    return entry & ~(1ull << 40); /* the processor sets "accessed" itself */
}

static void check_processor(const struct handover *handover)
{
    const struct cpu_state *state = &entry_state;
    check((state->cr0 & (CR0_PROTECTION | CR0_PAGING)) == CR0_PROTECTION,
          "protected mode without paging (CR0 %08x)", state->cr0);
    check(state->cr4 == 0, "CR4 is as the BIOS leaves it (%08x)", state->cr4);
    check(!(state->flags & (FLAG_INTERRUPTS | FLAG_DIRECTION)),
          "interrupts off, direction forward (%08x)", state->flags);
    check(state->cs == 0x20, "CS is 20 (%02x)", state->cs);
    check(state->ds == 0x30 && state->es == 0x30 && state->fs == 0x30 && state->gs == 0x30 &&
              state->ss == 0x30,
          "data segments are 30 (%02x %02x %02x %02x %02x)", state->ds, state->es, state->fs,
          state->gs, state->ss);

    uint32_t gdt = state->gdtr.base, gdt_end = gdt + state->gdtr.limit + 1;
    uint32_t idt = state->idtr.base, idt_end = idt + state->idtr.limit + 1;
    if (check(state->gdtr.limit >= 0x37 && handover_covers(handover, gdt, gdt_end),
              "the GDT at %08x lies in reported memory", gdt)) {
        check(gdt_entry(0x10) == 0x00209a0000000000, "GDT 10 is 64-bit code (%llx)",
              gdt_entry(0x10));
        check(gdt_entry(0x20) == 0x00cf9e000000ffff || gdt_entry(0x20) == 0x00cf9a000000ffff,
              "GDT 20 is flat code (%llx)", gdt_entry(0x20));
        check(gdt_entry(0x30) == 0x00cf92000000ffff, "GDT 30 is flat data (%llx)", gdt_entry(0x30));
    }
    check(state->idtr.limit == 0x7ff && handover_covers(handover, idt, idt_end),
          "an IDT of 256 entries at %08x lies in reported memory", idt);
    /* Windows' loader writes vectors wherever IDTR points. */
    volatile uint8_t *vector = (volatile uint8_t *)(uintptr_t)(idt + 0x2d * 8);
    uint8_t before = *vector, other = before ^ 0xff;
    *vector = other;
    check(*vector == other, "the IDT is writable");
    *vector = before;
    check(handover_covers(handover, state->esp - 48 * 1024, state->esp + 8),
          "48 KiB of stack under %08x lie in reported memory", state->esp);

    volatile uint32_t *low = (volatile uint32_t *)0x3fffc;
    volatile uint32_t *high = (volatile uint32_t *)0x13fffc;
    *low = 0x12345678;
    *high = 0x87654321;
    check(*low == 0x12345678, "address line 20 is on");
}

uint32_t bootmgr_main(const uint8_t *block)
{
    report("bootmgr.exe entered, tsc=%llu", entry_time);
    wishes_load();
    check_image();
    static struct handover handover;
    if (!handover_read(block, &handover)) {
        report_end();
    }
    check_processor(&handover);
    callback_set(&handover);
    take_memory(&handover);
    check_callbacks();

    static struct disk disk;
    static struct fat fat;
    if (!find_drive(&handover, &disk) ||
        !standin_open(&disk, &fat, handover.partition_start, handover.signature)) {
        report_end();
    }
    check_video(wishes_have("gui"));
    static const char *const stores[] = {"\\Boot\\BCD", NULL};
    standin_find_store(&fat, stores);
    if (wishes_have("time-calls")) {
        time_calls(&handover);
    }
    standin_look(&fat);
    if (wishes_have("return")) {
        report("returning to the loader");
        return (uint32_t)wishes_number("return");
    }
    report_end();
}
