/* SPDX-License-Identifier: BSD-2-Clause */
/* Hives that are edited in place: opening them, and the bytes that result. See registry.h. */
#include "hive/registry.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/work.h"
#include "hive/registry_cell.h"

bool registry_is_dirty(const void *bytes, size_t size)
{
    const uint8_t *base = bytes;
    return size >= PAGE && get_u32(base) == SIGNATURE_BASE &&
           (get_u32(base + BASE_CHECKSUM) != hive_checksum(base) ||
            get_u32(base + BASE_SEQUENCE_1) != get_u32(base + BASE_SEQUENCE_2));
}

static int check_layers(const uint8_t *base, struct error *error)
{
    if (get_u32(base + BASE_MINOR) >= KEY_LAYERS_MINOR &&
        get_u32(base + BASE_FLAGS) & BASE_FLAG_LAYERED) {
        return error_set(error, "a layered (differencing) hive, as containers have them: its keys "
                                "mean nothing without the hive below it");
    }
    return 0;
}

int registry_open(struct pool *pool, const void *bytes, size_t size,
                  const struct registry_log *logs, size_t log_count, struct registry **result,
                  struct error *error)
{
    const uint8_t *base = bytes;
    bool is_dirty = registry_is_dirty(bytes, size);
    if (is_dirty && log_count == 0) {
        return error_set(error,
                         "the hive was not closed properly: its newest changes are in its logs. "
                         "Give them too (.LOG1, .LOG2), or load and unload the hive once with reg "
                         "load and reg unload");
    }
    struct registry *registry = pool_allocate(pool, sizeof(*registry));
    if (registry == NULL) {
        return error_no_memory(error, "the hive");
    }
    registry->pool = pool;
    if (is_dirty) {
        if (registry_replay(registry, base, size, logs, log_count, error) != 0) {
            return -1;
        }
    } else {
        if (hive_check_base(base, size, error) != 0) {
            return -1;
        }
        registry->opened_size = get_u32(base + BASE_BINS_SIZE);
        size_t total = PAGE + (size_t)registry->opened_size;
        registry->base = pool_allocate_content(pool, total);
        if (registry->base == NULL) {
            return error_no_memory(error, "a copy of the hive of %zu bytes", total);
        }
        memcpy(registry->base, base, total);
        work_done.moved += total;
    }
    registry->size = registry->opened_size;
    registry->minor = get_u32(registry->base + BASE_MINOR);
    registry->root = get_u32(registry->base + BASE_ROOT);
    if (check_layers(registry->base, error) != 0 ||
        registry_key(registry, registry->root, error) == NULL) {
        return -1;
    }
    *result = registry;
    return 0;
}

bool registry_is_changed(const struct registry *registry)
{
    return registry->changed;
}

size_t registry_pieces(struct registry *registry, struct registry_piece *pieces)
{
    size_t count = 1 + registry->bin_count;
    if (pieces == NULL) {
        return count;
    }
    uint8_t *base = registry->base;
    if (!registry->shared) {
        uint32_t sequence = get_u32(base + BASE_SEQUENCE_1) + registry->changed;
        put_u32(base + BASE_SEQUENCE_1, sequence);
        put_u32(base + BASE_SEQUENCE_2, sequence);
        put_u32(base + BASE_BINS_SIZE, registry->size);
        put_u32(base + BASE_CHECKSUM, hive_checksum(base));
        registry->shared = true;
        registry->changed = false;
    }
    pieces[0] = (struct registry_piece){base, PAGE + (size_t)registry->opened_size};
    size_t place = count;
    for (const struct registry_bin *bin = registry->last_bin; bin != NULL; bin = bin->next) {
        pieces[--place] = (struct registry_piece){bin->bytes, bin->size};
    }
    return count;
}
