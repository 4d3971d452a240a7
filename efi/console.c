/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: the firmware's text output and input. What is written also goes to the debug port
 * of virtual machines.
 *
 * A call of OutputString() is slow (graphics consoles draw, serial ones wait for the line), so
 * text is collected in a buffer and written in as few calls as possible.
 */
#include <stdbool.h>

#include "arch/debug_port.h"
#include "base/machine.h"
#include "base/unicode.h"
#include "efi/firmware.h"
#include "efi/watchdog.h"

enum {
    PIECE_SIZE = 256,  /* bytes of UTF-8 for one OutputString() */
    SCREEN_MAX = 1000, /* columns or rows that a screen can have */
};

/* A protocol of EFI 1.1, still in use, for switching from a splash screen to text. */
static EFI_GUID console_control_guid = {
    0xf42f7782, 0x012e, 0x4c12, {0x99, 0x56, 0x49, 0xf9, 0x43, 0x04, 0xf7, 0x21}};

enum { CONSOLE_TEXT = 0 };

struct console_control {
    EFI_STATUS(EFIAPI *get_mode)(struct console_control *, UINT32 *mode, BOOLEAN *, BOOLEAN *);
    EFI_STATUS(EFIAPI *set_mode)(struct console_control *, UINT32 mode);
};

/* Some boot loaders start us with the console in graphics mode: nothing would be seen. */
static void leave_graphics_mode(void)
{
    struct console_control *control;
    UINT32 mode;
    EFI_STATUS status =
        efi_services->LocateProtocol(&console_control_guid, NULL, (void **)&control);
    if (!EFI_ERROR(status) && !EFI_ERROR(control->get_mode(control, &mode, NULL, NULL)) &&
        mode != CONSOLE_TEXT) {
        control->set_mode(control, CONSOLE_TEXT);
        platform_clear();
    }
}

static void write_piece(const char *text, size_t length)
{
    uint16_t units[PIECE_SIZE];
    CHAR16 out[2 * PIECE_SIZE + 1];
    size_t count = utf16_from_utf8(text, length, units, PIECE_SIZE);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (units[i] == '\n') {
            out[used++] = '\r';
        }
        if (units[i] != 0) {
            out[used++] = units[i];
        }
    }
    out[used] = 0;
    efi_system->ConOut->OutputString(efi_system->ConOut, out);
}

void platform_write(const char *text, size_t length)
{
    static bool started, debug_port;
    if (!started) {
        started = true;
        debug_port = debug_port_exists();
        if (efi_system->ConOut != NULL) {
            leave_graphics_mode();
        }
    }
    efi_watchdog_arm(); /* output shows that we have not hung */
    for (size_t i = 0; debug_port && i < length; i++) {
        debug_port_write((uint8_t)text[i]);
    }
    while (efi_system->ConOut != NULL && length > 0) {
        size_t piece = length < PIECE_SIZE ? length : PIECE_SIZE;
        /* Do not cut a character in two. */
        while (piece < length && piece > PIECE_SIZE - 4 && ((uint8_t)text[piece] & 0xC0) == 0x80) {
            piece--;
        }
        write_piece(text, piece);
        text += piece;
        length -= piece;
    }
}

void platform_style(enum text_style style)
{
    static const UINTN attributes[] = {
        [STYLE_PLAIN] = EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK),
        [STYLE_LABEL] = EFI_TEXT_ATTR(EFI_WHITE, EFI_BLACK),
        [STYLE_WARNING] = EFI_TEXT_ATTR(EFI_YELLOW, EFI_BLACK),
        [STYLE_ERROR] = EFI_TEXT_ATTR(EFI_WHITE, EFI_RED),
        [STYLE_BAR] = EFI_TEXT_ATTR(EFI_BLACK, EFI_LIGHTGRAY),
    };

    if (efi_system->ConOut != NULL) {
        efi_system->ConOut->SetAttribute(efi_system->ConOut, attributes[style]);
    }
}

