/* SPDX-License-Identifier: BSD-2-Clause */
/* The report on COM1. See report.h. */
#include "report.h"

#include <stdarg.h>
#include <stddef.h>

#include "ports.h"

enum {
    COM1 = 0x3f8,
    LINE_STATUS = COM1 + 5,
    LINE_STATUS_CAN_SEND = 0x20,
    DEBUG_EXIT = 0xf4, /* QEMU ends with status 2 * value + 1 */
    EXIT_GOOD = 0x10,
    EXIT_FAILURES = 0x11,
};

static unsigned failures;

static void put_character(char c)
{
    while (!(port_in8(LINE_STATUS) & LINE_STATUS_CAN_SEND)) {
        ;
    }
    port_out8(COM1, (uint8_t)c);
}

static void put_string(const char *string)
{
    while (*string) {
        put_character(*string++);
    }
}

static void put_number(uint64_t value, unsigned base, unsigned width, char padding)
{
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > count; width--) {
        put_character(padding);
    }
    while (count) {
        put_character(digits[--count]);
    }
}

static void put_format(const char *format, va_list arguments)
{
    for (; *format; format++) {
        if (*format != '%') {
            put_character(*format);
            continue;
        }
        format++;
        char padding = ' ';
        if (*format == '0') {
            padding = '0';
            format++;
        }
        unsigned width = 0;
        while (*format >= '0' && *format <= '9') {
            width = width * 10 + (unsigned)(*format++ - '0');
        }
        bool is_long = format[0] == 'l' && format[1] == 'l';
        if (is_long) {
            format += 2;
        }
        if (*format == 's') {
            put_string(va_arg(arguments, const char *));
        } else if (*format == 'c') {
            put_character((char)va_arg(arguments, int));
        } else if (*format == 'u' || *format == 'x') {
            put_number(is_long ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned),
                       *format == 'x' ? 16 : 10, width, padding);
        } else {
            put_character(*format);
        }
    }
}

static void put_line(const char *kind, const char *format, va_list arguments)
{
    put_string("standin: ");
    put_string(kind);
    put_format(format, arguments);
    put_string("\r\n");
}

void report(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_line("", format, arguments);
    va_end(arguments);
}

bool check(bool condition, const char *format, ...)
{
    if (!condition) {
        failures++;
    }
    va_list arguments;
    va_start(arguments, format);
    put_line(condition ? "ok " : "FAIL ", format, arguments);
    va_end(arguments);
    return condition;
}

unsigned report_failures(void)
{
    return failures;
}

_Noreturn void report_end(void)
{
    report("done, %u failures", failures);
    port_out8(DEBUG_EXIT, failures ? EXIT_FAILURES : EXIT_GOOD);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
