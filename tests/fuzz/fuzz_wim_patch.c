/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plans of changes. The input is a list of steps, each a byte and a path up to the next newline. A
 * patched WIM must open, its metadata must fit its hash, and what was injected last must be in it.
 */
#include "tests/fuzz/wim_wrap.h"
#include "wim/wim_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A WIM with \dir\inside and \file.txt. */
static void make_sample(struct wrap *wrap)
{
    static const char *const names[] = {"", "dir", "file.txt", "inside"};
    uint8_t metadata[1024] = {8};
    size_t used = 8, positions[4];
    wrap_start(wrap, sizeof(metadata) + 1024);
    const struct wim_lookup_disk *contents = wrap_add(wrap, "contents", 8, 0);
    for (int i = 0; i < 4; i++) {
        struct wim_directory_entry_disk *entry = (void *)(metadata + used);
        size_t length = strlen(names[i]);
        positions[i] = used;
        entry->attributes = i < 2 ? 0x10 : 0x80;
        entry->name_length = (uint16_t)(length * 2);
        for (size_t c = 0; c < length; c++) {
            metadata[used + sizeof(*entry) + c * 2] = (uint8_t)names[i][c];
        }
        entry->length = wim_align8(sizeof(*entry) + (length ? length * 2 + 2 : 0));
        if (i >= 2) {
            memcpy(entry->sha1, contents->sha1, 20);
        }
        used += (size_t)entry->length;
        if (i != 1) {
            used += 8; /* the end of a list */
        }
    }
    ((struct wim_directory_entry_disk *)(metadata + positions[0]))->subdirectory = positions[1];
    ((struct wim_directory_entry_disk *)(metadata + positions[1]))->subdirectory = positions[3];
    wrap_add(wrap, metadata, used, WIM_RESOURCE_METADATA);
    wrap_finish(wrap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct wrap wrap;
    struct error error;
    char last[256] = "";
    make_sample(&wrap);
    struct wim *wim = wrap_open(pool, wrap.bytes, wrap.size);
    if (wim == NULL) {
        abort();
    }
    const struct file *files[] = {file_from_memory(pool, "a", "injected", 8),
                                  file_from_memory(pool, "b", "contents", 8),
                                  file_from_memory(pool, "c", "", 0)};
    while (size && wim != NULL) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t step = end != NULL ? (size_t)(end - data) + 1 : size;
        char path[256];
        size_t length = step - 1 - (end != NULL && step > 1);
        if (length > sizeof(path) - 1) {
            length = sizeof(path) - 1;
        }
        memcpy(path, data + 1, length);
        path[length] = 0;
        switch (data[0] % 6) {
        case 0:
            if (!wim_remove(wim, 1, path, &error)) {
                last[0] = 0;
            }
            break;
        case 1:
            wim_set_slim(wim, data[0] & 0x80, &error);
            wim = wrap_reopen(pool, wim);
            break;
        case 2:
            if (!wim_inject(wim, 1, path, files[0], &error)) {
                memcpy(last, path, sizeof(last));
            }
            break;
        default:
            if (!wim_inject(wim, 1, path, files[data[0] % 3], &error)) {
                last[0] = 0;
            }
        }
        data += step;
        size -= step;
    }
    if (wim != NULL && (wim = wrap_reopen(pool, wim)) != NULL && !wrap_walk(wim, pool) && last[0]) {
        struct file *file;
        if (wim_find(wim, 1, last, &file, &error) || file == NULL ||
            memcmp(file_load(pool, file, &error), "injected", 8) != 0) {
            abort();
        }
    }
    free(wrap.bytes);
    pool_destroy(pool);
    return 0;
}
