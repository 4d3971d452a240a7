/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing a hive: version 1.3, subkeys in sorted "lf" lists with their hints, one security cell for
 * all keys, which is what Windows itself writes for a BCD and the only form that every boot
 * manager since Windows 7 accepts (Windows 7's finds no key whose hint is wrong; Windows 8's
 * refuses a hive below 1.3; none accepts a wrong checksum or unsorted keys).
 *
 * Two passes: the first gives every cell its place, the second writes.
 */
#include "hive/hive.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "hive/hive_format.h"

enum {
    BINS_SIZE_MAX = 0x7FFFE000, /* what boot managers accept */
    CHILD_COUNT_MAX = 0xFFFF,   /* an lf list counts in 16 bits */
};

/* ---- names as stored ---- */

/* A name's form in a hive: 8 bits a character if all fit, as in Windows; else UTF-16. */
struct stored_name {
    const char *text;
    size_t length; /* bytes of `text` */
    uint32_t size; /* bytes as stored */
    bool eight_bit;
};

static struct stored_name measure_name(const char *text)
{
    struct stored_name name = {.text = text, .eight_bit = true};
    const unsigned char *bytes = (const unsigned char *)text;
    while (bytes[name.length]) {
        unsigned char first = bytes[name.length++];
        name.size++;
        if (first < 0x80) {
            continue;
        }
        /* U+0080 to U+00FF: C2 or C3 and one more byte. */
        if ((first != 0xC2 && first != 0xC3) || (bytes[name.length] & 0xC0) != 0x80) {
            name.eight_bit = false;
            name.length += strlen(text + name.length);
            name.size = 2 * (uint32_t)utf16_from_utf8(text, name.length, NULL, 0);
            break;
        }
        name.length++;
    }
    return name;
}

/* Bytes it would have as UTF-16. */
static uint32_t wide_size(const struct stored_name *name)
{
    return name->eight_bit ? 2 * name->size : name->size;
}

static void put_name(uint8_t *to, const struct stored_name *name)
{
    if (!name->eight_bit) {
        utf16_from_utf8(name->text, name->length, (uint16_t *)to, name->size / 2);
        return;
    }
    if (name->size == name->length) {
        memcpy(to, name->text, name->length);
        return;
    }
    uint16_t unit;
    for (size_t i = 0; i < name->length;) {
        size_t bytes = (unsigned char)name->text[i] < 0x80 ? 1 : 2;
        utf16_from_utf8(name->text + i, bytes, &unit, 1);
        *to++ = (uint8_t)unit;
        i += bytes;
    }
}

/* ---- pass 1: places ---- */

struct layout {
    uint64_t cursor;  /* where the next cell goes, if it fits into the bin */
    uint64_t bin_end; /* of the bin that is being filled */
    uint8_t *bins;    /* NULL while measuring; else bins and free cells are written too */
};

/* Close a bin: what is left of it is a free cell. */
static void close_bin(struct layout *layout)
{
    if (layout->bins != NULL && layout->cursor < layout->bin_end) {
        put_u32(layout->bins + layout->cursor, (uint32_t)(layout->bin_end - layout->cursor));
    }
}

/* Reserve the place for a cell with so many bytes of data; in the second pass, writes its header.
 */
static uint32_t place(struct layout *layout, uint64_t size)
{
    uint64_t length = (4 + size + 7) & ~UINT64_C(7);
    if (length > layout->bin_end - layout->cursor) {
        close_bin(layout);
        uint64_t bin = layout->bin_end;
        uint64_t bin_size = (BIN_HEADER_SIZE + length + PAGE - 1) / PAGE * PAGE;
        if (layout->bins != NULL) {
            put_u32(layout->bins + bin, SIGNATURE_BIN);
            put_u32(layout->bins + bin + BIN_OFFSET, (uint32_t)bin);
            put_u32(layout->bins + bin + BIN_SIZE, (uint32_t)bin_size);
        }
        layout->cursor = bin + BIN_HEADER_SIZE;
        layout->bin_end = bin + bin_size;
    }
    uint32_t cell = (uint32_t)layout->cursor;
    if (layout->bins != NULL) {
        put_u32(layout->bins + cell, (uint32_t)(0 - length));
    }
    layout->cursor += length;
    return cell;
}

/* Place all cells of a hive. The same calls in the same order give the same places. @return the
 * security cell */
