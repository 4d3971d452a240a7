/* SPDX-License-Identifier: BSD-2-Clause */
/* See wishes.h. */
#include "wishes.h"

#include <stddef.h>
#include <string.h>

#include "machine.h"

enum {
    ITEM_SIGNATURE = 0,
    ITEM_DIRECTORY = 0x19,
    NAME_SIZE = 56,
    WISHES_SIZE = 4096,
};

static char wishes[WISHES_SIZE];

static void read_bytes(void *to, size_t length)
{
    for (uint8_t *bytes = to; length; length--) {
        *bytes++ = machine_fw_cfg_read();
    }
}

static uint32_t read_big_endian(unsigned length)
{
    uint32_t value = 0;
    while (length--) {
        value = value << 8 | machine_fw_cfg_read();
    }
    return value;
}

void wishes_load(void)
{
    char signature[4];
    machine_fw_cfg_select(ITEM_SIGNATURE);
    read_bytes(signature, sizeof(signature));
    if (memcmp(signature, "QEMU", 4) != 0) {
        return;
    }
    machine_fw_cfg_select(ITEM_DIRECTORY);
    for (uint32_t count = read_big_endian(4); count; count--) {
        char name[NAME_SIZE];
        uint32_t size = read_big_endian(4);
        uint16_t item = (uint16_t)read_big_endian(2);
        read_big_endian(2);
        read_bytes(name, sizeof(name));
        if (strcmp(name, "opt/standin") == 0) {
            machine_fw_cfg_select(item);
            read_bytes(wishes, size < WISHES_SIZE ? size : WISHES_SIZE - 1);
            return;
        }
    }
}

/* The value of the first wish with this word at or after `from`, "" if it has none; NULL if there
 * is no such wish. */
static const char *find_wish(const char *from, const char *word)
{
    size_t length = strlen(word);
    while (*from) {
        bool same = memcmp(from, word, length) == 0;
        if (same && (from[length] == ' ' || from[length] == '\n' || from[length] == 0)) {
            return from[length] == ' ' ? from + length + 1 : from + length;
        }
        while (*from && *from != '\n') {
            from++;
        }
        if (*from) {
            from++;
        }
    }
    return NULL;
}

bool wishes_have(const char *word)
{
    return find_wish(wishes, word) != NULL;
}

uint64_t wishes_number(const char *word)
{
    const char *text = find_wish(wishes, word);
    uint64_t value = 0;
    if (!text) {
        return 0;
    }
    unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    for (text += base == 16 ? 2 : 0;; text++) {
        unsigned digit;
        if (*text >= '0' && *text <= '9') {
            digit = (unsigned)(*text - '0');
        } else if (*text >= 'a' && *text <= 'f' && base == 16) {
            digit = (unsigned)(*text - 'a' + 10);
        } else {
            return value;
        }
        value = value * base + digit;
    }
}

bool wishes_next(const char *word, unsigned *state, char *value)
{
    const char *text = find_wish(wishes + *state, word);
    if (!text) {
        return false;
    }
    size_t length = 0;
    while (text[length] && text[length] != '\n' && length < WISH_VALUE_SIZE - 1) {
        value[length] = text[length];
        length++;
    }
    value[length] = 0;
    *state = (unsigned)(text + length - wishes);
    if (wishes[*state] == '\n') {
        (*state)++;
    }
    return true;
}
