/*
 * The console of platform.h: text by INT 10, also to the first serial port and to the debug port of
 * virtual machines where there are any; keys by INT 16.
 */
#include <string.h>

#include "loader/platform.h"
#include "ports.h"
#include "real_mode.h"

enum {
    BDA_COM1 = 0x400, /* its I/O port; 0: there is none */
    BDA_COLUMNS = 0x44A,
    BDA_LAST_ROW = 0x484,

    VIDEO = 0x10,
    VIDEO_SET_TEXT_MODE = 0x0003,
    VIDEO_TELETYPE = 0x0E00,
    VIDEO_LIGHT_GREY = 7,

    KEYBOARD = 0x16,
    KEYBOARD_READ = 0x1000,
    KEYBOARD_LOOK = 0x1100,

    SERIAL_LINE_STATUS = 5,
    SERIAL_CAN_SEND = 0x20,
    SERIAL_PATIENCE = 100000, /* reads of the status before a port is given up */

    DEBUG_PORT = 0xE9, /* of Bochs and QEMU, where it reads as its own number */
};

/* Code page 437 from 0x80 on, which BIOS fonts have. */
static const uint16_t code_page_437[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4,
    0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

/* What stands in for characters that the code page lacks. */
static uint8_t approximate(uint32_t character)
{
    switch (character) {
    case 0x2010 ... 0x2015: /* hyphens and dashes */
        return '-';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201C ... 0x201E:
        return '"';
    case 0x2022:
        return '*';
    default:
        return '?';
    }
}

static uint8_t to_code_page(uint32_t character)
{
    if (character < 0x80)
        return (uint8_t)character;
    for (unsigned i = 0; i < 128; i++) {
        if (code_page_437[i] == character)
            return (uint8_t)(0x80 + i);
    }
    return approximate(character);
}

static void show(uint8_t character)
{
    struct registers registers = {.eax = VIDEO_TELETYPE | character, .ebx = VIDEO_LIGHT_GREY};

    real_mode_interrupt(VIDEO, &registers);
}

/* Take one character of UTF-8 (what is ill-formed becomes '?') off the text. */
static uint32_t next_character(const uint8_t **text, const uint8_t *end)
{
    uint8_t lead = *(*text)++;
    unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;

    if (lead < 0x80)
        return lead;
    uint32_t character = lead & (0x3Fu >> more);
    bool bad = more == 0;
    for (; more > 0 && *text < end && (**text & 0xC0) == 0x80; more--)
        character = character << 6 | (*(*text)++ & 0x3F);
    return bad || more > 0 ? '?' : character;
}

static void write_screen(const uint8_t *text, const uint8_t *end)
{
    while (text < end) {
        uint32_t character = next_character(&text, end);
        if (character == '\n')
            show('\r');
        show(to_code_page(character));
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
    *port = 0; /* nobody there: do not wait for each byte */
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
        if (*text == '\n')
            serial_send(&port, '\r');
        serial_send(&port, *text);
    }
}

static void write_debug_port(const uint8_t *text, const uint8_t *end)
{
    if (port_read(DEBUG_PORT) != DEBUG_PORT)
        return;
    for (; text < end; text++)
        port_write(DEBUG_PORT, *text);
}

void platform_write(const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;

    write_screen(bytes, bytes + length);
    write_serial(bytes, bytes + length);
    write_debug_port(bytes, bytes + length);
}

void platform_clear(void)
{
    struct registers registers = {.eax = VIDEO_SET_TEXT_MODE};

    real_mode_interrupt(VIDEO, &registers);
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
        if (keys[i].code == code)
            return keys[i].key;
    }
    if (code >= 0x3B && code <= 0x44)
        return KEY_F1 + (code - 0x3B);
    if (code == 0x85 || code == 0x86)
        return KEY_F1 + 10 + (code - 0x85);
    return KEY_NONE;
}

/* Take a key out of the BIOS's buffer. KEY_NONE: it is empty, or the key is none we know. */
static int take_key(void)
{
    struct registers registers = {.eax = KEYBOARD_LOOK};

    real_mode_interrupt(KEYBOARD, &registers);
    if ((registers.eflags & FLAG_ZERO) != 0)
        return KEY_NONE;
    registers.eax = KEYBOARD_READ;
    real_mode_interrupt(KEYBOARD, &registers);
    uint8_t character = register_low(registers.eax);
    /* 0xE0 with a scan code: the grey keys of an enhanced keyboard. */
    if (character == 0 || (character == 0xE0 && register_high(registers.eax) != 0))
        return key_of_scan_code(register_high(registers.eax));
    return character < 0x80 ? character : code_page_437[character - 0x80];
}

int platform_read_key(uint32_t timeout_ms)
{
    int key = take_key();

    if (key != KEY_NONE || timeout_ms == 0)
        return key;
    uint64_t start = platform_milliseconds();
    do
        key = take_key();
    while (key == KEY_NONE &&
           (timeout_ms == UINT32_MAX || platform_milliseconds() - start < timeout_ms));
    return key;
}