static uint32_t place_all(struct hive *hive, struct layout *layout)
{
    for (struct hive_key *key = hive->root; key != NULL; key = hive_next(hive->root, key)) {
        key->cell = place(layout, KEY_NAME + measure_name(key->name).size);
        key->class_cell = key->class_name != NULL ? place(layout, key->class_size) : NO_CELL;
        key->children_cell = key->child_count
                                 ? place(layout, LIST_ENTRIES + 8 * (uint64_t)key->child_count)
                                 : NO_CELL;
        key->values_cell =
            key->value_count ? place(layout, 4 * (uint64_t)key->value_count) : NO_CELL;
        for (struct hive_value *value = key->first_value; value != NULL; value = value->next) {
            value->cell = place(layout, VALUE_NAME + measure_name(value->name).size);
            if (value->size > VALUE_INLINE_MAX) {
                value->data_cell = place(layout, value->size);
            }
        }
    }
    uint32_t security = place(layout, SECURITY_DESCRIPTOR + (uint64_t)hive->security_size);
    close_bin(layout);
    return security;
}

/* ---- pass 2: contents ---- */

/* The first four characters of a name, which Windows 7 compares before it looks at the key. */
static void put_hint(uint8_t *to, const struct stored_name *name)
{
    uint16_t units[4];
    size_t count = utf16_from_utf8(name->text, name->length, units, 4);
    if (count > 4) {
        count = 4;
    }
    for (size_t i = 0; i < count; i++) {
        if (units[i] > 0xFF) {
            return; /* no hint: zeros */
        }
    }
    for (size_t i = 0; i < count; i++) {
        to[i] = (uint8_t)units[i];
    }
}

static void put_value(uint8_t *bins, const struct hive_value *value)
{
    uint8_t *vk = bins + value->cell + 4;
    struct stored_name name = measure_name(value->name);
    put_u16(vk, SIGNATURE_VALUE);
    put_u16(vk + VALUE_NAME_SIZE, (uint16_t)name.size);
    put_u32(vk + VALUE_TYPE, value->type);
    put_u16(vk + VALUE_FLAGS, name.eight_bit && name.size ? VALUE_FLAG_NAME_8_BIT : 0);
    put_name(vk + VALUE_NAME, &name);
    if (value->size <= VALUE_INLINE_MAX) {
        put_u32(vk + VALUE_SIZE, VALUE_INLINE | value->size);
        memcpy(vk + VALUE_DATA, value->data, value->size);
    } else {
        put_u32(vk + VALUE_SIZE, value->size);
        put_u32(vk + VALUE_DATA, value->data_cell);
        memcpy(bins + value->data_cell + 4, value->data, value->size);
    }
}

static void put_values(uint8_t *bins, const struct hive_key *key)
{
    uint8_t *nk = bins + key->cell + 4;
    uint32_t name_max = 0, data_max = 0, index = 0;
    for (const struct hive_value *value = key->first_value; value != NULL; value = value->next) {
        struct stored_name name = measure_name(value->name);
        if (wide_size(&name) > name_max) {
            name_max = wide_size(&name);
        }
        if (value->size > data_max) {
            data_max = value->size;
        }
        put_u32(bins + key->values_cell + 4 + 4 * index++, value->cell);
        put_value(bins, value);
    }
    put_u32(nk + KEY_VALUE_COUNT, key->value_count);
    put_u32(nk + KEY_VALUES, key->values_cell);
    put_u32(nk + KEY_VALUE_NAME_MAX, name_max);
    put_u32(nk + KEY_VALUE_DATA_MAX, data_max);
}

static void put_children(uint8_t *bins, const struct hive_key *key)
{
    uint8_t *nk = bins + key->cell + 4;
    put_u32(nk + KEY_CHILD_COUNT, key->child_count);
    put_u32(nk + KEY_CHILDREN, key->children_cell);
    put_u32(nk + KEY_VOLATILE_CHILDREN, NO_CELL);
    if (key->child_count == 0) {
        return;
    }
    uint8_t *list = bins + key->children_cell + 4;
    put_u16(list, SIGNATURE_LIST);
    put_u16(list + LIST_COUNT, (uint16_t)key->child_count);
    uint8_t *entry = list + LIST_ENTRIES;
    uint32_t name_max = 0;
    for (const struct hive_key *child = key->first_child; child != NULL; child = child->next) {
        struct stored_name name = measure_name(child->name);
        if (wide_size(&name) > name_max) {
            name_max = wide_size(&name);
        }
        put_u32(entry, child->cell);
        put_hint(entry + 4, &name);
        entry += 8;
    }
    put_u32(nk + KEY_CHILD_NAME_MAX, name_max);
}

