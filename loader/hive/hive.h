/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry hives (regf): read into a tree, edit the tree, write a fresh hive.
 *
 * A hive is never patched in place: it is read and written as a whole, which drops damage and
 * leaks and needs no allocator of cells. The contents need not be a BCD. Everything is in one pool;
 * what an edit replaces stays there until the pool is freed.
 *
 * Format: hive_format.h.
 */
#ifndef LOADER_HIVE_H
#define LOADER_HIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash_table.h"
#include "base/memory.h"

enum {
    /** Deepest key below the root that is read; a BCD needs 4. */
    HIVE_DEPTH_MAX = 32,
    /** UTF-16 units of a key's name. */
    HIVE_KEY_NAME_MAX = 255,
};

/** Registry types (the ones that a BCD uses). */
enum hive_type {
    HIVE_NONE = 0,
    HIVE_SZ = 1,
    HIVE_EXPAND_SZ = 2,
    HIVE_BINARY = 3,
    HIVE_DWORD = 4,
    HIVE_MULTI_SZ = 7,
    HIVE_QWORD = 11,
};

struct hive_value {
    const char *name; /* UTF-8; "" for the default value */
    uint32_t type;
    const uint8_t *data;
    uint32_t size; /* bytes */
    struct hive_value *next;
    struct hash_link link;    /* in the key's table of values */
    uint32_t cell, data_cell; /* where hive_write() puts it */
};

struct hive_key {
    const char *name;          /* UTF-8 */
    uint64_t timestamp;        /* FILETIME */
    const uint8_t *class_name; /* UTF-16LE bytes, or NULL */
    uint16_t class_size;       /* bytes */
    uint32_t child_count, value_count;
    struct hive_key *parent;
    /* Siblings. Those of an unsorted key come in the order in which a hive sorts them after
     * hive_first_child() or hive_next(). */
    struct hive_key *first_child, *last_child, *previous, *next;
    bool unsorted;
    struct hive_value *first_value, *last_value;
    struct hash_table children, values;                    /* by name */
    struct hash_link link;                                 /* in the parent's table of children */
    uint32_t cell, class_cell, children_cell, values_cell; /* where hive_write() puts it */
};

struct hive {
    struct pool *pool;
    struct hive_key *root;
    const uint8_t *security; /* the root's security descriptor */
    uint32_t security_size;  /* bytes */
    /** A problem that boot managers would refuse, that did not prevent reading, and that
     * hive_write() repairs, such as a wrong checksum. NULL: none. */
    const char *warning;
};

/** Read a hive from memory, which is not needed afterwards. -1 with the offset of the damage. */
int hive_read(struct pool *pool, const void *bytes, size_t size, struct hive **hive,
              struct error *error);

/** A hive with only a root key of this name. NULL without memory. */
struct hive *hive_create(struct pool *pool, const char *root_name);

/** A key below another by a path of names with '\'; NULL if there is none. */
struct hive_key *hive_find(const struct hive_key *key, const char *path);

/** The first subkey in the order in which a hive sorts them, as the following ones are then; NULL
 * if there is none. */
struct hive_key *hive_first_child(const struct hive_key *key);

/** Find a subkey or make it. NULL without memory, or if the name is longer than
 * HIVE_KEY_NAME_MAX. */
struct hive_key *hive_add_key(struct hive *hive, struct hive_key *parent, const char *name);

/** Remove a key with everything below it; it then has no parent. The root cannot be removed. */
void hive_remove_key(struct hive_key *key);

/** Copy all values and subkeys of a key into another one, which is in the same hive and not below
 * the first. -1 without memory. */
int hive_copy_key(struct hive *hive, const struct hive_key *from, struct hive_key *to);

/** A value of a key; NULL if there is none with this name. */
struct hive_value *hive_find_value(const struct hive_key *key, const char *name);

/** Set a value (data is copied). -1 without memory. */
int hive_set_value(struct hive *hive, struct hive_key *key, const char *name, uint32_t type,
                   const void *data, size_t size);

/** The key after this one in depth-first order below `top`, parents first; NULL after the last. */
struct hive_key *hive_next(const struct hive_key *top, const struct hive_key *key);

/**
 * Write the hive, as version 1.3, into content memory of the pool.
 *
 * @return 0; -1 without memory, or if it does not fit the format (2 GB, 65535 subkeys of one key)
 */
int hive_write(struct hive *hive, const void **bytes, size_t *size, struct error *error);

/** Order of two key names in a hive: by upper-cased UTF-16 unit, a prefix first. Lengths in bytes
 * of UTF-8; names of at most HIVE_KEY_NAME_MAX units. <0, 0, >0. */
int hive_compare_names(const char *left, size_t left_length, const char *right,
                       size_t right_length);

/** The security descriptor that a new hive gets: Administrators and SYSTEM, full access. */
extern const uint8_t hive_default_security[100];

#endif
