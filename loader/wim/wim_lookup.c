/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lookup table: which resource holds the bytes of which SHA-1, and which resources are images.
 *
 * The table is an array of 50-byte entries. It is kept as it is in the file, with a hash table
 * of entry numbers over it; those of a split set are numbered through. Entries of metadata are the
 * images, the n-th is image n; entries with a reference count of 0 are unused and not counted.
 * Entries of blobs with a zero SHA-1, no bytes, or another part's number mean nothing; of two with
 * the same SHA-1 the first is used.
 *
 * Entries with the solid flag come in runs. In a run, those whose size is 4 GiB are resources, each
 * one many blobs compressed together; the others are blobs, whose offsets go through the
 * uncompressed bytes of all resources of the run, joined in their order.
 */
#include "wim/wim_lookup.h"

#include <string.h>

#include "base/memory.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"

/*
 * How many entries a look-up may pass over. SHA-1s are spread evenly, so a table at most half full
 * needs a few dozen; a file that needs more is damaged, or made to keep us busy.
 */
enum { PROBE_MAX = 1000 };

/* Entries of all tables: the hash table, of twice as many slots, is to have a 32-bit size. */
enum { ENTRY_MAX = 1 << 30 };

const struct wim_lookup_disk *wim_lookup_entry(const struct wim *wim, uint32_t entry,
                                               uint32_t *part)
{
    uint32_t p = wim->part_count - 1;
    while (entry < wim->parts[p].first_entry) {
        p--;
    }
    *part = p;
    return &wim->parts[p].entries[entry - wim->parts[p].first_entry];
}

static bool is_solid(const struct wim *wim, uint32_t part, const struct wim_lookup_disk *entry)
{
    return wim_location(wim, part, &entry->resource).flags & WIM_RESOURCE_SOLID;
}

/* Whether an entry is an image's metadata, which only the first part of a split set has. */
static bool is_image(uint32_t part, const struct wim_lookup_disk *entry)
{
    return !part && entry->resource.size_and_flags >> 56 & WIM_RESOURCE_METADATA &&
           entry->references;
}

/* Whether an entry describes a blob (and not an image, a solid resource, or nothing). */
static bool is_blob(const struct wim *wim, uint32_t part, const struct wim_lookup_disk *entry)
{
    struct wim_location location = wim_location(wim, part, &entry->resource);
    if (location.flags & WIM_RESOURCE_METADATA || !location.size_in_file ||
        entry->part_number != wim->parts[part].header.part_number ||
        wim_sha1_is_zero(entry->sha1)) {
        return false;
    }
    if (location.flags & WIM_RESOURCE_SOLID) {
        return location.size != WIM_SOLID_RESOURCE_SIZE;
    }
    return location.size;
}

static int load_table(struct wim *wim, uint32_t p, struct error *error)
{
    struct wim_part *part = &wim->parts[p];
    struct wim_location location = wim_location(wim, p, &part->header.lookup_table);
    const void *entries;
    if (wim_resource_load(wim, &location, &entries, &part->entries_memory, error)) {
        return error_prefix(error, "%s: lookup table: ", part->file->name);
    }
    uint64_t count = location.size / sizeof(struct wim_lookup_disk);
    if (count > ENTRY_MAX - wim->entry_count) {
        return error_set(error, "%s: lookup table: %llu entries are too many", part->file->name,
                         (unsigned long long)count);
    }
    part->entries = entries;
    part->entry_count = (uint32_t)count;
    part->first_entry = wim->entry_count;
    wim->entry_count += part->entry_count;
    return 0;
}

/* Where a SHA-1 is in the hash table, or would be: an index of `slots`. -1: the table is not one
 * of evenly spread SHA-1s. */
static int64_t find_slot(const struct wim *wim, const uint8_t sha1[SHA1_SIZE])
{
    uint32_t slot;
    memcpy(&slot, sha1, sizeof(slot));

    for (unsigned probes = 0; probes < PROBE_MAX; probes++, slot++) {
        uint32_t number = wim->slots[slot & wim->slot_mask], part;
        if (!number || !memcmp(wim_lookup_entry(wim, number - 1, &part)->sha1, sha1, SHA1_SIZE)) {
            return slot & wim->slot_mask;
        }
    }
    return -1;
}

/* Count the images and the solid runs, so that their arrays can be allocated. */
static void count_kinds(struct wim *wim)
{
    for (uint32_t p = 0; p < wim->part_count; p++) {
        bool in_run = false;
        for (uint32_t i = 0; i < wim->parts[p].entry_count; i++) {
            const struct wim_lookup_disk *entry = &wim->parts[p].entries[i];
            bool solid = is_solid(wim, p, entry);
            wim->run_count += solid && !in_run;
            in_run = solid;
            wim->image_count += is_image(p, entry);
        }
    }
}

/* Fill the hash table, the images and the solid runs. */
static int index_entries(struct wim *wim, struct error *error)
{
    uint32_t image = 0, run = 0;
    for (uint32_t p = 0; p < wim->part_count; p++) {
        bool in_run = false;
        for (uint32_t i = 0; i < wim->parts[p].entry_count; i++) {
            const struct wim_lookup_disk *entry = &wim->parts[p].entries[i];
            uint32_t number = wim->parts[p].first_entry + i;
            bool solid = is_solid(wim, p, entry);
            if (solid && !in_run) {
                wim->runs[run++].first_entry = number;
            }
            if (solid) {
                wim->runs[run - 1].entry_count++;
                wim->runs[run - 1].resource_count +=
                    entry->resource.original_size == WIM_SOLID_RESOURCE_SIZE;
            }
            in_run = solid;
            if (is_image(p, entry)) {
                wim->images[image++].entry = number;
            }
            if (!is_blob(wim, p, entry)) {
                continue;
            }
            int64_t slot = find_slot(wim, entry->sha1);
            if (slot < 0) {
                return error_set(error,
                                 "%s: lookup table: entry %u: too many SHA-1s are alike; the "
                                 "table is damaged",
                                 wim->parts[p].file->name, i);
            }
            if (!wim->slots[slot]) {
                wim->slots[slot] = number + 1;
            }
        }
    }
    return 0;
}

