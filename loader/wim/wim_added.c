/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of injected files: one blob for all files with the same bytes.
 *
 * A SHA-1 of large contents takes a while, and is needed only in the tail of the patched WIM. So it
 * is computed when somebody wants to see it, and before that only where another blob of the WIM, or
 * one that was added, has the same size: then it tells whether these contents are there already.
 */
#include "wim/wim_internal.h"

#include <string.h>

#include "base/log.h"
#include "digest/digest.h"
#include "digest/sha1.h"

enum { FILTER_BITS_PER_ENTRY = 16 }; /* one size in sixteen or less is taken for another's */

struct hashing {
    const struct file *file;
    struct sha1 state;
    uint64_t done; /* bytes */
};

static void hash_piece(void *context, const void *bytes, size_t length)
{
    struct hashing *hashing = context;

    sha1_update(&hashing->state, bytes, length);
    hashing->done += length;
    log_progress(hashing->file->name, hashing->done, hashing->file->size);
}

/** Large contents take a while: the person sees how far it is. */
int wim_added_hash(struct wim_added_blob *blob, struct error *error)
{
    struct hashing hashing = {.file = blob->file};

    if (blob->is_hashed) {
        return 0;
    }
    sha1_start(&hashing.state);
    if (file_visit(blob->file, 0, blob->file->size, hash_piece, &hashing, error)) {
        return -1;
    }
    sha1_finish(&hashing.state, blob->sha1);
    blob->is_hashed = true;
    return 0;
}

/* ---- does the WIM have contents of this size? ---- */

static uint32_t filter_bit(const struct wim *wim, uint64_t size)
{
    return (uint32_t)(size * UINT64_C(0x9E3779B97F4A7C15) >> 32) & wim->size_filter_mask;
}

/** Set a bit for the size of every blob. */
static int make_size_filter(struct wim *wim, struct error *error)
{
    uint32_t bit_count = 256;

    while (bit_count / FILTER_BITS_PER_ENTRY < wim->entry_count && bit_count < 1u << 31) {
        bit_count *= 2;
    }
    wim->size_filter_mask = bit_count - 1;
    wim->size_filter = memory_allocate_zeroed(bit_count / 8, 1);
    if (!wim->size_filter) {
        return error_set(error, "no memory");
    }
    for (uint32_t i = 0; i < wim->entry_count; i++) {
        uint32_t bit = filter_bit(wim, wim_lookup_size(wim, i));
        wim->size_filter[bit / 8] |= (uint8_t)(1 << bit % 8);
    }
    return 0;
}

static bool may_have_size(const struct wim *wim, uint64_t size)
{
    uint32_t bit = filter_bit(wim, size);

    return wim->size_filter[bit / 8] >> bit % 8 & 1;
}

/* ---- added contents ---- */

/**
 * Whether added contents are those of another blob. Where sizes are equal, their SHA-1s tell.
 *
 * @return 1 or 0, or -1 if they cannot be read
 */
static int is_same(struct wim_added_blob *blob, struct wim_added_blob *fresh, struct error *error)
{
    if (blob->file->size != fresh->file->size) {
        return 0;
    }
    if (blob->file->extents == fresh->file->extents) { /* the same file under another name */
        return 1;
    }
    if (wim_added_hash(blob, error) || wim_added_hash(fresh, error)) {
        return -1;
    }
    return !memcmp(blob->sha1, fresh->sha1, sizeof(blob->sha1));
}

int wim_added_find(struct wim *wim, const struct file *file, struct wim_added_blob **found,
                   uint8_t sha1[20], struct error *error)
{
    struct wim_added_blob **bucket = &wim->blob_buckets[file->size % WIM_BLOB_BUCKET_COUNT];
    struct wim_added_blob fresh = {.file = file}, *blob;
    uint32_t entry;

    *found = NULL;
    memset(sha1, 0, 20);
    if (!file->size) {
        return 0;
    }
    if (!wim->size_filter && make_size_filter(wim, error)) {
        return -1;
    }
    for (blob = *bucket; blob; blob = blob->next_in_bucket) {
        int same = is_same(blob, &fresh, error);
        if (same < 0) {
            return -1;
        }
        if (same) {
            *found = blob;
            return 0;
        }
    }
    if (may_have_size(wim, file->size)) {
        if (wim_added_hash(&fresh, error)) {
            return -1;
        }
        if (wim_lookup_find(wim, fresh.sha1, &entry)) {
            memcpy(sha1, fresh.sha1, 20);
            return 0;
        }
    }
    blob = pool_allocate(wim->pool, sizeof(*blob));
    if (!blob) {
        return error_set(error, "no memory");
    }
    *blob = fresh;
    blob->next_in_bucket = *bucket;
    *bucket = blob;
    *wim->last_blob = blob;
    wim->last_blob = &blob->next;
    *found = blob;
    return 0;
}