static void put_key(uint8_t *bins, const struct hive_key *key, uint32_t security)
{
    uint8_t *nk = bins + key->cell + 4;
    struct stored_name name = measure_name(key->name);
    uint16_t flags = name.eight_bit ? KEY_FLAG_NAME_8_BIT : 0;
    if (key->parent == NULL) {
        flags |= KEY_FLAG_ROOT | KEY_FLAG_NO_DELETE;
    }
    put_u16(nk, SIGNATURE_KEY);
    put_u16(nk + KEY_FLAGS, flags);
    put_u64(nk + KEY_TIMESTAMP, key->timestamp);
    put_u32(nk + KEY_PARENT, key->parent != NULL ? key->parent->cell : NO_CELL);
    put_u32(nk + KEY_SECURITY, security);
    put_u32(nk + KEY_CLASS, key->class_cell);
    put_u16(nk + KEY_NAME_SIZE, (uint16_t)name.size);
    put_u16(nk + KEY_CLASS_SIZE, key->class_name != NULL ? key->class_size : 0);
    put_name(nk + KEY_NAME, &name);
    if (key->class_name != NULL) {
        memcpy(bins + key->class_cell + 4, key->class_name, key->class_size);
    }
    put_children(bins, key);
    put_values(bins, key);
}

static void put_security(const struct hive *hive, uint8_t *bins, uint32_t cell, uint32_t key_count)
{
    uint8_t *sk = bins + cell + 4;
    put_u16(sk, SIGNATURE_SECURITY);
    put_u32(sk + SECURITY_NEXT, cell);
    put_u32(sk + SECURITY_PREVIOUS, cell);
    put_u32(sk + SECURITY_REFERENCES, key_count);
    put_u32(sk + SECURITY_SIZE, hive->security_size);
    memcpy(sk + SECURITY_DESCRIPTOR, hive->security, hive->security_size);
}

static void put_base(const struct hive *hive, uint8_t *base, uint32_t bins_size)
{
    put_u32(base, SIGNATURE_BASE);
    put_u32(base + BASE_SEQUENCE_1, 1);
    put_u32(base + BASE_SEQUENCE_2, 1);
    put_u64(base + BASE_TIMESTAMP, hive->root->timestamp);
    put_u32(base + BASE_MAJOR, 1);
    put_u32(base + BASE_MINOR, 3);
    put_u32(base + BASE_FORMAT, 1);
    put_u32(base + BASE_ROOT, hive->root->cell);
    put_u32(base + BASE_BINS_SIZE, bins_size);
    put_u32(base + BASE_CLUSTER, 1);
    put_u32(base + BASE_CHECKSUM, hive_checksum(base));
}

int hive_write(struct hive *hive, const void **bytes, size_t *size, struct error *error)
{
    struct layout measured = {0};
    place_all(hive, &measured);
    uint32_t key_count = 0;
    for (struct hive_key *key = hive->root; key != NULL; key = hive_next(hive->root, key)) {
        key_count++;
        if (key->child_count > CHILD_COUNT_MAX) {
            return error_set(error, "%s: %u subkeys; a key can have 65535", key->name,
                             key->child_count);
        }
    }
    if (measured.bin_end > BINS_SIZE_MAX) {
        return error_set(error, "the hive would be larger than 2 GB");
    }

    size_t total = PAGE + (size_t)measured.bin_end;
    uint8_t *base = pool_allocate_content(hive->pool, total);
    if (base == NULL) {
        return error_no_memory(error, "a hive of %zu bytes", total);
    }
    memset(base, 0, total);
    struct layout written = {.bins = base + PAGE};
    uint32_t security = place_all(hive, &written);
    for (struct hive_key *key = hive->root; key != NULL; key = hive_next(hive->root, key)) {
        put_key(base + PAGE, key, security);
    }
    put_security(hive, base + PAGE, security, key_count);
    put_base(hive, base, (uint32_t)measured.bin_end);
    *bytes = base;
    *size = total;
    return 0;
}
