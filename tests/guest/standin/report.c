/* SPDX-License-Identifier: BSD-2-Clause */
/* The report on the serial port. See report.h. */
#include "report.h"

#include <stdarg.h>
#include <stddef.h>

#include "machine.h"

static unsigned failures;

static void put_string(const char *string)
{
    while (*string) {
        machine_send(*string++);
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
        machine_send(padding);
    }
    while (count) {
        machine_send(digits[--count]);
    }
}

static void put_format(const char *format, va_list arguments)
{
    for (; *format; format++) {
        if (*format != '%') {
            machine_send(*format);
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
            machine_send((char)va_arg(arguments, int));
        } else if (*format == 'u' || *format == 'x') {
            put_number(is_long ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned),
                       *format == 'x' ? 16 : 10, width, padding);
        } else {
            machine_send(*format);
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
    machine_end(failures == 0);
}
