/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash tables: a look-up takes a few steps, however many items there are.
 *
 * A table consists of links that are in the items themselves; it owns nothing but its buckets,
 * which come from a pool. Callers compare items of the same hash themselves; these come newest
 * first, and keep that order when the table grows.
 *
 * Hashes start from a seed that differs from boot to boot (hash_seed()), so that nobody can make a
 * file whose names are all in one bucket. The seed must affect nothing but speed.
 */
#ifndef LOADER_HASH_TABLE_H
#define LOADER_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

/** A place in a table; zero before it is in one. An item that is in two tables has two. */
struct hash_link {
    struct hash_link *next; /* in the bucket */
    void *item;             /* whose link it is */
    uint32_t hash;
};

/** An empty table is all zero except for the pool. */
struct hash_table {
    struct pool *pool;
    struct hash_link **buckets;
    size_t bucket_count; /* a power of two, at least `count`; or 0 */
    size_t count;
};

/** The start value of all hashes of this boot. */
uint32_t hash_seed(void);

/** Continue a hash with a number. */
uint32_t hash_number(uint32_t hash, uint64_t number);

/** Make room, so that the next `more` calls of hash_table_add() cannot fail. False without memory;
 * the table is as before then. */
bool hash_table_reserve(struct hash_table *table, size_t more);

/** Add an item. False without memory. */
bool hash_table_add(struct hash_table *table, struct hash_link *link, void *item, uint32_t hash);

/** Remove an item that is in the table. */
void hash_table_remove(struct hash_table *table, struct hash_link *link);

/** The newest link of this hash; NULL if there is none. */
const struct hash_link *hash_table_find(const struct hash_table *table, uint32_t hash);

/** The next older one of the same hash; NULL after the oldest. */
const struct hash_link *hash_table_next(const struct hash_link *link);

#endif
