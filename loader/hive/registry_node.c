/* SPDX-License-Identifier: BSD-2-Clause */
/* The cells of keys and values: checking them, and their names. */
#include "base/little_endian.h"
#include "hive/registry_cell.h"

uint8_t *registry_key(const struct registry *registry, uint32_t cell, struct error *error)
{
    uint32_t capacity = 0;
    uint8_t *nk = registry_cell(registry, cell, KEY_NAME, &capacity, "a key", error);
    if (nk == NULL) {
        return NULL;
    }
    uint16_t name_size = get_u16(nk + KEY_NAME_SIZE);
    bool is_8_bit = get_u16(nk + KEY_FLAGS) & KEY_FLAG_NAME_8_BIT;
    if (get_u16(nk) != SIGNATURE_KEY) {
        registry_damaged(cell, "a key should be here (\"nk\")", error);
        return NULL;
    }
    if (name_size > capacity - KEY_NAME) {
        registry_damaged(cell, "this key's name is longer than its cell", error);
        return NULL;
    }
    if ((is_8_bit ? name_size : name_size / 2) > HIVE_KEY_NAME_MAX) {
        registry_damaged(cell, "this key's name is longer than 255 characters", error);
        return NULL;
    }
    if (registry->minor >= KEY_LAYERS_MINOR && (nk[KEY_LAYERS] & KEY_LAYERS_SEMANTICS) != 0) {
        registry_damaged(cell,
                         "this key belongs to a layered (differencing) hive, which means nothing "
                         "without the hive below it",
                         error);
        return NULL;
    }
    return nk;
}

struct registry_name registry_key_name(const uint8_t *nk)
{
    uint16_t size = get_u16(nk + KEY_NAME_SIZE);
    bool wide = !(get_u16(nk + KEY_FLAGS) & KEY_FLAG_NAME_8_BIT);
    return (struct registry_name){
        .bytes = nk + KEY_NAME, .count = wide ? size / 2 : size, .wide = wide};
}

uint8_t *registry_value_cell(const struct registry *registry, uint32_t cell, struct error *error)
{
    uint32_t capacity = 0;
    uint8_t *vk = registry_cell(registry, cell, VALUE_NAME, &capacity, "a value", error);
    if (vk == NULL) {
        return NULL;
    }
    if (get_u16(vk) != SIGNATURE_VALUE) {
        registry_damaged(cell, "a value should be here (\"vk\")", error);
        return NULL;
    }
    if (get_u16(vk + VALUE_NAME_SIZE) > capacity - VALUE_NAME) {
        registry_damaged(cell, "this value's name is longer than its cell", error);
        return NULL;
    }
    return vk;
}

struct registry_name registry_value_name(const uint8_t *vk)
{
    uint16_t size = get_u16(vk + VALUE_NAME_SIZE);
    bool wide = !(get_u16(vk + VALUE_FLAGS) & VALUE_FLAG_NAME_8_BIT);
    return (struct registry_name){
        .bytes = vk + VALUE_NAME, .count = wide ? size / 2 : size, .wide = wide};
}
