/* SPDX-License-Identifier: BSD-2-Clause */
/* Names in a hive that is edited in place: their form, their order, what lists have of them. */
#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "base/work.h"
#include "hive/registry_cell.h"

static uint16_t unit_at(const struct registry_name *name, uint32_t i)
{
    return name->wide ? get_u16(name->bytes + 2 * (size_t)i) : name->bytes[i];
}

int registry_name_from(struct registry *registry, const char *text, size_t length, uint32_t most,
                       struct registry_name *name, struct error *error)
{
    size_t count = utf16_from_utf8(text, length, NULL, 0);
    bool wide = false;
    if (count > most) {
        return error_set(error, "a name of %zu characters is too long: at most %u are possible",
                         count, most);
    }
    if (count > registry->name_capacity) {
        /* One that is too small stays in the pool: the next is for every name. */
        uint32_t capacity = count <= HIVE_KEY_NAME_MAX ? HIVE_KEY_NAME_MAX : most;
        registry->name_buffer =
            pool_allocate_array(registry->pool, capacity, sizeof(*registry->name_buffer));
        registry->name_capacity = registry->name_buffer != NULL ? capacity : 0;
        if (registry->name_buffer == NULL) {
            return error_no_memory(error, "a name of %zu characters", count);
        }
    }
    uint16_t *units = registry->name_buffer;
    uint8_t *bytes = (uint8_t *)units;
    utf16_from_utf8(text, length, units, count);
    for (size_t i = 0; i < count; i++) {
        wide |= units[i] > 0xFF;
    }
    for (size_t i = 0; i < count && !wide; i++) {
        bytes[i] = (uint8_t)units[i]; /* each is written after it was read */
    }
    *name = (struct registry_name){.bytes = bytes, .count = (uint32_t)count, .wide = wide};
    return 0;
}

int registry_name_compare(const struct registry_name *left, const struct registry_name *right)
{
    uint32_t common = left->count < right->count ? left->count : right->count;
    work_done.moved += common;
    for (uint32_t i = 0; i < common; i++) {
        uint16_t l = unit_at(left, i), r = unit_at(right, i);
        if (l != r && utf16_upcase(l) != utf16_upcase(r)) {
            return utf16_upcase(l) - utf16_upcase(r);
        }
    }
    return (left->count > right->count) - (left->count < right->count);
}

uint32_t registry_name_size(const struct registry_name *name)
{
    return name->wide ? 2 * name->count : name->count;
}

void registry_name_hint(const struct registry_name *name, uint16_t signature, uint8_t hint[4])
{
    uint32_t hash = 0;
    memset(hint, 0, 4);
    if (signature == SIGNATURE_HASHED) {
        for (uint32_t i = 0; i < name->count; i++) {
            hash = hash * 37 + utf16_upcase(unit_at(name, i));
        }
        put_u32(hint, hash);
        return;
    }
    for (uint32_t i = 0; i < 4 && i < name->count; i++) {
        if (unit_at(name, i) > 0xFF) {
            memset(hint, 0, 4); /* no hint */
            return;
        }
        hint[i] = (uint8_t)unit_at(name, i);
    }
}

void registry_name_text(const struct registry_name *name, char *buffer)
{
    if (name->wide) {
        utf8_from_utf16(name->bytes, name->count, buffer, (size_t)name->count * 3 + 1);
        return;
    }
    for (uint32_t i = 0; i < name->count; i++) {
        uint8_t unit = name->bytes[i];
        if (unit >= 0x80) {
            *buffer++ = (char)(0xC0 | unit >> 6);
        }
        *buffer++ = (char)(unit >= 0x80 ? 0x80 | (unit & 0x3F) : unit);
    }
    *buffer = '\0';
}
