/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of iPXE's settings. See types.h. */
#include "host/ipxe/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/format.h"
#include "host/ipxe/interpreter.h"

static char *format_text(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    return ipxe_copy(ipxe, (const char *)bytes.data,
                     bytes.size == 0 ? 0 : strnlen((const char *)bytes.data, bytes.size));
}

static bool parse_text(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                       struct bytes *bytes)
{
    bytes->size = strlen(text);
    bytes->data = (const uint8_t *)ipxe_copy(ipxe, text, bytes->size);
    return bytes->data != NULL;
}

/* As a part of a URI: '%' and two digits for all that is not printed, and for what has a meaning in
 * URIs. */
static char *format_uri(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    size_t size = bytes.size == 0 ? 0 : strnlen((const char *)bytes.data, bytes.size), length = 0;
    char *text = ipxe_allocate(ipxe, 3 * size + 1);
    for (size_t i = 0; text != NULL && i < size; i++) {
        uint8_t byte = bytes.data[i];
        if (byte <= ' ' || byte >= 0x7F || strchr("%/#:@?&=", byte) != NULL) {
            length += format_string(text + length, 4, "%%%02X", byte);
        } else {
            text[length++] = (char)byte;
        }
    }
    return text;
}

static char *format_ipv4(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    const uint8_t *data = bytes.data;
    return bytes.size < 4 ? NULL
                          : ipxe_format(ipxe, "%u.%u.%u.%u", data[0], data[1], data[2], data[3]);
}

/* A number from 0 to 255 at `*text`, which moves past it. */
static bool read_byte(const char **text, unsigned base, uint8_t *byte)
{
    unsigned value = 0, count = 0;
    for (; **text != '\0'; (*text)++, count++) {
        int digit = ascii_hex_digit(**text);
        if (digit < 0 || (unsigned)digit >= base || value > 255) {
            break;
        }
        value = value * base + (unsigned)digit;
    }
    *byte = (uint8_t)value;
    return count > 0 && value <= 255;
}

static bool parse_ipv4(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                       struct bytes *bytes)
{
    uint8_t address[4];
    for (size_t i = 0; i < sizeof(address); i++) {
        if (!read_byte(&text, 10, &address[i]) || *text != (i < 3 ? '.' : '\0')) {
            return false;
        }
        text++;
    }
    bytes->size = sizeof(address);
    bytes->data = (const uint8_t *)ipxe_copy(ipxe, (const char *)address, sizeof(address));
    return bytes->data != NULL;
}

int64_t type_number(const struct setting_type *type, struct bytes bytes)
{
    bool is_negative = type->is_signed && bytes.size > 0 && bytes.data[0] >= 0x80;
    uint64_t number = is_negative ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes.size; i++) {
        number = number << 8 | bytes.data[i];
    }
    return (int64_t)number;
}

bool type_from_number(struct ipxe *ipxe, const struct setting_type *type, int64_t number,
                      struct bytes *bytes)
{
    uint8_t *data = ipxe_allocate(ipxe, type->width + 1);
    bytes->data = data;
    bytes->size = type->width;
    for (size_t i = 0; data != NULL && i < type->width; i++) {
        data[i] = (uint8_t)((uint64_t)number >> 8 * (type->width - 1 - i));
    }
    return data != NULL;
}

static char *format_integer(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    if (bytes.size > sizeof(int64_t)) {
        return NULL;
    }
    int64_t number = type_number(type, bytes);
    return type->is_signed ? ipxe_format(ipxe, "%lld", (long long)number)
                           : ipxe_format(ipxe, "0x%llx", (unsigned long long)number);
}

static bool parse_integer(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                          struct bytes *bytes)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 0);
    return *end == '\0' && type_from_number(ipxe, type, (int64_t)number, bytes);
}

