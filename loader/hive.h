/*
 * Registry hives (regf): read into a tree, edit the tree, write a fresh hive.
 *
 * Format and the rules that boot managers insist on: docs/formats.md. Knows nothing of what a BCD
 * means. Everything lives in one pool.
 */
#ifndef LOADER_HIVE_H
#define LOADER_HIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"

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
};

struct hive_key {
    const char *name;          /* UTF-8 */
    uint64_t timestamp;        /* FILETIME */
    const uint8_t *class_name; /* UTF-16LE bytes, or NULL */
    uint16_t class_size;
    struct hive_key *parent, *first_child, *next;
    struct hive_value *first_value;
};

struct hive {
    struct pool *pool;
    struct hive_key *root;
    const uint8_t *security; /* the root's security descriptor */
    uint32_t security_size;
    /** What was wrong but could be read all the same (bad checksum, dirty log), or NULL. */
    const char *warning;
};

/** Read a hive from memory, which need not stay. -1 with the offset of what is damaged. */
int hive_read(struct pool *pool, const void *bytes, size_t size, struct hive **hive,
              struct error *error);

/** A hive with nothing but a root key of this name. NULL without memory. */
struct hive *hive_create(struct pool *pool, const char *root_name);

/** A key below another by a path of names with '\'; NULL if there is none. */
struct hive_key *hive_find(const struct hive_key *key, const char *path);

/** Find a subkey or make it. NULL without memory. */
struct hive_key *hive_add_key(struct hive *hive, struct hive_key *parent, const char *name);

/** Remove a key with all below it. */
void hive_remove_key(struct hive_key *key);

/** A value of a key; NULL if there is none of this name. */
struct hive_value *hive_find_value(const struct hive_key *key, const char *name);

/** Set a value (data is copied). -1 without memory. */
int hive_set_value(struct hive *hive, struct hive_key *key, const char *name, uint32_t type,
                   const void *data, size_t size);

/** Remove a value; false if there was none. */
bool hive_remove_value(struct hive_key *key, const char *name);

/** Write the hive as a version 1.3 hive into content memory of the pool. */
int hive_write(struct hive *hive, const void **bytes, size_t *size, struct error *error);

#endif
