/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether boot managers accept a value as it is in the registry. Reading (bcd_element.c) accepts
 * more, so that what such a value means is known where it can be.
 */
#include "bcd/bcd.h"

#include "base/little_endian.h"

enum {
    DESCRIPTOR = 16, /* of a device; in front of it is the GUID of its options */
    DESCRIPTOR_SIZE = DESCRIPTOR + 8,
    DESCRIPTOR_HEADER_SIZE = 16,
};

static bool is_text(const struct hive_value *value, uint32_t type)
{
    return value->type == type && value->size % 2 == 0;
}

/* Windows 7 and 10 want the NUL, all of them the braces. */
static bool is_guid(const struct hive_value *value)
{
    return is_text(value, HIVE_SZ) && value->size >= 4 && get_u16(value->data) == '{' &&
           get_u16(value->data + value->size - 2) == 0;
}

/* Every string of it starts with a brace. */
static bool is_guid_list(const struct hive_value *value)
{
    bool is_sound = is_text(value, HIVE_MULTI_SZ), starts = true;
    for (uint32_t i = 0; is_sound && i < value->size; i += 2) {
        uint16_t unit = get_u16(value->data + i);
        if (unit == 0 && starts) {
            break;
        }
        is_sound = !starts || unit == '{';
        starts = unit == 0;
    }
    return is_sound;
}

static bool is_device(const struct hive_value *value)
{
    return value->type == HIVE_BINARY && value->size >= DESCRIPTOR + DESCRIPTOR_HEADER_SIZE &&
           get_u32(value->data + DESCRIPTOR_SIZE) == value->size - DESCRIPTOR;
}

bool bcd_is_sound(uint32_t element, const struct hive_value *value)
{
    switch (bcd_format(element)) {
    case BCD_FORMAT_DEVICE:
        return is_device(value);
    case BCD_FORMAT_STRING:
        return is_text(value, HIVE_SZ);
    case BCD_FORMAT_GUID:
        return is_guid(value);
    case BCD_FORMAT_GUID_LIST:
        return is_guid_list(value);
    case BCD_FORMAT_INTEGER:
        return value->type == HIVE_BINARY && value->size >= 1 && value->size <= 8;
    case BCD_FORMAT_BOOLEAN:
        return value->type == HIVE_BINARY && value->size == 1;
    default:
        return true;
    }
}
