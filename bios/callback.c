/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot manager's real-mode calls: INT 13 goes to our disk first, INT 10 hides its graphics
 * modes, everything else passes through. Resident: it runs when the rest of the loader is gone.
 */
#include "bios/callback.h"

#include "arch/ports.h"
#include "bios/real_mode.h"
#include "verdict/boot_status.h"

enum {
    VECTOR_VIDEO = 0x10,
    VECTOR_DISK = 0x13,
    VECTOR_KEYBOARD = 0x16,
    VIDEO_MODE_INFORMATION = 0x4F01, /* AX: VBE, mode information into ES:DI */
    VIDEO_MODE_SUPPORTED = 1,        /* bit of its first word */
};

static const struct disk_callback *disk;
static bool graphics_allowed;

void callback_set_disk(const struct disk_callback *callback)
{
    disk = callback;
}

void callback_allow_graphics(bool allow)
{
    graphics_allowed = allow;
}

/* In graphics modes the boot managers of Windows 8 and later draw their messages with fonts that
 * are missing here, and the screen stays empty. If no mode is supported, they write text. (If VBE
 * fails completely, they write nothing at all.) */
static void hide_graphics_mode(const struct registers *call)
{
    uint16_t *attributes = physical(real_mode_linear(call->es, call->edi));
    *attributes &= (uint16_t)~VIDEO_MODE_SUPPORTED;
}

void callback_interrupt(struct registers *registers)
{
    const struct registers call = *registers;
    uint8_t vector = (uint8_t)call.target;
    if (vector == VECTOR_DISK && disk != NULL && disk->answer(registers)) {
        return;
    }
    real_mode_interrupt(vector, registers);
    if (vector == VECTOR_DISK && disk != NULL) {
        disk->correct(&call, registers);
    }
    if (vector == VECTOR_VIDEO && (uint16_t)call.eax == VIDEO_MODE_INFORMATION &&
        !graphics_allowed) {
        hide_graphics_mode(&call);
    }
}

void callback_real(struct registers *registers)
{
    real_mode_call(registers, registers->target, FLAG_ALWAYS_SET | FLAG_INTERRUPT);
}

static void show(const char *text)
{
    for (; *text != '\0'; text++) {
        struct registers registers = {.eax = 0x0E00 | (uint8_t)*text, .ebx = 7};
        real_mode_interrupt(VECTOR_VIDEO, &registers);
    }
}

_Noreturn void manager_returned(uint32_t status)
{
    char digits[] = "0x00000000";
    struct registers key = {.eax = 0};
    for (int i = 0; i < 8; i++) {
        digits[2 + i] = "0123456789ABCDEF"[status >> (28 - 4 * i) & 15];
    }
    show("\r\nwimboot: the boot manager returned with status ");
    show(digits);
    const char *advice = boot_status_advice(status);
    if (advice != NULL) {
        show(": ");
        show(advice);
    }
    show(". Press a key to reboot.\r\n");
    real_mode_interrupt(VECTOR_KEYBOARD, &key);
    machine_reboot();
}

_Noreturn void machine_reboot(void)
{
    static const struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) no_interrupts = {0, 0};

    *(uint16_t *)physical(0x472) = 0x1234; /* BIOS: a warm start, without the memory test */
    for (int tries = 0; tries < 0x10000 && (port_read(0x64) & 2) != 0; tries++) {
        /* the keyboard controller does not accept a command yet */
    }
    port_write(0x64, 0xFE); /* pulse the processor's reset line */
    for (int wait = 0; wait < 0x100000; wait++) {
        port_read(0x64);
    }
    asm volatile("lidt %0; int3" : : "m"(no_interrupts)); /* a triple fault: there is no handler */
    for (;;) {
        asm volatile("cli; hlt");
    }
}