void platform_break_line(void)
{
    static const char next_line[] = "\n" CONSOLE_INDENT;

    if (efi_system->ConOut != NULL) {
        write_piece(next_line, sizeof(next_line) - 1);
    }
}

void platform_move_to_row(unsigned row)
{
    if (efi_system->ConOut != NULL) {
        efi_system->ConOut->SetCursorPosition(efi_system->ConOut, 0, row);
    }
    if (debug_port_exists()) {
        debug_port_write('\n');
    }
}

void platform_clear(void)
{
    if (efi_system->ConOut != NULL) {
        efi_system->ConOut->ClearScreen(efi_system->ConOut);
    }
}

void platform_screen_size(unsigned *columns, unsigned *rows)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *out = efi_system->ConOut;
    UINTN width, height;
    if (out == NULL || EFI_ERROR(out->QueryMode(out, (UINTN)out->Mode->Mode, &width, &height))) {
        width = height = 0;
    }
    if (width == 0 || width > SCREEN_MAX || height == 0 || height > SCREEN_MAX) {
        width = 80;
        height = 25;
    }
    *columns = (unsigned)width;
    *rows = (unsigned)height;
}

/* A key that has been pressed; KEY_NONE if there is none, or it is an unknown one. */
static int read_key(void)
{
    EFI_INPUT_KEY key;
    if (EFI_ERROR(efi_system->ConIn->ReadKeyStroke(efi_system->ConIn, &key))) {
        return KEY_NONE;
    }
    if (key.UnicodeChar != 0) {
        return key.UnicodeChar;
    }
    if (key.ScanCode >= SCAN_F1 && key.ScanCode <= SCAN_F12) {
        return KEY_F1 + (key.ScanCode - SCAN_F1);
    }
    switch (key.ScanCode) {
    case SCAN_UP:
        return KEY_UP;
    case SCAN_DOWN:
        return KEY_DOWN;
    case SCAN_LEFT:
        return KEY_LEFT;
    case SCAN_RIGHT:
        return KEY_RIGHT;
    case SCAN_HOME:
        return KEY_HOME;
    case SCAN_END:
        return KEY_END;
    case SCAN_PAGE_UP:
        return KEY_PAGE_UP;
    case SCAN_PAGE_DOWN:
        return KEY_PAGE_DOWN;
    case SCAN_DELETE:
        return KEY_DELETE;
    case SCAN_ESC:
        return 27;
    default:
        return KEY_NONE;
    }
}

/* Wait until a key is pressed or a timer, which may be NULL, has run out. */
static int wait_for_key(EFI_EVENT timer)
{
    EFI_EVENT events[] = {efi_system->ConIn->WaitForKey, timer};
    for (;;) {
        UINTN which = 0;
        EFI_STATUS status = efi_services->WaitForEvent(timer != NULL ? 2 : 1, events, &which);
        if (EFI_ERROR(status) || which == 1) {
            return KEY_NONE;
        }
        int key = read_key();
        if (key != KEY_NONE) {
            return key;
        }
    }
}

int platform_read_key(uint32_t timeout_ms)
{
    if (efi_system->ConIn == NULL) {
        return KEY_NONE;
    }
    int key = read_key();
    if (key != KEY_NONE || timeout_ms == 0) {
        return key;
    }
    efi_watchdog_disarm();
    if (timeout_ms == UINT32_MAX) {
        key = wait_for_key(NULL);
    } else {
        EFI_EVENT timer;
        if (!EFI_ERROR(efi_services->CreateEvent(EVT_TIMER, TPL_CALLBACK, NULL, NULL, &timer))) {
            efi_services->SetTimer(timer, TimerRelative, (UINT64)timeout_ms * 10000); /* 100 ns */
            key = wait_for_key(timer);
            efi_services->CloseEvent(timer);
        }
    }
    efi_watchdog_arm();
    return key;
}
