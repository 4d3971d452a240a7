/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Solid resources: the input is one, after four bytes that say where in its data two blobs are.
 */
#include "tests/fuzz/wim_wrap.h"
#include "wim/wim_format.h"
#include "wim/wim_lookup.h"
#include "wim/wim_resource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct wrap wrap;
    struct error error;
    if (size >= 4) {
        wrap_start(&wrap, size + 1024);
        wrap.header.version = WIM_VERSION_SOLID;
        struct wim_lookup_disk *entry = wrap_add(&wrap, data + 4, size - 4, WIM_RESOURCE_SOLID);
        entry->resource.original_size = WIM_SOLID_RESOURCE_SIZE;
        memset(entry->sha1, 0, sizeof(entry->sha1));
        for (int i = 0; i < 2; i++) {
            entry = wrap_add(&wrap, "", 0, WIM_RESOURCE_SOLID);
            entry->resource.offset = (uint64_t)data[i * 2] << 8;
            entry->resource.size_and_flags |= 1 + ((uint64_t)data[i * 2 + 1] << 4);
            entry->resource.original_size = 0;
            entry->sha1[0] = (uint8_t)(i + 1);
        }
        wrap_finish(&wrap);
        struct wim *wim = wrap_open(pool, wrap.bytes, wrap.size);
        for (uint32_t i = 1; wim != NULL && i < 3; i++) {
            struct wim_resource *resource;
            uint64_t offset;
            if (wim_lookup_open(wim, i, &resource, &offset, &error)) {
                continue;
            }
            size_t length = (size_t)wim_lookup_size(wim, i);
            uint8_t *bytes = malloc(length);
            wim_resource_read(resource, offset, bytes, length, &error);
            free(bytes);
        }
        free(wrap.bytes);
    }
    pool_destroy(pool);
    return 0;
}
