/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console of base/machine.h: text by INT 10, also to the first serial port and to the debug
 * port of virtual machines where there are any; keys by INT 16.
 */
#include "arch/debug_port.h"
#include "arch/ports.h"
#include "base/machine.h"
#include "bios/code_page.h"
#include "bios/real_mode.h"
#include "options.h"

enum {
    BDA_COM1 = 0x400, /* its I/O port; 0: there is none */
    BDA_VIDEO_MODE = 0x449,
    BDA_COLUMNS = 0x44A,
    BDA_LAST_ROW = 0x484,

    VIDEO = 0x10,
    VIDEO_SET_TEXT_MODE = 0x0003,
    VIDEO_SET_CURSOR = 0x0200,
    VIDEO_CLEAR_WINDOW = 0x0600,
    VIDEO_WRITE_CELLS = 0x0900,
    VIDEO_TELETYPE = 0x0E00,

    KEYBOARD = 0x16,
    KEYBOARD_READ = 0x1000,
    KEYBOARD_LOOK = 0x1100,

    SERIAL_LINE_STATUS = 5,
    SERIAL_CAN_SEND = 0x20,
    SERIAL_PATIENCE = 100000, /* reads of the status before a port is given up */
};

enum { LIGHT_GREY_ON_BLACK = 0x07 };

/* The attribute of what is written: background, foreground. */
static uint8_t attribute = LIGHT_GREY_ON_BLACK;

static void show(uint8_t character)
{
    /* The colour matters in graphics modes only. */
    struct registers registers = {.eax = VIDEO_TELETYPE | character, .ebx = attribute & 0x0Fu};
    real_mode_interrupt(VIDEO, &registers);
}

/* In text modes, a teletype leaves the attributes of cells as they are: set those of the text up to
 * the end of the line. */
static void paint(const uint8_t *text, const uint8_t *end)
{
    struct registers registers = {.eax = VIDEO_WRITE_CELLS | ' ', .ebx = attribute};

    while (text < end && *text >= ' ') {
        code_page_next(&text, end);
        registers.ecx++;
    }
    if (registers.ecx > 0) {
        real_mode_interrupt(VIDEO, &registers);
    }
}

/* Whether the cursor is on a line that may have been painted. */
static bool is_on_old_line;

static void write_screen(const uint8_t *text, const uint8_t *end)
{
    if (attribute != LIGHT_GREY_ON_BLACK || is_on_old_line) {
        paint(text, end);
    }
    while (text < end) {
        uint8_t character = code_page_next(&text, end);
        if (character == '\n') {
            is_on_old_line = false;
            show('\r');
        }
        show(character);
    }
}

static void serial_send(uint16_t *port, uint8_t byte)
{
    for (unsigned i = 0; i < SERIAL_PATIENCE; i++) {
        if ((port_read(*port + SERIAL_LINE_STATUS) & SERIAL_CAN_SEND) != 0) {
            port_write(*port, byte);
            return;
        }
    }
    *port = 0; /* the port does not respond: do not wait for each byte */
}

static void write_serial(const uint8_t *text, const uint8_t *end)
{
    static bool looked;
    static uint16_t port;
    if (!looked) {
        port = *(const uint16_t *)physical(BDA_COM1);
        looked = true;
    }
    for (; text < end && port != 0; text++) {
        if (*text == '\n') {
            serial_send(&port, '\r');
        }
        serial_send(&port, *text);
    }
}

static void write_debug_port(const uint8_t *text, const uint8_t *end)
{
    if (!debug_port_exists()) {
        return;
    }
    for (; text < end; text++) {
        debug_port_write(*text);
    }
}

void platform_write(const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;

    /* A BIOS that mirrors its screen to the serial port would show each line twice there. */
    if (!options.noscreen) {
        write_screen(bytes, bytes + length);
    }
    if (!options.noserial) {
        write_serial(bytes, bytes + length);
    }
    write_debug_port(bytes, bytes + length);
}

void platform_style(enum text_style style)
{
    static const uint8_t attributes[] = {
        [STYLE_PLAIN] = LIGHT_GREY_ON_BLACK,
        [STYLE_LABEL] = 0x0F,
        [STYLE_WARNING] = 0x0E,
        [STYLE_ERROR] = 0x4F,
        [STYLE_BAR] = 0x70,
    };
    attribute = attributes[style];
}

