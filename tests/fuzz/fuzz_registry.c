/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz target: registry hives that are edited in place, whatever is in them. The input is a byte
 * that says how many steps follow, the steps, each two bytes, and the hive. The hive's checksum is
 * made to fit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"
#include "hive/hive_format.h"
#include "hive/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
    "",
    "Objects",
    "Description",
    "New",
    "CurrentControlSet\\Services\\x",
    "a\\b",
    "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}",
    "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements",
    "Select",
    "\xd0\xa4",
};
static const char *const names[] = {"", "Element", "KeyName", "x", "Default", "\xc3\xb6"};

static bool visit_key(void *context, const char *name)
{
    return ++*(unsigned *)context < 1000 && name != NULL;
}

static bool visit_value(void *context, const char *name, const struct registry_value *value)
{
    return visit_key(context, name) && value->cell != REGISTRY_NONE;
}

static void step(struct registry *registry, uint8_t what, uint8_t which)
{
    static const uint8_t bytes[40000];
    struct error error;
    struct registry_value value;
    unsigned count = 0;
    uint32_t key;
    const char *path = paths[which % (sizeof(paths) / sizeof(paths[0]))];
    const char *name = names[which % (sizeof(names) / sizeof(names[0]))];
    if ((what & 1 ? registry_make : registry_find)(registry, path, &key, &error) != 0 ||
        key == REGISTRY_NONE) {
        return;
    }
    switch (what % 7) {
    case 0:
        registry_list(registry, key, visit_key, &count, &error);
        break;
    case 1:
        registry_list_values(registry, key, visit_value, &count, &error);
        break;
    case 2:
        registry_set_value(registry, key, name, which, bytes, which > 200 ? 40000 : which % 20,
                           &error);
        break;
    case 3:
        registry_remove_value(registry, key, name, &error);
        break;
    case 4:
        registry_remove(registry, key, &error);
        break;
    case 5:
        registry_pieces(registry, NULL);
        break;
    default:
        if (registry_find_value(registry, key, name, &value, &error) == 0 &&
            value.cell != REGISTRY_NONE && value.size < 1 << 20) {
            uint8_t *copy = malloc(value.size + 1);
            registry_read_value(registry, &value, copy, &error);
            free(copy);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct registry *registry;
    struct registry_piece pieces[300];
    struct error error;
    size_t steps = size > 0 ? 2 * (size_t)data[0] : 0;
    if (size < 1 + steps + PAGE) {
        return 0;
    }
    struct pool *pool = pool_create();
    size_t hive_size = size - 1 - steps;
    uint8_t *hive = malloc(hive_size);
    memcpy(hive, data + 1 + steps, hive_size);
    put_u32(hive + BASE_SEQUENCE_2, get_u32(hive + BASE_SEQUENCE_1));
    put_u32(hive + BASE_CHECKSUM, hive_checksum(hive));
    if (registry_open(pool, hive, hive_size, NULL, 0, &registry, &error) == 0) {
        for (size_t i = 0; i < steps; i += 2) {
            step(registry, data[1 + i], data[2 + i]);
        }
        if (registry_pieces(registry, NULL) <= 300) {
            registry_pieces(registry, pieces);
            if (get_u32(pieces[0].bytes) != SIGNATURE_BASE ||
                registry_is_dirty(pieces[0].bytes, pieces[0].size)) {
                abort();
            }
        }
    }
    free(hive);
    pool_destroy(pool);
    return 0;
}
