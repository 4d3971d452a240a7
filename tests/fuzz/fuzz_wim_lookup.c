/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lookup table: the input is the table, after a byte that says which version and compression
 * the WIM has. Every entry's blob is read.
 */
#include "tests/fuzz/wim_wrap.h"
#include "wim/wim_format.h"
#include "wim/wim_lookup.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"xpress", "lzx", "lzms"};
    struct pool *pool = pool_create();
    struct wrap wrap;
    struct error error;
    if (size) {
        wrap_start(&wrap, size + sizeof(wrap.header));
        if (data[0] & 4) {
            wrap.header.version = WIM_VERSION_SOLID;
        }
        if (data[0] & 3) {
            wrap.header.flags =
                WIM_FLAG_COMPRESSION | decompressor_find(formats[(data[0] & 3) - 1])->wim_flags;
            wrap.header.chunk_size = 32768;
        }
        wrap.header.lookup_table = wrap_append(&wrap, data + 1, size - 1, 0);
        wrap_finish(&wrap);
        wrap.header.lookup_table =
            (struct wim_resource_disk){size - 1, sizeof(wrap.header), size - 1};
        memcpy(wrap.bytes, &wrap.header, sizeof(wrap.header));
        struct wim *wim = wrap_open(pool, wrap.bytes, wrap.size);
        for (uint32_t i = 0; wim != NULL && i < wim->entry_count && i < WRAP_FILE_MAX; i++) {
            struct wim_resource *resource;
            uint32_t part, entry;
            uint64_t offset;
            uint8_t bytes[64];
            if (!wim_lookup_find(wim, wim_lookup_entry(wim, i, &part)->sha1, &entry) ||
                wim_lookup_open(wim, entry, &resource, &offset, &error)) {
                continue;
            }
            uint64_t length = wim_lookup_size(wim, entry);
            wim_resource_read(resource, offset, bytes, length < 64 ? (size_t)length : 64, &error);
            wim_lookup_close(wim, entry, resource);
        }
        if (wim != NULL) {
            wrap_walk(wim, pool);
        }
        free(wrap.bytes);
    }
    pool_destroy(pool);
    return 0;
}
