/* SPDX-License-Identifier: BSD-2-Clause */
/* Searching and changing the tree of a hive. Keeps siblings in the order in which a hive sorts
 * them. */
#include "hive/hive.h"

#include <string.h>

#include "base/unicode.h"

const uint8_t hive_default_security[100] = {
    /* revision 1, self-relative with DACL; offsets of owner, group, SACL, DACL */
    0x01, 0x00, 0x04, 0x80, 0x48, 0x00, 0x00, 0x00, 0x58, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x14, 0x00, 0x00, 0x00,
    /* DACL: revision 2, 52 bytes, 2 entries */
    0x02, 0x00, 0x34, 0x00, 0x02, 0x00, 0x00, 0x00,
    /* allow all to S-1-5-32-544 */
    0x00, 0x00, 0x18, 0x00, 0x3F, 0x00, 0x0F, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
    0x20, 0x00, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00,
    /* allow all to S-1-5-18 */
    0x00, 0x00, 0x14, 0x00, 0x3F, 0x00, 0x0F, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
    0x12, 0x00, 0x00, 0x00,
    /* owner S-1-5-32-544 */
    0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x20, 0x00, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00,
    /* group S-1-5-18 */
    0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00};

/* ---- names ---- */

static unsigned char upcase(unsigned char character)
{
    return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
}

int hive_compare_names(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t common = left_length < right_length ? left_length : right_length;
    for (size_t i = 0; i < common; i++) {
        unsigned char l = (unsigned char)left[i], r = (unsigned char)right[i];
        if ((l | r) & 0x80) {
            uint16_t left_units[HIVE_KEY_NAME_MAX], right_units[HIVE_KEY_NAME_MAX];
            size_t left_count =
                utf16_from_utf8(left + i, left_length - i, left_units, HIVE_KEY_NAME_MAX);
            size_t right_count =
                utf16_from_utf8(right + i, right_length - i, right_units, HIVE_KEY_NAME_MAX);
            if (left_count > HIVE_KEY_NAME_MAX) {
                left_count = HIVE_KEY_NAME_MAX;
            }
            if (right_count > HIVE_KEY_NAME_MAX) {
                right_count = HIVE_KEY_NAME_MAX;
            }
            return utf16_compare(left_units, left_count, right_units, right_count);
        }
        if (l != r && upcase(l) != upcase(r)) {
            return upcase(l) - upcase(r);
        }
    }
    return (left_length > right_length) - (left_length < right_length);
}

/** The subkey of this name, or NULL and the place where it would be put. */
static struct hive_key *find_child(const struct hive_key *parent, const char *name, size_t length,
                                   struct hive_key **previous)
{
    struct hive_key *before = NULL;
    for (struct hive_key *child = parent->first_child; child; child = child->next) {
        int order = hive_compare_names(child->name, strlen(child->name), name, length);
        if (order == 0) {
            return child;
        }
        if (order > 0) {
            break;
        }
        before = child;
    }
    if (previous) {
        *previous = before;
    }
    return NULL;
}

/* ---- keys ---- */

struct hive *hive_create(struct pool *pool, const char *root_name)
{
    struct hive *hive = pool_allocate(pool, sizeof *hive);
    struct hive_key *root = pool_allocate(pool, sizeof *root);
    char *name = pool_copy_string(pool, root_name);
    if (!hive || !root || !name) {
        return NULL;
    }
    root->name = name;
    hive->pool = pool;
    hive->root = root;
    hive->security = hive_default_security;
    hive->security_size = sizeof hive_default_security;
    return hive;
}

struct hive_key *hive_find(const struct hive_key *key, const char *path)
{
    while (*path) {
        const char *end = strchr(path, '\\');
        size_t length = end ? (size_t)(end - path) : strlen(path);
        key = find_child(key, path, length, NULL);
        if (!key) {
            return NULL;
        }
        path += length + (end != NULL);
    }
    return (struct hive_key *)key;
}

