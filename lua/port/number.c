/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as text, for Lua. The firmware has no printf(), and those of hosts differ in details;
 * this one is exact and the same everywhere. Messages come from loader/base/format.h
 * instead, which needs no floating point.
 */
#include "lua/port/number.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lua/port/decimal.h"

/* Where the text goes. */
struct output {
    char *buffer;
    size_t size, length; /* length goes on counting when the buffer is full */
};

/* One conversion: %[flags][width][.precision]conversion. */
struct conversion {
    bool left, plus, space, alternate, zero;
    int width, precision; /* precision -1: not given */
    char letter;
};

static void put(struct output *output, char character)
{
    if (output->length < output->size) {
        output->buffer[output->length] = character;
    }
    output->length++;
}

static void put_times(struct output *output, char character, int count)
{
    while (count-- > 0) {
        put(output, character);
    }
}

static void put_text(struct output *output, const char *text, size_t length)
{
    while (length-- > 0) {
        put(output, *text++);
    }
}

/* Pad the text since `start` to the conversion's width. Zeros go after the first
 * `prefix` characters, the sign and the "0x". */
static void widen(struct output *output, const struct conversion *conversion, size_t start,
                  size_t prefix, bool zeros)
{
    size_t length = output->length - start;
    size_t missing, from, moved;
    if (conversion->width < 0 || length >= (size_t)conversion->width) {
        return;
    }
    missing = (size_t)conversion->width - length;
    if (conversion->left) {
        put_times(output, ' ', (int)missing);
        return;
    }
    from = zeros ? start + prefix : start;
    put_times(output, ' ', (int)missing);
    for (moved = start + length; moved > from; moved--) {
        if (moved - 1 + missing < output->size) {
            output->buffer[moved - 1 + missing] = output->buffer[moved - 1];
        }
    }
    for (size_t i = from; i < from + missing && i < output->size; i++) {
        output->buffer[i] = zeros ? '0' : ' ';
    }
}

static size_t put_sign(struct output *output, const struct conversion *conversion, bool negative)
{
    size_t start = output->length;
    if (negative) {
        put(output, '-');
    } else if (conversion->plus) {
        put(output, '+');
    } else if (conversion->space) {
        put(output, ' ');
    }
    return output->length - start;
}

