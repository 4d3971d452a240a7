/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * printf-style formatting for messages. See format.h for what is supported.
 *
 * The C library's own cannot be used: there is none in firmware, and a message has to read the same
 * on every platform.
 */
#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct output {
    char *buffer;
    size_t size;   /* bytes of the buffer */
    size_t length; /* bytes of the whole text so far, also those that did not fit */
};

struct specification {
    bool left, zeros, plus;
    unsigned width;
    int precision; /* -1: none */
};

static void put(struct output *output, char character)
{
    if (output->length + 1 < output->size) {
        output->buffer[output->length] = character;
    }
    output->length++;
}

static void put_many(struct output *output, char character, size_t count)
{
    while (count-- > 0) {
        put(output, character);
    }
}

static void put_text(struct output *output, const struct specification *specification,
                     const char *text, size_t length)
{
    size_t padding = specification->width > length ? specification->width - length : 0;
    if (!specification->left) {
        put_many(output, ' ', padding);
    }
    for (size_t i = 0; i < length; i++) {
        put(output, text[i]);
    }
    if (specification->left) {
        put_many(output, ' ', padding);
    }
}

static void put_number(struct output *output, const struct specification *specification,
                       uint64_t value, bool negative, unsigned base, const char *digits)
{
    char text[24];
    size_t start = sizeof(text);
    do {
        /* Most numbers fit 32 bits, where a division is one instruction on i386 too. */
        if (value >> 32 == 0) {
            uint32_t small = (uint32_t)value;
            text[--start] = digits[small % base];
            value = small / base;
        } else {
            text[--start] = digits[value % base];
            value /= base;
        }
    } while (value != 0);
    size_t length = sizeof(text) - start;
    size_t sign = negative || specification->plus ? 1 : 0;
    size_t zeros = 0;
    if (specification->precision >= 0) {
        zeros = (size_t)specification->precision > length
                    ? (size_t)specification->precision - length
                    : 0;
    } else if (specification->zeros && !specification->left &&
               specification->width > length + sign) {
        zeros = specification->width - length - sign;
    }
    size_t total = sign + zeros + length;
    size_t padding = specification->width > total ? specification->width - total : 0;
    if (!specification->left) {
        put_many(output, ' ', padding);
    }
    if (sign) {
        put(output, negative ? '-' : '+');
    }
    put_many(output, '0', zeros);
    while (start < sizeof(text)) {
        put(output, text[start++]);
    }
    if (specification->left) {
        put_many(output, ' ', padding);
    }
}

/* How many bytes of a string are used: up to the NUL, or the precision. */
static size_t text_length(const char *text, int precision)
{
    size_t length = 0;
    while ((precision < 0 || length < (size_t)precision) && text[length] != '\0') {
        length++;
    }
    return length;
}

size_t format_string_list(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct output output = {.buffer = buffer, .size = size};
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            put(&output, *at);
            continue;
        }
        at++;
        struct specification specification = {.precision = -1};
        for (;; at++) {
            if (*at == '-') {
                specification.left = true;
            } else if (*at == '0') {
                specification.zeros = true;
            } else if (*at == '+') {
                specification.plus = true;
            } else {
                break;
            }
        }
        if (*at == '*') {
            int width = va_arg(arguments, int);
            specification.left |= width < 0;
            specification.width = width < 0 ? 0u - (unsigned)width : (unsigned)width;
            at++;
        }
        for (; *at >= '0' && *at <= '9'; at++) {
            specification.width = specification.width * 10 + (unsigned)(*at - '0');
        }
        if (*at == '.') {
            at++;
            specification.precision = 0;
            if (*at == '*') {
                specification.precision = va_arg(arguments, int);
                at++;
            }
            for (; *at >= '0' && *at <= '9'; at++) {
                specification.precision = specification.precision * 10 + (*at - '0');
            }
        }
        int longs = 0;
        for (; *at == 'l' || *at == 'z'; at++) {
            longs += *at == 'l' ? 1 : (sizeof(size_t) == sizeof(long long) ? 2 : 1);
        }
        switch (*at) {
        case 'd':
        case 'i': {
            long long value = longs >= 2   ? va_arg(arguments, long long)
                              : longs == 1 ? va_arg(arguments, long)
                                           : va_arg(arguments, int);
            uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
            put_number(&output, &specification, magnitude, value < 0, 10, "0123456789");
            break;
        }
        case 'u':
        case 'x':
        case 'X': {
            unsigned long long value = longs >= 2   ? va_arg(arguments, unsigned long long)
                                       : longs == 1 ? va_arg(arguments, unsigned long)
                                                    : va_arg(arguments, unsigned);
            put_number(&output, &specification, value, false, *at == 'u' ? 10 : 16,
                       *at == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
            break;
        }
        case 'p':
            put(&output, '0');
            put(&output, 'x');
            put_number(&output, &specification, (uintptr_t)va_arg(arguments, void *), false, 16,
                       "0123456789abcdef");
            break;
        case 'c': {
            char character = (char)va_arg(arguments, int);
            put_text(&output, &specification, &character, 1);
            break;
        }
        case 's': {
            const char *text = va_arg(arguments, const char *);
            if (text == NULL) {
                text = "(null)";
            }
            put_text(&output, &specification, text, text_length(text, specification.precision));
            break;
        }
        case '%':
            put(&output, '%');
            break;
        default: /* the compiler's format check lets nothing else through; end a cut format */
            at--;
            break;
        }
    }
    if (size > 0) {
        buffer[output.length < size ? output.length : size - 1] = '\0';
    }
    return output.length;
}

size_t format_string(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_list(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}
