/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The elements of an object, as they are in the registry, and as numbers and text.
 *
 * Reading accepts what boot managers accept: short integers, strings without their NUL or with
 * rubbish after it.
 */
#include "bcd/bcd.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"

enum { NAME_SIZE = 9 }; /* eight hexadecimal digits and a NUL */

static int out_of_memory(struct error *error)
{
    return error_no_memory(error, "the BCD store");
}

static void element_key_name(uint32_t element, char name[NAME_SIZE])
{
    for (int i = 0; i < 8; i++) {
        name[i] = "0123456789abcdef"[element >> (28 - 4 * i) & 15];
    }
    name[8] = '\0';
}

/* ---- reading ---- */

const struct hive_value *bcd_find_element(const struct hive_key *object, uint32_t element)
{
    char name[NAME_SIZE];
    element_key_name(element, name);
    const struct hive_key *elements = hive_find(object, "Elements");
    const struct hive_key *key = elements != NULL ? hive_find(elements, name) : NULL;
    return key != NULL ? hive_find_value(key, "Element") : NULL;
}

bool bcd_next_element(const struct hive_key *object, struct bcd_entry *entry)
{
    const struct hive_key *key = NULL;
    if (entry->key != NULL) {
        key = entry->key->next;
    } else {
        const struct hive_key *elements = hive_find(object, "Elements");
        key = elements != NULL ? hive_first_child(elements) : NULL;
    }
    for (; key != NULL; key = key->next) {
        uint32_t element = bcd_parse_number(key->name);
        const struct hive_value *value = hive_find_value(key, "Element");
        if (element != 0 && value != NULL) {
            *entry = (struct bcd_entry){.element = element, .value = value, .key = key};
            return true;
        }
    }
    return false;
}

/* Units of a string at an offset of a value, up to its NUL or the end. */
static size_t string_units(const struct hive_value *value, size_t offset)
{
    size_t end = offset;
    while (value->size - end >= 2 && (value->data[end] | value->data[end + 1]) != 0) {
        end += 2;
    }
    return (end - offset) / 2;
}

char *bcd_get_string(struct pool *pool, const struct hive_value *value)
{
    size_t units = string_units(value, 0);
    size_t length = utf8_from_utf16(value->data, units, NULL, 0);
    char *text = pool_allocate(pool, length + 1);
    if (text != NULL) {
        utf8_from_utf16(value->data, units, text, length + 1);
    }
    return text;
}

bool bcd_get_integer(const struct hive_value *value, uint64_t *integer)
{
    if (value->size == 0 || value->size > 8) {
        return false;
    }
    *integer = 0;
    memcpy(integer, value->data, value->size);
    return true;
}

bool bcd_get_next(const struct hive_value *value, size_t *offset, char guid[GUID_TEXT_SIZE])
{
    if (*offset >= value->size) {
        return false;
    }
    size_t units = string_units(value, *offset);
    if (units == 0) {
        return false;
    }
    utf8_from_utf16(value->data + *offset, units, guid, GUID_TEXT_SIZE);
    *offset += 2 * units + 2;
    return true;
}

/* ---- writing ---- */

int bcd_set_element(struct bcd *bcd, struct hive_key *object, uint32_t element, const void *data,
                    size_t size, struct error *error)
{
    char name[NAME_SIZE];
    uint32_t type = HIVE_BINARY;
    switch (bcd_format(element)) {
    case BCD_FORMAT_STRING:
    case BCD_FORMAT_GUID:
        type = HIVE_SZ;
        break;
    case BCD_FORMAT_GUID_LIST:
        type = HIVE_MULTI_SZ;
        break;
    default:
        break;
    }
    element_key_name(element, name);
    bcd->changed = true;
    struct hive_key *elements = hive_add_key(bcd->hive, object, "Elements");
    struct hive_key *key = elements != NULL ? hive_add_key(bcd->hive, elements, name) : NULL;
    if (key == NULL || hive_set_value(bcd->hive, key, "Element", type, data, size) != 0) {
        return out_of_memory(error);
    }
    return 0;
}

int bcd_set_string(struct bcd *bcd, struct hive_key *object, uint32_t element, const char *text,
                   struct error *error)
{
    size_t length = strlen(text), units = utf16_from_utf8(text, length, NULL, 0);
    uint16_t *wide = memory_allocate_zeroed(units + 1, sizeof(*wide));
    if (wide == NULL) {
        return out_of_memory(error);
    }
    utf16_from_utf8(text, length, wide, units);
    int result = bcd_set_element(bcd, object, element, wide, 2 * units + 2, error);
    memory_free(wide);
    return result;
}

int bcd_set_integer(struct bcd *bcd, struct hive_key *object, uint32_t element, uint64_t integer,
                    struct error *error)
{
    uint8_t bytes[8];
    put_u64(bytes, integer);
    return bcd_set_element(bcd, object, element, bytes,
                           bcd_format(element) == BCD_FORMAT_BOOLEAN ? 1 : 8, error);
}

int bcd_set_list(struct bcd *bcd, struct hive_key *object, uint32_t element,
                 const char *const *guids, size_t count, struct error *error)
{
    size_t units = 1, used = 0;
    for (size_t i = 0; i < count; i++) {
        units += utf16_from_utf8(guids[i], strlen(guids[i]), NULL, 0) + 1;
    }
    uint16_t *wide = memory_allocate_zeroed(units, sizeof(*wide));
    if (wide == NULL) {
        return out_of_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        used += utf16_from_utf8(guids[i], strlen(guids[i]), wide + used, units - used) + 1;
    }
    int result = bcd_set_element(bcd, object, element, wide, 2 * units, error);
    memory_free(wide);
    return result;
}

bool bcd_remove_element(struct bcd *bcd, struct hive_key *object, uint32_t element)
{
    char name[NAME_SIZE];
    element_key_name(element, name);
    struct hive_key *elements = hive_find(object, "Elements");
    struct hive_key *key = elements != NULL ? hive_find(elements, name) : NULL;
    if (key == NULL) {
        return false;
    }
    hive_remove_key(key);
    bcd->changed = true;
    return true;
}