struct hive_key *hive_add_key(struct hive *hive, struct hive_key *parent, const char *name)
{
    size_t length = strlen(name);
    struct hive_key *previous = parent->last_child;
    /* Keys mostly come in order: look at the last one first. */
    if (!previous ||
        hive_compare_names(previous->name, strlen(previous->name), name, length) >= 0) {
        struct hive_key *found = find_child(parent, name, length, &previous);
        if (found) {
            return found;
        }
    }
    if (utf16_from_utf8(name, length, NULL, 0) > HIVE_KEY_NAME_MAX) {
        return NULL;
    }
    struct hive_key *key = pool_allocate(hive->pool, sizeof *key + length + 1);
    if (!key) {
        return NULL;
    }
    memcpy(key + 1, name, length);
    key->name = (char *)(key + 1);
    key->parent = parent;
    struct hive_key **link = previous ? &previous->next : &parent->first_child;
    key->next = *link;
    *link = key;
    if (!key->next) {
        parent->last_child = key;
    }
    parent->child_count++;
    return key;
}

void hive_remove_key(struct hive_key *key)
{
    struct hive_key *parent = key->parent;
    if (!parent) {
        return;
    }
    struct hive_key *previous = NULL;
    struct hive_key **link = &parent->first_child;
    while (*link != key) {
        previous = *link;
        link = &previous->next;
    }
    *link = key->next;
    if (parent->last_child == key) {
        parent->last_child = previous;
    }
    parent->child_count--;
    key->parent = NULL;
}

struct hive_key *hive_next(const struct hive_key *top, const struct hive_key *key)
{
    if (key->first_child) {
        return key->first_child;
    }
    while (key != top && !key->next) {
        key = key->parent;
    }
    return key == top ? NULL : key->next;
}

static int copy_values(struct hive *hive, const struct hive_key *from, struct hive_key *to)
{
    for (const struct hive_value *value = from->first_value; value; value = value->next) {
        if (hive_set_value(hive, to, value->name, value->type, value->data, value->size) != 0) {
            return -1;
        }
    }
    return 0;
}

int hive_copy_key(struct hive *hive, const struct hive_key *from, struct hive_key *to)
{
    const struct hive_key *top = from;
    if (copy_values(hive, from, to) != 0) {
        return -1;
    }
    for (const struct hive_key *key = hive_next(top, top); key; key = hive_next(top, key)) {
        /* `to` is the copy of `from`: climb with it to the copy of the new key's parent. */
        while (from != key->parent) {
            from = from->parent;
            to = to->parent;
        }
        to = hive_add_key(hive, to, key->name);
        from = key;
        if (!to || copy_values(hive, from, to) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- values ---- */

struct hive_value *hive_find_value(const struct hive_key *key, const char *name)
{
    for (struct hive_value *value = key->first_value; value; value = value->next) {
        if (utf8_equal(value->name, name)) {
            return value;
        }
    }
    return NULL;
}

int hive_set_value(struct hive *hive, struct hive_key *key, const char *name, uint32_t type,
                   const void *data, size_t size)
{
    size_t name_length = strlen(name);
    if (size > UINT32_MAX / 2 || utf16_from_utf8(name, name_length, NULL, 0) > 16383) {
        return -1;
    }
    uint8_t *copy = pool_allocate(hive->pool, size + 1);
    if (!copy) {
        return -1;
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    struct hive_value *value = hive_find_value(key, name);
    if (!value) {
        value = pool_allocate(hive->pool, sizeof *value + name_length + 1);
        if (!value) {
            return -1;
        }
        memcpy(value + 1, name, name_length);
        value->name = (char *)(value + 1);
        if (key->last_value) {
            key->last_value->next = value;
        } else {
            key->first_value = value;
        }
        key->last_value = value;
        key->value_count++;
    }
    value->type = type;
    value->data = copy;
    value->size = (uint32_t)size;
    return 0;
}

bool hive_remove_value(struct hive_key *key, const char *name)
{
    struct hive_value *previous = NULL;
    for (struct hive_value *value = key->first_value; value; value = value->next) {
        if (utf8_equal(value->name, name)) {
            *(previous ? &previous->next : &key->first_value) = value->next;
            if (key->last_value == value) {
                key->last_value = previous;
            }
            key->value_count--;
            return true;
        }
        previous = value;
    }
    return false;
}
