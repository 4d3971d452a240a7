/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A WIM around parts that a fuzzer made: one image, uncompressed unless said otherwise, with hashes
 * that fit, so that the checks of hashes do not keep the fuzzer from what comes after them.
 */
#ifndef TESTS_FUZZ_WIM_WRAP_H
#define TESTS_FUZZ_WIM_WRAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "digest/digest.h"
#include "wim/wim.h"
#include "wim/wim_format.h"
#include "wim/wim_tree.h"

enum { WRAP_ENTRY_MAX = 64, WRAP_FILE_MAX = 400 };

struct wrap {
    uint8_t *bytes; /* of the file; to be freed */
    size_t size;
    struct wim_header_disk header;
    struct wim_lookup_disk entries[WRAP_ENTRY_MAX];
    size_t entry_count;
};

static inline void wrap_start(struct wrap *wrap, size_t capacity)
{
    memset(wrap, 0, sizeof(*wrap));
    log_set_quiet(true);
    wrap->bytes = malloc(capacity);
    wrap->size = sizeof(wrap->header);
    memcpy(wrap->header.magic, "MSWIM\0\0", 8);
    wrap->header.header_size = sizeof(wrap->header);
    wrap->header.version = WIM_VERSION_NORMAL;
    wrap->header.part_number = wrap->header.part_count = 1;
    wrap->header.image_count = 1;
}

/** Append bytes; @return where they stand */
static inline struct wim_resource_disk wrap_append(struct wrap *wrap, const void *bytes,
                                                   size_t size, uint8_t flags)
{
    struct wim_resource_disk place = {.size_and_flags = size | (uint64_t)flags << 56,
                                      .offset = wrap->size,
                                      .original_size = size};
    if (size) {
        memcpy(wrap->bytes + wrap->size, bytes, size);
    }
    wrap->size += size;
    return place;
}

/** Append a resource and its lookup entry. */
static inline struct wim_lookup_disk *wrap_add(struct wrap *wrap, const void *bytes, size_t size,
                                               uint8_t flags)
{
    struct wim_lookup_disk *entry = &wrap->entries[wrap->entry_count++];
    *entry = (struct wim_lookup_disk){
        .resource = wrap_append(wrap, bytes, size, flags), .part_number = 1, .references = 1};
    sha1_of_bytes(bytes, size, entry->sha1);
    return entry;
}

/** Append the lookup table and write the header. */
static inline void wrap_finish(struct wrap *wrap)
{
    wrap->header.lookup_table =
        wrap_append(wrap, wrap->entries, wrap->entry_count * sizeof(*wrap->entries), 0);
    memcpy(wrap->bytes, &wrap->header, sizeof(wrap->header));
}

/* ---- using what was made ---- */

struct wrap_walk {
    struct wim *wim;
    struct pool *pool;
    char path[512];
    unsigned files;
};

static inline bool wrap_visit(void *context, const struct wim_entry *entry)
{
    struct wrap_walk *walk = context;
    size_t name_length = strlen(entry->name), length = strlen(walk->path);
    struct error error;
    struct file *file;
    if (++walk->files > WRAP_FILE_MAX) {
        return false;
    }
    if (name_length + length + 2 > sizeof(walk->path)) {
        return true;
    }
    walk->path[length] = '\\';
    memcpy(walk->path + length + 1, entry->name, name_length + 1);
    if ((entry->attributes & 0x410) == 0x10) {
        wim_list(walk->wim, 1, walk->path, wrap_visit, walk, &error);
    } else if (!wim_find(walk->wim, 1, walk->path, &file, &error) && file) {
        file_load(walk->pool, file, &error);
    }
    walk->path[length] = 0;
    return true;
}

/** List all and load all, as far as it can be. */
static inline int wrap_walk(struct wim *wim, struct pool *pool)
{
    struct wrap_walk walk = {.wim = wim, .pool = pool};
    struct error error;
    return wim_list(wim, 1, "", wrap_visit, &walk, &error);
}

/** Open the bytes of a file. NULL if they are refused. */
static inline struct wim *wrap_open(struct pool *pool, const void *bytes, size_t size)
{
    const struct file *file = file_from_memory(pool, "fuzz.wim", bytes, size);
    struct error error;
    struct wim *wim;
    return wim_open(pool, &file, 1, &wim, &error) ? NULL : wim;
}

/** Patch, and open the result, which must work. */
static inline struct wim *wrap_reopen(struct pool *pool, struct wim *wim)
{
    const struct file *patched;
    struct error error;
    struct wim *reopened;
    if (wim_patch(wim, &patched, &error)) {
        return NULL;
    }
    if (wim_open(pool, &patched, 1, &reopened, &error) ||
        wim_tree_verify(wim_tree(reopened, 1, &error), &error)) {
        abort();
    }
    return reopened;
}

#endif
