/* SPDX-License-Identifier: BSD-2-Clause */
/* The metadata of an image, with a SHA-1 that fits: listed, read, changed, patched. */
#include "tests/fuzz/wim_wrap.h"
#include "wim/wim_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct wrap wrap;
    struct error error;
    wrap_start(&wrap, size + 1024);
    wrap_add(&wrap, data, size, WIM_RESOURCE_METADATA);
    wrap_add(&wrap, "contents", 8, 0);
    wrap_finish(&wrap);
    struct wim *wim = wrap_open(pool, wrap.bytes, wrap.size);
    if (wim != NULL && !wrap_walk(wim, pool)) {
        const struct file *file = file_from_memory(pool, "x", "contents", 8);
        int changes = !wim_remove(wim, 1, "file.txt", &error);
        changes += !wim_inject(wim, 1, "dir\\a\\b", file, &error);
        changes += !wim_inject(wim, 1, "new", file, &error);
        if (changes && (wim = wrap_reopen(pool, wim)) != NULL) {
            wrap_walk(wim, pool);
        }
    }
    free(wrap.bytes);
    pool_destroy(pool);
    return 0;
}
