/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of DHCP servers. See dhcp.h. */
#include "transport/dhcp.h"

#include <string.h>

#include "base/format.h"

/* The header: RFC 2131, figure 1. */
enum {
    OPCODE_REPLY = 2,
    YOUR_ADDRESS = 16,
    SERVER_ADDRESS = 20,
    SERVER_NAME = 44,
    SERVER_NAME_SIZE = 64,
    BOOT_FILE = 108,
    BOOT_FILE_SIZE = 128,
    MAGIC = 236,
};

enum { OPTION_PAD = 0, OPTION_OVERLOAD = 52, OPTION_END = 255 };
enum { OVERLOAD_BOOT_FILE = 1, OVERLOAD_SERVER_NAME = 2 }; /* bits of that option */
enum { AREA_OPTIONS, AREA_BOOT_FILE, AREA_SERVER_NAME, AREA_COUNT };

static const uint8_t magic[] = {99, 130, 83, 99};
static const uint8_t no_address[4];

bool dhcp_is_answer(const struct machine_bytes *packet)
{
    return packet->size >= DHCP_HEADER_SIZE && packet->bytes[0] == OPCODE_REPLY &&
           memcmp(packet->bytes + MAGIC, magic, sizeof(magic)) == 0;
}

/* The option at an offset of some bytes; moves the offset on. False at their end. */
static bool next_in(const uint8_t *bytes, size_t size, size_t *offset, struct dhcp_option *option)
{
    while (*offset < size && bytes[*offset] == OPTION_PAD) {
        (*offset)++;
    }
    if (*offset >= size || bytes[*offset] == OPTION_END || size - *offset < 2 ||
        size - *offset - 2 < bytes[*offset + 1]) {
        return false;
    }
    *option = (struct dhcp_option){bytes[*offset], bytes[*offset + 1], bytes + *offset + 2};
    *offset += 2 + (size_t)option->length;
    return true;
}

/* Which of the two fields in the header have options. */
static unsigned overload(const struct machine_bytes *packet)
{
    struct dhcp_option option;
    size_t offset = DHCP_HEADER_SIZE;
    while (next_in(packet->bytes, packet->size, &offset, &option)) {
        if (option.code == OPTION_OVERLOAD && option.length == 1) {
            return option.bytes[0];
        }
    }
    return 0;
}

bool dhcp_next(const struct machine_bytes *packet, struct dhcp_place *place,
               struct dhcp_option *option)
{
    if (!dhcp_is_answer(packet)) {
        return false;
    }
    for (; place->area < AREA_COUNT; place->area++, place->offset = 0) {
        size_t start = DHCP_HEADER_SIZE, size = packet->size - DHCP_HEADER_SIZE;
        bool has_options = true;
        if (place->area == AREA_BOOT_FILE) {
            start = BOOT_FILE;
            size = BOOT_FILE_SIZE;
            has_options = (overload(packet) & OVERLOAD_BOOT_FILE) != 0;
        } else if (place->area == AREA_SERVER_NAME) {
            start = SERVER_NAME;
            size = SERVER_NAME_SIZE;
            has_options = (overload(packet) & OVERLOAD_SERVER_NAME) != 0;
        }
        if (has_options && next_in(packet->bytes + start, size, &place->offset, option)) {
            return true;
        }
    }
    return false;
}

size_t dhcp_find(const struct machine_bytes *packet, uint8_t code, uint8_t *bytes, size_t capacity)
{
    struct dhcp_place place = {.area = AREA_OPTIONS};
    struct dhcp_option option;
    size_t length = 0;
    while (dhcp_next(packet, &place, &option)) {
        if (option.code == code) {
            if (length < capacity) {
                size_t left = capacity - length;
                memcpy(bytes + length, option.bytes, option.length < left ? option.length : left);
            }
            length += option.length;
        }
    }
    return length;
}

bool dhcp_own_address(const struct machine_bytes *packet, uint8_t address[4])
{
    if (!dhcp_is_answer(packet)) {
        return false;
    }
    memcpy(address, packet->bytes + YOUR_ADDRESS, sizeof(no_address));
    return memcmp(address, no_address, sizeof(no_address)) != 0;
}

bool dhcp_server(const struct machine_bytes *packet, uint8_t address[4])
{
    if (!dhcp_is_answer(packet)) {
        return false;
    }
    memcpy(address, packet->bytes + SERVER_ADDRESS, sizeof(no_address));
    return memcmp(address, no_address, sizeof(no_address)) != 0 ||
           dhcp_find(packet, DHCP_SERVER, address, sizeof(no_address)) == sizeof(no_address);
}

bool dhcp_boot_file(const struct machine_bytes *packet, char name[DHCP_NAME_SIZE])
{
    size_t length = dhcp_find(packet, DHCP_BOOT_FILE, (uint8_t *)name, DHCP_NAME_SIZE - 1);
    if (length == 0 && dhcp_is_answer(packet) && (overload(packet) & OVERLOAD_BOOT_FILE) == 0) {
        length = BOOT_FILE_SIZE;
        memcpy(name, packet->bytes + BOOT_FILE, BOOT_FILE_SIZE);
    }
    if (length >= DHCP_NAME_SIZE) {
        return false;
    }
    name[length] = '\0'; /* servers end it with one, too, or do not */
    for (size_t i = 0; name[i] != '\0'; i++) {
        if ((uint8_t)name[i] < ' ' || (uint8_t)name[i] == 0x7F) {
            return false;
        }
    }
    return name[0] != '\0';
}

bool dhcp_boot_url(const char *name, const uint8_t server[4], char text[URL_TEXT_SIZE])
{
    char path[3 * DHCP_NAME_SIZE], whole[URL_TEXT_SIZE];
    if (strstr(name, "://") != NULL) {
        format_string(whole, sizeof(whole), "%s", name);
    } else if (url_escape_path(name, path, sizeof(path))) {
        format_string(whole, sizeof(whole), "tftp://%u.%u.%u.%u/%s", server[0], server[1],
                      server[2], server[3], path);
    } else {
        return false;
    }
    return url_from_server(whole, text);
}
