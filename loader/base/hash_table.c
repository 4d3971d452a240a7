/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash tables. See hash_table.h. */
#include "base/hash_table.h"

#include "base/fnv.h"
#include "base/machine.h"

uint32_t hash_seed(void)
{
    return hash_number(FNV_START, platform_machine()->seed);
}

uint32_t hash_number(uint32_t hash, uint64_t number)
{
    for (; number != 0; number >>= 8) {
        hash = fnv_add(hash, (uint8_t)number);
    }
    return hash;
}

/* The upper bits of FNV hashes are the better ones. */
static struct hash_link **bucket_of(const struct hash_table *table, uint32_t hash)
{
    return &table->buckets[(hash ^ hash >> 15) & (table->bucket_count - 1)];
}

/* Move a chain into the buckets of the larger table. From its end to its start, so that the
 * order is kept. */
static void move_chain(struct hash_table *table, struct hash_link *chain)
{
    struct hash_link *reversed = NULL;
    while (chain != NULL) {
        struct hash_link *next = chain->next;
        chain->next = reversed;
        reversed = chain;
        chain = next;
    }
    while (reversed != NULL) {
        struct hash_link *next = reversed->next;
        struct hash_link **bucket = bucket_of(table, reversed->hash);
        reversed->next = *bucket;
        *bucket = reversed;
        reversed = next;
    }
}

bool hash_table_reserve(struct hash_table *table, size_t more)
{
    size_t count = table->bucket_count == 0 ? 1 : table->bucket_count;
    if (more > SIZE_MAX / sizeof(table->buckets[0]) / 2 - table->count) {
        return false;
    }
    while (count < table->count + more) {
        count *= 2;
    }
    if (count == table->bucket_count) {
        return true;
    }
    struct hash_link **buckets = pool_allocate_array(table->pool, count, sizeof(buckets[0]));
    if (buckets == NULL) {
        return false;
    }
    struct hash_link **old = table->buckets;
    size_t old_count = table->bucket_count;
    table->buckets = buckets;
    table->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        move_chain(table, old[i]);
    }
    return true;
}

bool hash_table_add(struct hash_table *table, struct hash_link *link, void *item, uint32_t hash)
{
    if (!hash_table_reserve(table, 1)) {
        return false;
    }
    struct hash_link **bucket = bucket_of(table, hash);
    *link = (struct hash_link){.next = *bucket, .item = item, .hash = hash};
    *bucket = link;
    table->count++;
    return true;
}

void hash_table_remove(struct hash_table *table, struct hash_link *link)
{
    struct hash_link **at = bucket_of(table, link->hash);
    while (*at != link) {
        at = &(*at)->next;
    }
    *at = link->next;
    table->count--;
}

/* The first link of a hash in the rest of a chain. */
static const struct hash_link *first_of(const struct hash_link *link, uint32_t hash)
{
    while (link != NULL && link->hash != hash) {
        link = link->next;
    }
    return link;
}

const struct hash_link *hash_table_find(const struct hash_table *table, uint32_t hash)
{
    return table->bucket_count == 0 ? NULL : first_of(*bucket_of(table, hash), hash);
}

const struct hash_link *hash_table_next(const struct hash_link *link)
{
    return first_of(link->next, link->hash);
}
