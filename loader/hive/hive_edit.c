/* SPDX-License-Identifier: BSD-2-Clause */
/* Searching and changing the tree of a hive. */
#include "hive/hive.h"

#include <string.h>

#include "base/unicode.h"
#include "hive/hive_format.h"

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

static uint32_t hash_name(const char *name, size_t length)
{
    return utf8_hash(hash_seed(), name, length);
}

struct hive_key *hive_find_child(const struct hive_key *parent, const char *name, size_t length)
{
    const struct hash_link *link = hash_table_find(&parent->children, hash_name(name, length));
    for (; link != NULL; link = hash_table_next(link)) {
        struct hive_key *child = link->item;
        if (hive_compare_names(child->name, strlen(child->name), name, length) == 0) {
            return child;
        }
    }
    return NULL;
}

/* ---- keys ---- */

struct hive *hive_create(struct pool *pool, const char *root_name)
{
    struct hive *hive = pool_allocate(pool, sizeof(*hive));
    struct hive_key *root = pool_allocate(pool, sizeof(*root));
    char *name = pool_copy_string(pool, root_name);
    if (hive == NULL || root == NULL || name == NULL) {
        return NULL;
    }
    root->name = name;
    hive->pool = pool;
    hive->root = root;
    hive->security = hive_default_security;
    hive->security_size = sizeof(hive_default_security);
    return hive;
}

struct hive_key *hive_find(const struct hive_key *key, const char *path)
{
    while (*path) {
        const char *end = strchr(path, '\\');
        size_t length = end != NULL ? (size_t)(end - path) : strlen(path);
        key = hive_find_child(key, path, length);
        if (key == NULL) {
            return NULL;
        }
        path += length + (end != NULL);
    }
    return (struct hive_key *)key;
}

bool hive_append_child(struct hive *hive, struct hive_key *parent, struct hive_key *child)
{
    struct hive_key *last = parent->last_child;
    size_t length = strlen(child->name);
    parent->children.pool = hive->pool;
    if (!hash_table_add(&parent->children, &child->link, child, hash_name(child->name, length))) {
        return false;
    }
    if (last != NULL) {
        if (hive_compare_names(last->name, strlen(last->name), child->name, length) > 0) {
            parent->unsorted = true;
        }
        last->next = child;
    } else {
        parent->first_child = child;
    }
    child->previous = last;
    parent->last_child = child;
    parent->child_count++;
    return true;
}

struct hive_key *hive_first_child(const struct hive_key *key)
{
    if (key->unsorted) {
        hive_sort((struct hive_key *)key); /* which changes only the order */
    }
    return key->first_child;
}

struct hive_key *hive_add_key(struct hive *hive, struct hive_key *parent, const char *name)
{
    size_t length = strlen(name);
    struct hive_key *key = hive_find_child(parent, name, length);
    if (key != NULL) {
        return key;
    }
    if (utf16_from_utf8(name, length, NULL, 0) > HIVE_KEY_NAME_MAX) {
        return NULL;
    }
    key = pool_allocate(hive->pool, sizeof(*key) + length + 1);
    if (key == NULL) {
        return NULL;
    }
    memcpy(key + 1, name, length);
    key->name = (char *)(key + 1);
    key->parent = parent;
    return hive_append_child(hive, parent, key) ? key : NULL;
}

void hive_remove_key(struct hive_key *key)
{
    struct hive_key *parent = key->parent;
    if (parent == NULL) {
        return;
    }
    *(key->previous != NULL ? &key->previous->next : &parent->first_child) = key->next;
    *(key->next != NULL ? &key->next->previous : &parent->last_child) = key->previous;
    hash_table_remove(&parent->children, &key->link);
    parent->child_count--;
    key->parent = NULL;
}

struct hive_key *hive_next(const struct hive_key *top, const struct hive_key *key)
{
    if (key->first_child != NULL) {
        return hive_first_child(key);
    }
    while (key != top && key->next == NULL) {
        key = key->parent;
    }
    return key == top ? NULL : key->next;
}

static int copy_values(struct hive *hive, const struct hive_key *from, struct hive_key *to)
{
    for (const struct hive_value *value = from->first_value; value != NULL; value = value->next) {
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
    for (const struct hive_key *key = hive_next(top, top); key != NULL; key = hive_next(top, key)) {
        /* `to` is the copy of `from`: climb with it to the copy of the new key's parent. */
        while (from != key->parent) {
            from = from->parent;
            to = to->parent;
        }
        to = hive_add_key(hive, to, key->name);
        from = key;
        if (to == NULL || copy_values(hive, from, to) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- values ---- */

struct hive_value *hive_find_value(const struct hive_key *key, const char *name)
{
    const struct hash_link *link = hash_table_find(&key->values, hash_name(name, strlen(name)));
    for (; link != NULL; link = hash_table_next(link)) {
        struct hive_value *value = link->item;
        if (utf8_equal(value->name, name)) {
            return value;
        }
    }
    return NULL;
}

bool hive_append_value(struct hive *hive, struct hive_key *key, struct hive_value *value)
{
    key->values.pool = hive->pool;
    if (!hash_table_add(&key->values, &value->link, value,
                        hash_name(value->name, strlen(value->name)))) {
        return false;
    }
    *(key->last_value != NULL ? &key->last_value->next : &key->first_value) = value;
    key->last_value = value;
    key->value_count++;
    return true;
}

int hive_set_value(struct hive *hive, struct hive_key *key, const char *name, uint32_t type,
                   const void *data, size_t size)
{
    size_t name_length = strlen(name);
    if (size > UINT32_MAX / 2 || utf16_from_utf8(name, name_length, NULL, 0) > 16383) {
        return -1;
    }
    uint8_t *copy = pool_allocate(hive->pool, size + 1);
    if (copy == NULL) {
        return -1;
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    struct hive_value *value = hive_find_value(key, name);
    if (value == NULL) {
        value = pool_allocate(hive->pool, sizeof(*value) + name_length + 1);
        if (value == NULL) {
            return -1;
        }
        memcpy(value + 1, name, name_length);
        value->name = (char *)(value + 1);
        if (!hive_append_value(hive, key, value)) {
            return -1;
        }
    }
    value->type = type;
    value->data = copy;
    value->size = (uint32_t)size;
    return 0;
}