static char *format_hexadecimal(struct ipxe *ipxe, const struct setting_type *type,
                                struct bytes bytes)
{
    char *text = ipxe_allocate(ipxe, bytes.size * 3 + 1);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < bytes.size; i++) {
        if (type->separator != '\0' && i > 0) {
            text[length++] = type->separator;
        }
        length += format_string(text + length, 3, "%02x", bytes.data[i]);
    }
    return text;
}

/* Bytes with this type's separator between them; without one, two digits each. */
static bool parse_hexadecimal(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                              struct bytes *bytes)
{
    uint8_t *data = ipxe_allocate(ipxe, strlen(text) + 1);
    size_t count = 0;
    while (data != NULL && *text != '\0') {
        if (type->separator == '\0') {
            char pair[3] = {text[0], text[1], '\0'};
            const char *at = pair;
            if (pair[1] == '\0' || !read_byte(&at, 16, &data[count++]) || *at != '\0') {
                return false;
            }
            text += 2;
            continue;
        }
        if (!read_byte(&text, 16, &data[count++])) {
            return false;
        }
        if (*text == type->separator && text[1] != '\0') {
            text++;
        } else if (*text != '\0') {
            return false;
        }
    }
    bytes->data = data;
    bytes->size = count;
    return data != NULL;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *format_base64(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    char *text = ipxe_allocate(ipxe, (bytes.size / 3 + 1) * 4 + 1);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < bytes.size; i += 3) {
        uint32_t group = 0;
        size_t left = bytes.size - i;
        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < left ? bytes.data[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            text[length++] = k <= left ? base64_digits[group >> (18 - 6 * k) & 63] : '=';
        }
    }
    return text;
}

static char *format_uuid(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes)
{
    const uint8_t *data = bytes.data;
    return bytes.size != 16
               ? NULL
               : ipxe_format(
                     ipxe, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                     data[0], data[1], data[2], data[3], data[4], data[5], data[6], data[7],
                     data[8], data[9], data[10], data[11], data[12], data[13], data[14], data[15]);
}

/* 16 bytes, two digits each, with '-' anywhere between them. */
static bool parse_uuid(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                       struct bytes *bytes)
{
    uint8_t uuid[16] = {0};
    size_t count = 0;
    while (*text != '\0') {
        char pair[3] = {text[0], text[1], '\0'};
        const char *at = pair;
        if (*text == '-') {
            text++;
            continue;
        }
        if (count == sizeof(uuid) || pair[1] == '\0' || !read_byte(&at, 16, &uuid[count++]) ||
            *at != '\0') {
            return false;
        }
        text += 2;
    }
    bytes->size = count;
    bytes->data = (const uint8_t *)ipxe_copy(ipxe, (const char *)uuid, count);
    return count == sizeof(uuid) && bytes->data != NULL;
}

static const struct setting_type types[] = {
    {.name = "string", .format = format_text, .parse = parse_text},
    {.name = "uristring", .format = format_uri},
    {.name = "ipv4", .format = format_ipv4, .parse = parse_ipv4},
    {.name = "int8",
     .format = format_integer,
     .parse = parse_integer,
     .width = 1,
     .is_signed = true},
    {.name = "int16",
     .format = format_integer,
     .parse = parse_integer,
     .width = 2,
     .is_signed = true},
    {.name = "int32",
     .format = format_integer,
     .parse = parse_integer,
     .width = 4,
     .is_signed = true},
    {.name = "uint8", .format = format_integer, .parse = parse_integer, .width = 1},
    {.name = "uint16", .format = format_integer, .parse = parse_integer, .width = 2},
    {.name = "uint32", .format = format_integer, .parse = parse_integer, .width = 4},
    {.name = "hex", .format = format_hexadecimal, .parse = parse_hexadecimal, .separator = ':'},
    {.name = "hexhyp", .format = format_hexadecimal, .parse = parse_hexadecimal, .separator = '-'},
    {.name = "hexraw", .format = format_hexadecimal, .parse = parse_hexadecimal},
    {.name = "base64", .format = format_base64},
    {.name = "uuid", .format = format_uuid, .parse = parse_uuid},
};

const struct setting_type *type_find(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}