int wim_lookup_load(struct wim *wim, struct error *error)
{
    for (uint32_t p = 0; p < wim->part_count; p++) {
        if (load_table(wim, p, error)) {
            return -1;
        }
    }
    uint32_t slot_count = 16;
    while (slot_count / 2 < wim->entry_count) {
        slot_count *= 2;
    }
    wim->slot_mask = slot_count - 1;
    wim->slots = wim_allocate_zeroed(wim, slot_count, sizeof(*wim->slots));
    count_kinds(wim);
    wim->images = pool_allocate_array(wim->pool, wim->image_count, sizeof(*wim->images));
    wim->runs = pool_allocate_array(wim->pool, wim->run_count, sizeof(*wim->runs));
    if (wim->slots == NULL || wim->images == NULL || wim->runs == NULL) {
        return error_no_memory(error, "the lookup table of %s (%u entries)", wim->name,
                               wim->entry_count);
    }
    return index_entries(wim, error);
}

bool wim_lookup_is_in_solid(const struct wim_location *location)
{
    return (location->flags & (WIM_RESOURCE_SOLID | WIM_RESOURCE_METADATA)) == WIM_RESOURCE_SOLID &&
           location->size != WIM_SOLID_RESOURCE_SIZE;
}

bool wim_lookup_find(const struct wim *wim, const uint8_t sha1[SHA1_SIZE], uint32_t *entry)
{
    int64_t slot = find_slot(wim, sha1);
    if (slot < 0 || !wim->slots[slot]) {
        return false;
    }
    *entry = wim->slots[slot] - 1;
    return true;
}

uint64_t wim_lookup_size(const struct wim *wim, uint32_t entry)
{
    uint32_t part;
    const struct wim_lookup_disk *disk = wim_lookup_entry(wim, entry, &part);
    struct wim_location location = wim_location(wim, part, &disk->resource);
    return location.flags & WIM_RESOURCE_SOLID ? location.size_in_file : location.size;
}

/* Open all resources of a solid run: their sizes, which offsets count through, are in them. */
static int open_run(struct wim *wim, struct wim_solid_run *run, struct error *error)
{
    uint32_t count = 0;
    run->resources = pool_allocate_array(wim->pool, run->resource_count, sizeof(*run->resources));
    if (run->resources == NULL) {
        return error_no_memory(error, "the solid resources");
    }
    for (uint32_t i = 0; i < run->entry_count; i++) {
        uint32_t part;
        const struct wim_lookup_disk *disk = wim_lookup_entry(wim, run->first_entry + i, &part);
        struct wim_location location = wim_location(wim, part, &disk->resource);
        if (location.size == WIM_SOLID_RESOURCE_SIZE &&
            wim_resource_open_solid(wim, &location, &run->resources[count++], error)) {
            while (count) {
                wim_resource_close(&run->resources[--count]);
            }
            run->resources = NULL;
            return -1;
        }
    }
    return 0;
}

/* Open a blob in a solid resource. */
static int open_in_run(struct wim *wim, uint32_t entry, const struct wim_location *location,
                       struct wim_resource **resource, uint64_t *offset, struct error *error)
{
    struct wim_solid_run *run = wim->runs;
    while (entry - run->first_entry >= run->entry_count) {
        run++;
    }
    if (run->resources == NULL && open_run(wim, run, error)) {
        return -1;
    }
    *offset = location->offset;
    for (uint32_t i = 0; i < run->resource_count; i++) {
        *resource = &run->resources[i];
        if (*offset < (*resource)->size) {
            if (location->size_in_file > (*resource)->size - *offset) {
                break;
            }
            return 0;
        }
        *offset -= (*resource)->size;
    }
    return error_set(
        error, "lookup entry %u: %llu bytes at 0x%llx of the solid data, which ends before", entry,
        (unsigned long long)location->size_in_file, (unsigned long long)location->offset);
}

int wim_lookup_open(struct wim *wim, uint32_t entry, struct wim_resource **resource,
                    uint64_t *offset, struct error *error)
{
    uint32_t part;
    const struct wim_lookup_disk *disk = wim_lookup_entry(wim, entry, &part);
    struct wim_location location = wim_location(wim, part, &disk->resource);
    if (location.flags & WIM_RESOURCE_SOLID) {
        return open_in_run(wim, entry, &location, resource, offset, error);
    }
    *offset = 0;
    *resource = pool_allocate(wim->pool, sizeof(**resource));
    if (*resource == NULL) {
        return error_no_memory(error, "reading a resource");
    }
    return wim_resource_open(wim, &location, *resource, error);
}

void wim_lookup_close(struct wim *wim, uint32_t entry, struct wim_resource *resource)
{
    uint32_t part;
    const struct wim_lookup_disk *disk = wim_lookup_entry(wim, entry, &part);
    if (!is_solid(wim, part, disk)) { /* solid ones stay open for the other blobs in them */
        wim_resource_close(resource);
    }
}
