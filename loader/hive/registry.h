/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry hives of any size and content, edited in place: the bytes stay where they are, what an
 * edit adds goes into new bins at the end. So opening costs no more than a copy of the hive,
 * and everything that nobody touches (security descriptors, class names, times, what we do not
 * know) stays as it is.
 *
 * hive.h is for boot configurations, which boot managers read: it reads a hive completely and
 * writes a new one, of which there is one reading only. A hive of 80 MB cannot be treated in that
 * way, and Windows, which reads the ones here, does not ask for it.
 *
 * A key is the offset of its cell; it is valid until the key is removed. Paths are names with '\'
 * between them, in UTF-8. CurrentControlSet stands for the control set that boots next.
 *
 *     registry.c        opening, the finished bytes, paths
 *     registry_cell.c   cells: checking, allocating, freeing
 *     registry_node.c   those of keys and values
 *     registry_child.c  the lists of subkeys
 *     registry_key.c    keys: finding, making, removing
 *     registry_value.c  values
 *     registry_log.c    changes that are still in a hive's logs
 *     registry_name.c   names: their form, their order
 *     registry_file.c   .reg files
 *     registry_text.c   their text as UTF-8
 */
#ifndef LOADER_REGISTRY_H
#define LOADER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

enum {
    /** UTF-16 units of a value's name. */
    REGISTRY_VALUE_NAME_MAX = 16383,
    /** Bytes of a value's data. */
    REGISTRY_DATA_MAX = 16 << 20,
};

/** No key, no value. */
#define REGISTRY_NONE UINT32_C(0xFFFFFFFF)

struct registry;

/** Bytes of a log that belongs to a hive (SYSTEM.LOG1). */
struct registry_log {
    const void *bytes;
    size_t size;
};

/** A value of a key. */
struct registry_value {
    uint32_t cell; /* REGISTRY_NONE: there is none */
    uint32_t type; /* hive.h */
    uint32_t size; /* bytes of its data */
};

/**
 * Open a hive. Changes that did not get further than its logs are made.
 *
 * @param bytes copied
 * @param logs  in the order LOG1, LOG2; not needed for a hive that was closed properly
 * @return 0; -1 with the offset of the damage, or what to do
 */
int registry_open(struct pool *pool, const void *bytes, size_t size,
                  const struct registry_log *logs, size_t log_count, struct registry **registry,
                  struct error *error);

/** Whether a hive was not closed properly: some changes may be in its logs. `bytes` of any size. */
bool registry_is_dirty(const void *bytes, size_t size);

/** Whether anything was changed since it was opened, or since registry_pieces(). */
bool registry_is_changed(const struct registry *registry);

/** A piece of the finished hive. */
struct registry_piece {
    const void *bytes; /* content memory of the pool */
    size_t size;
};

/**
 * The hive with all changes, as pieces that follow each other. They do not change any more: the
 * next change copies them first.
 *
 * @param pieces NULL, or written: as many as the result says
 */
size_t registry_pieces(struct registry *registry, struct registry_piece *pieces);

/* ---- keys ---- */

/** Find a key by its path from the root, which is "". @param key written: REGISTRY_NONE if there is
 * none */
int registry_find(struct registry *registry, const char *path, uint32_t *key, struct error *error);

/** The same, and make what is missing. A new key has the security descriptor of its parent. */
int registry_make(struct registry *registry, const char *path, uint32_t *key, struct error *error);

/** Remove a key, which is not the root, with everything below it. */
int registry_remove(struct registry *registry, uint32_t key, struct error *error);

/** Call `visit` with the name of each subkey, UTF-8, until it returns false. It changes nothing. */
int registry_list(struct registry *registry, uint32_t key,
                  bool (*visit)(void *context, const char *name), void *context,
                  struct error *error);

/* ---- values ---- */

/** Find a value by its name; "" is the default value. */
int registry_find_value(struct registry *registry, uint32_t key, const char *name,
                        struct registry_value *value, struct error *error);

/** Copy the data of a value. @param data room for `value->size` bytes */
int registry_read_value(struct registry *registry, const struct registry_value *value, void *data,
                        struct error *error);

/** Set a value. */
int registry_set_value(struct registry *registry, uint32_t key, const char *name, uint32_t type,
                       const void *data, size_t size, struct error *error);

/** Remove a value; there need not be one. */
int registry_remove_value(struct registry *registry, uint32_t key, const char *name,
                          struct error *error);

/** Call `visit` with the name, UTF-8, and the value, of each value of a key until it returns false.
 * It changes nothing. */
int registry_list_values(struct registry *registry, uint32_t key,
                         bool (*visit)(void *context, const char *name,
                                       const struct registry_value *value),
                         void *context, struct error *error);

#endif