void platform_break_line(void)
{
    static const uint8_t next_line[] = "\n" CONSOLE_INDENT;

    if (!options.noscreen) {
        write_screen(next_line, next_line + sizeof(next_line) - 1);
    }
}

static void set_cursor(unsigned row)
{
    struct registers registers = {.eax = VIDEO_SET_CURSOR, .edx = row << 8};
    real_mode_interrupt(VIDEO, &registers);
}

void platform_move_to_row(unsigned row)
{
    static const uint8_t new_line[] = "\n";

    if (!options.noscreen) {
        set_cursor(row);
        is_on_old_line = true;
    }
    if (!options.noserial) {
        write_serial(new_line, new_line + 1);
    }
    write_debug_port(new_line, new_line + 1);
}

/* Modes 0 to 3 and 7 show text. */
static bool is_text_mode(void)
{
    uint8_t mode = *(const uint8_t *)physical(BDA_VIDEO_MODE);
    return mode <= 3 || mode == 7;
}

void platform_clear(void)
{
    struct registers registers = {.eax = VIDEO_SET_TEXT_MODE};
    unsigned columns, rows;

    if (options.noscreen) {
        return;
    }
    /* Where it can be avoided, no mode is set: some monitors are dark for seconds then. */
    if (is_text_mode()) {
        platform_screen_size(&columns, &rows);
        registers.eax = VIDEO_CLEAR_WINDOW;
        registers.ebx = LIGHT_GREY_ON_BLACK << 8;
        registers.edx = (rows - 1) << 8 | (columns - 1);
    }
    real_mode_interrupt(VIDEO, &registers);
    set_cursor(0);
    is_on_old_line = false;
}

void platform_screen_size(unsigned *columns, unsigned *rows)
{
    *columns = *(const uint16_t *)physical(BDA_COLUMNS);
    *rows = *(const uint8_t *)physical(BDA_LAST_ROW) + 1u;
    if (*columns == 0 || *rows == 1) {
        *columns = 80;
        *rows = 25;
    }
}

static int key_of_scan_code(uint8_t code)
{
    static const struct {
        uint8_t code;
        int key;
    } keys[] = {
        {0x48, KEY_UP},        {0x50, KEY_DOWN}, {0x4B, KEY_LEFT},
        {0x4D, KEY_RIGHT},     {0x47, KEY_HOME}, {0x49, KEY_PAGE_UP},
        {0x51, KEY_PAGE_DOWN}, {0x4F, KEY_END},  {0x53, KEY_DELETE},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].code == code) {
            return keys[i].key;
        }
    }
    if (code >= 0x3B && code <= 0x44) {
        return KEY_F1 + (code - 0x3B);
    }
    if (code == 0x85 || code == 0x86) {
        return KEY_F1 + 10 + (code - 0x85);
    }
    return KEY_NONE;
}

/* Take a key out of the BIOS's buffer. KEY_NONE: it is empty, or the key is unknown. */
static int take_key(void)
{
    struct registers registers = {.eax = KEYBOARD_LOOK};
    real_mode_interrupt(KEYBOARD, &registers);
    if ((registers.eflags & FLAG_ZERO) != 0) {
        return KEY_NONE;
    }
    registers.eax = KEYBOARD_READ;
    real_mode_interrupt(KEYBOARD, &registers);
    uint8_t character = register_low(registers.eax);
    /* 0xE0 with a scan code: the grey keys of an enhanced keyboard. */
    if (character == 0 || (character == 0xE0 && register_high(registers.eax) != 0)) {
        return key_of_scan_code(register_high(registers.eax));
    }
    return code_page_to_unicode(character);
}

int platform_read_key(uint32_t timeout_ms)
{
    int key = take_key();
    if (key != KEY_NONE || timeout_ms == 0) {
        return key;
    }
    uint64_t start = platform_milliseconds();
    do {
        key = take_key();
    } while (key == KEY_NONE &&
             (timeout_ms == UINT32_MAX || platform_milliseconds() - start < timeout_ms));
    return key;
}
