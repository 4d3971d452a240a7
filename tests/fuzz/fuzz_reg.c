/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: .reg files. What one says can be written, and hives that it was imported into are
 * sound. */
#include <stdlib.h>
#include <string.h>

#include "hive/hive.h"
#include "hive/registry.h"
#include "hive/registry_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct hive *hive = hive_create(pool, "root"), *again;
    struct registry *registry;
    struct registry_import done;
    struct registry_piece pieces[64];
    struct error error;
    const void *bytes;
    size_t length;
    if (hive_write(hive, &bytes, &length, &error) != 0 ||
        registry_open(pool, bytes, length, NULL, 0, &registry, &error) != 0) {
        abort();
    }
    registry_import(registry, "HKEY_LOCAL_MACHINE\\SYSTEM", data, size, &done, &error);
    size_t count = registry_pieces(registry, NULL);
    if (count <= 64) {
        registry_pieces(registry, pieces);
        size_t used = 0;
        for (size_t i = 0; i < count; i++) {
            used += pieces[i].size;
        }
        uint8_t *joined = malloc(used);
        for (size_t i = used = 0; i < count; used += pieces[i++].size) {
            memcpy(joined + used, pieces[i].bytes, pieces[i].size);
        }
        /* Paths may be deeper than the reader takes them. */
        if (hive_read(pool, joined, used, &again, &error) != 0 &&
            strstr(error.text, "nested more than") == NULL) {
            abort();
        }
        free(joined);
    }
    pool_destroy(pool);
    return 0;
}
