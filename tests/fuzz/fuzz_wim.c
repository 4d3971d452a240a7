/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole WIM files: the header, and whatever it points to. Opens, reads all, changes, patches. */
#include "tests/fuzz/wim_wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct error error;
    log_set_quiet(true);
    struct wim *wim = wrap_open(pool, data, size);
    if (wim != NULL) {
        wim_verify(wim, 1, &error);
    }
    if (wim != NULL && !wrap_walk(wim, pool)) {
        wim_remove(wim, 1, "dir", &error);
        if (!wim_inject(wim, 1, "dir\\new", file_from_memory(pool, "new", "new", 3), &error)) {
            wim_set_boot_index(wim, 1, &error);
            wrap_reopen(pool, wim);
            wim_set_slim(wim, true, &error);
            wim = wrap_reopen(pool, wim);
            if (wim != NULL) {
                wrap_walk(wim, pool);
            }
        }
    }
    pool_destroy(pool);
    return 0;
}