static void put_unsigned(struct output *output, uint64_t value, unsigned base, bool upper,
                         int minimum)
{
    char reversed[24];
    int count = 0;
    for (; value > 0; value /= base) {
        char digit = (char)(value % base);
        reversed[count++] = (char)(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
    }
    put_times(output, '0', minimum - count);
    while (count > 0) {
        put(output, reversed[--count]);
    }
}

static void put_integer(struct output *output, const struct conversion *conversion, uint64_t value)
{
    bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
    bool negative = is_signed && (int64_t)value < 0;
    bool hexadecimal = conversion->letter == 'x' || conversion->letter == 'X';
    size_t start = output->length;
    size_t prefix = is_signed ? put_sign(output, conversion, negative) : 0;
    if (hexadecimal && conversion->alternate && value != 0) {
        put(output, '0');
        put(output, conversion->letter);
        prefix += 2;
    }
    if (conversion->letter == 'o' && conversion->alternate && value != 0) {
        put(output, '0');
    }
    put_unsigned(output, negative ? -value : value,
                 hexadecimal                 ? 16
                 : conversion->letter == 'o' ? 8
                                             : 10,
                 conversion->letter == 'X', conversion->precision >= 0 ? conversion->precision : 1);
    widen(output, conversion, start, prefix, conversion->zero && conversion->precision < 0);
}

static unsigned digit_at(const struct decimal *decimal, int index)
{
    return index >= 0 && index < decimal->count ? decimal->digits[index] : 0;
}

/* DIGITS.DIGITS with `precision` digits after the point. */
static void put_fixed(struct output *output, const struct decimal *decimal, int precision,
                      bool alternate)
{
    if (decimal->point <= 0) {
        put(output, '0');
    }
    for (int i = 0; i < decimal->point; i++) {
        put(output, (char)('0' + digit_at(decimal, i)));
    }
    if (precision > 0 || alternate) {
        put(output, '.');
    }
    for (int i = 0; i < precision; i++) {
        put(output, (char)('0' + digit_at(decimal, decimal->point + i)));
    }
}

/* D.DIGITSe+NN with `precision` digits after the point. */
static void put_exponential(struct output *output, const struct decimal *decimal, int precision,
                            bool alternate, bool upper)
{
    int exponent = decimal->count == 0 ? 0 : decimal->point - 1;
    put(output, (char)('0' + digit_at(decimal, 0)));
    if (precision > 0 || alternate) {
        put(output, '.');
    }
    for (int i = 1; i <= precision; i++) {
        put(output, (char)('0' + digit_at(decimal, i)));
    }
    put(output, upper ? 'E' : 'e');
    put(output, exponent < 0 ? '-' : '+');
    put_unsigned(output, (uint64_t)(exponent < 0 ? -exponent : exponent), 10, false, 2);
}

static void put_float(struct output *output, const struct conversion *conversion, double value)
{
    char letter = conversion->letter | 0x20;
    bool upper = conversion->letter != letter;
    int precision = conversion->precision >= 0 ? conversion->precision : 6;
    bool finite = __builtin_isfinite(value);
    size_t start = output->length;
    size_t prefix = put_sign(output, conversion, __builtin_signbit(value));
    struct decimal decimal;
    if (!finite) {
        const char *name = value != value ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
        put_text(output, name, 3);
        widen(output, conversion, start, prefix, false);
        return;
    }
    decimal_from_double(&decimal, value);
    if (letter == 'f') {
        decimal_round(&decimal, decimal.point + precision);
        put_fixed(output, &decimal, precision, conversion->alternate);
    } else if (letter == 'e') {
        decimal_round(&decimal, precision + 1);
        put_exponential(output, &decimal, precision, conversion->alternate, upper);
    } else {
        int significant = precision > 0 ? precision : 1;
        int exponent;
        decimal_round(&decimal, significant);
        exponent = decimal.count == 0 ? 0 : decimal.point - 1;
        if (!conversion->alternate && significant > decimal.count) {
            significant = decimal.count > 0 ? decimal.count : 1; /* no trailing zeros */
        }
        if (exponent >= -4 && exponent < (precision > 0 ? precision : 1)) {
            int places = significant - 1 - exponent;
            put_fixed(output, &decimal, places > 0 ? places : 0, conversion->alternate);
        } else {
            put_exponential(output, &decimal, significant - 1, conversion->alternate, upper);
        }
    }
    widen(output, conversion, start, prefix, conversion->zero);
}

static void put_string(struct output *output, const struct conversion *conversion, const char *text)
{
    size_t start = output->length;
    for (int i = 0; text[i] != '\0' && (conversion->precision < 0 || i < conversion->precision);
         i++) {
        put(output, text[i]);
    }
    widen(output, conversion, start, 0, false);
}

static const char *parse_number(const char *format, int *value)
{
    int number = 0;
    /* Lua allows two digits; four keep hostile callers from overflowing. */
    for (int i = 0; i < 4 && *format >= '0' && *format <= '9'; i++) {
        number = number * 10 + (*format++ - '0');
    }
    *value = number;
    return format;
}

static const char *parse_flags(const char *format, struct conversion *conversion)
{
    for (;; format++) {
        switch (*format) {
        case '-':
            conversion->left = true;
            break;
        case '+':
            conversion->plus = true;
            break;
        case ' ':
            conversion->space = true;
            break;
        case '#':
            conversion->alternate = true;
            break;
        case '0':
            conversion->zero = true;
            break;
        default:
            return format;
        }
    }
}

int number_format(char *buffer, size_t size, const char *format, ...)
{
    struct output output = {buffer, size > 0 ? size - 1 : 0, 0};
    va_list arguments;
    va_start(arguments, format);
    while (*format != '\0') {
        struct conversion conversion = {.precision = -1};
        int length = 0; /* how many times 'l' occurred */
        if (*format != '%') {
            put(&output, *format++);
            continue;
        }
        format = parse_flags(format + 1, &conversion);
        format = parse_number(format, &conversion.width);
        if (*format == '.') {
            format = parse_number(format + 1, &conversion.precision);
        }
        for (; *format == 'l'; format++) {
            length++;
        }
        conversion.letter = *format;
        switch (conversion.letter) {
        case 'd':
        case 'i':
            put_integer(&output, &conversion,
                        length == 0   ? (uint64_t)va_arg(arguments, int)
                        : length == 1 ? (uint64_t)va_arg(arguments, long)
                                      : (uint64_t)va_arg(arguments, long long));
            break;
        case 'u':
        case 'o':
        case 'x':
        case 'X':
            put_integer(&output, &conversion,
                        length == 0   ? va_arg(arguments, unsigned)
                        : length == 1 ? va_arg(arguments, unsigned long)
                                      : va_arg(arguments, unsigned long long));
            break;
        case 'p':
            conversion.letter = 'x';
            conversion.alternate = true;
            put_integer(&output, &conversion, (uintptr_t)va_arg(arguments, void *));
            break;
        case 'c': {
            size_t start = output.length;
            put(&output, (char)va_arg(arguments, int));
            widen(&output, &conversion, start, 0, false);
            break;
        }
        case 's':
            put_string(&output, &conversion, va_arg(arguments, const char *));
            break;
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
            put_float(&output, &conversion, va_arg(arguments, double));
            break;
        case '\0':
            continue;
        default:
            put(&output, conversion.letter);
            break;
        }
        format++;
    }
    va_end(arguments);
    if (size > 0) {
        buffer[output.length < output.size ? output.length : output.size] = '\0';
    }
    return (int)output.length;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* An exponent after a number: "e+12". Returns its end, or `text` where there is none. */
static const char *parse_exponent(const char *text, int *exponent)
{
    const char *digits = text + 1;
    bool negative = false;
    int value = 0;
    if (*text != 'e' && *text != 'E') {
        return text;
    }
    if (*digits == '+' || *digits == '-') {
        negative = *digits++ == '-';
    }
    if (!is_digit(*digits)) {
        return text;
    }
    for (; is_digit(*digits); digits++) {
        if (value < 100000) {
            value = value * 10 + (*digits - '0');
        }
    }
    *exponent = negative ? -value : value;
    return digits;
}

double number_parse(const char *text, char **end)
{
    struct decimal decimal = {0};
    const char *position = text;
    bool negative = false, any = false, after_point = false;
    int exponent = 0;
    double value;
    while (*position == ' ' || (*position >= '\t' && *position <= '\r')) {
        position++;
    }
    if (*position == '+' || *position == '-') {
        negative = *position++ == '-';
    }
    for (;; position++) {
        if (*position == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(*position)) {
            break;
        }
        any = true;
        if (decimal.count > 0 || *position != '0') {
            decimal_append(&decimal, (unsigned)(*position - '0'));
            if (!after_point) {
                decimal.point++;
            }
        } else if (after_point) {
            decimal.point--;
        }
    }
    if (!any) {
        *end = (char *)text;
        return 0;
    }
    *end = (char *)parse_exponent(position, &exponent);
    decimal_trim(&decimal);
    if (decimal.count > 0) {
        decimal.point += exponent;
    }
    value = decimal_to_double(&decimal);
    return negative ? -value : value;
}
