/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of injected files: one blob for all files with the same bytes.
 *
 * A SHA-1 of large contents takes a while, and is needed only in the tail of the patched WIM. So it
 * is computed when it is needed, and before that only where another blob of the WIM, or
 * one that was added, has the same size: then it shows whether these contents are there already.
 */
#include "wim/wim_added.h"

#include <string.h>

#include "base/hash_table.h"
#include "base/little_endian.h"
#include "base/log.h"
#include "base/memory.h"
#include "digest/digest.h"
#include "digest/sha1.h"
#include "wim/wim_lookup.h"
#include "wim/wim_state.h"

enum { FILTER_BITS_PER_ENTRY = 16 }; /* at most one size in sixteen is mistaken for another */

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

/* Large contents take a while: show the progress. */
int wim_added_hash(struct wim_added_blob *blob, struct error *error)
{
    struct hashing hashing = {.file = blob->file};
    if (blob->is_hashed) {
        return 0;
    }
    if (blob->fill != NULL) {
        blob->late_size = blob->fill(blob->late_bytes, (size_t)blob->file->size);
        sha1_of_bytes(blob->late_bytes, (size_t)blob->late_size, blob->sha1);
        blob->is_hashed = true;
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

/* Set a bit for the size of every blob. */
static int make_size_filter(struct wim *wim, struct error *error)
{
    uint32_t bit_count = 256;
    while (bit_count / FILTER_BITS_PER_ENTRY < wim->entry_count && bit_count < 1u << 31) {
        bit_count *= 2;
    }
    wim->size_filter_mask = bit_count - 1;
    wim->size_filter = wim_allocate_zeroed(wim, bit_count / 8, 1);
    if (wim->size_filter == NULL) {
        return error_no_memory(error, "injected contents");
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

static uint32_t size_hash(uint64_t size)
{
    return hash_number(hash_seed(), size);
}

static uint32_t sha1_hash(const uint8_t sha1[SHA1_SIZE])
{
    return hash_number(hash_number(hash_seed(), get_u64(sha1)), get_u64(sha1 + 8));
}

/* The first contents that were added of a size; NULL if there are none. */
static struct wim_added_blob *find_size(const struct wim *wim, uint64_t size)
{
    const struct hash_link *link = hash_table_find(&wim->added_sizes, size_hash(size));
    for (; link != NULL; link = hash_table_next(link)) {
        struct wim_added_blob *blob = link->item;
        if (blob->file->size == size) {
            return blob;
        }
    }
    return NULL;
}

/* Added contents by their SHA-1: those that are not the only ones of their size. */
static struct wim_added_blob *find_sha1(const struct wim *wim, const uint8_t sha1[SHA1_SIZE])
{
    const struct hash_link *link = hash_table_find(&wim->added_sha1s, sha1_hash(sha1));
    for (; link != NULL; link = hash_table_next(link)) {
        struct wim_added_blob *blob = link->item;
        if (!memcmp(blob->sha1, sha1, sizeof(blob->sha1))) {
            return blob;
        }
    }
    return NULL;
}

/* Enter contents into the table of SHA-1s. */
static int index_sha1(struct wim *wim, struct wim_added_blob *blob, struct error *error)
{
    if (blob->by_sha1.item != NULL) {
        return 0;
    }
    if (wim_added_hash(blob, error)) {
        return -1;
    }
    if (!hash_table_add(&wim->added_sha1s, &blob->by_sha1, blob, sha1_hash(blob->sha1))) {
        return error_no_memory(error, "injected contents");
    }
    return 0;
}

/* Add contents. @param only no others of this size were added before */
static struct wim_added_blob *add(struct wim *wim, const struct wim_added_blob *fresh, bool only,
                                  struct error *error)
{
    struct wim_added_blob *blob = pool_allocate(wim->pool, sizeof(*blob));
    if (blob == NULL) {
        error_no_memory(error, "injected contents");
        return NULL;
    }
    *blob = *fresh;
    if (!only && index_sha1(wim, blob, error)) {
        return NULL;
    }
    uint64_t size = blob->file->size;
    if (only && !hash_table_add(&wim->added_sizes, &blob->by_size, blob, size_hash(size))) {
        error_no_memory(error, "injected contents");
        return NULL;
    }
    *wim->last_blob = blob;
    wim->last_blob = &blob->next;
    return blob;
}

int wim_added_find(struct wim *wim, const struct file *file, struct wim_added_blob **found,
                   uint8_t sha1[SHA1_SIZE], struct error *error)
{
    struct wim_added_blob fresh = {.file = file};
    uint32_t entry;
    *found = NULL;
    memset(sha1, 0, SHA1_SIZE);
    if (!file->size) {
        return 0;
    }
    if (wim->size_filter == NULL && make_size_filter(wim, error)) {
        return -1;
    }
    struct wim_added_blob *same_size = find_size(wim, file->size);
    if (same_size != NULL && same_size->file->extents == file->extents) {
        *found = same_size; /* the same file under another name */
        return 0;
    }
    if (same_size != NULL || may_have_size(wim, file->size)) {
        if (wim_added_hash(&fresh, error)) {
            return -1;
        }
        if (wim_lookup_find(wim, fresh.sha1, &entry)) {
            memcpy(sha1, fresh.sha1, SHA1_SIZE);
            return 0;
        }
    }
    if (same_size != NULL) {
        if (index_sha1(wim, same_size, error)) {
            return -1;
        }
        *found = find_sha1(wim, fresh.sha1);
    }
    if (*found == NULL) {
        *found = add(wim, &fresh, same_size == NULL, error);
    }
    return *found != NULL ? 0 : -1;
}

/* ---- contents that are known late ---- */

/* Whoever reads them first fixes them. */
struct late {
    struct reader reader;
    struct wim_added_blob blob;
};

static const void *load_late(struct reader *reader, struct error *error)
{
    struct wim_added_blob *blob = &((struct late *)reader)->blob;
    return wim_added_hash(blob, error) == 0 ? blob->late_bytes : NULL;
}

static int read_late(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                     struct error *error)
{
    const char *bytes = load_late(reader, error);
    if (bytes == NULL) {
        return -1;
    }
    memcpy(buffer, bytes + offset, length);
    return 0;
}

struct wim_added_blob *wim_added_late(struct wim *wim, const char *name, size_t capacity,
                                      size_t (*fill)(char *buffer, size_t capacity),
                                      struct error *error)
{
    struct late *late = pool_allocate(wim->pool, sizeof(*late));
    char *bytes = pool_allocate_content(wim->pool, capacity);
    if (late == NULL || bytes == NULL) {
        error_no_memory(error, "injected contents");
        return NULL;
    }
    memset(bytes, 0, capacity);
    struct wim_added_blob *blob = &late->blob;
    late->reader = (struct reader){.read = read_late, .load = load_late};
    blob->file = file_from_reader(wim->pool, name, &late->reader, capacity);
    blob->fill = fill;
    blob->late_bytes = bytes;
    if (blob->file == NULL) {
        error_no_memory(error, "injected contents");
        return NULL;
    }
    *wim->last_blob = blob; /* in no table: nothing is known to be the same */
    wim->last_blob = &blob->next;
    return blob;
}

bool wim_added_is_late(const struct wim_added_blob *blob)
{
    return blob->fill != NULL;
}

uint64_t wim_added_size(const struct wim_added_blob *blob)
{
    return blob->fill != NULL && blob->is_hashed ? blob->late_size : blob->file->size;
}
