/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The WIM with its changes, as a file over the original's bytes.
 *
 *     new header | the original from byte 208 on | added contents | new metadata | new lookup table
 *
 * Added contents are uncompressed, which is valid in any WIM, whatever its compression. The entry
 * of the image keeps its place in the lookup table, because its place is its number. Image count
 * and XML stay; the integrity table is dropped, because it covers the lookup table that is
 * replaced.
 */
#include "wim/wim.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tail.h"
#include "wim/wim_tree.h"

/* What a patch is made of. */
struct patch {
    struct wim *wim;
    struct wim_tail *tail;
    bool needs_table;  /* more than the boot index changes */
    uint64_t *bases;   /* where each part's bytes start in the new file */
    size_t blob_count; /* added and used */
    uint64_t offset;   /* in the new file, of what is written next */
    struct wim_header_disk *header;
    struct wim_lookup_disk *table;
    uint32_t entry_count; /* written */
    const struct file **pieces;
    size_t piece_count;
};

static int add_piece(struct patch *patch, const struct file *piece, struct error *error)
{
    if (piece == NULL) {
        return error_no_memory(error, "patching the WIM");
    }
    patch->pieces[patch->piece_count++] = piece;
    patch->offset += piece->size;
    return 0;
}

/* Fill up to a multiple of 8. */
static int add_padding(struct patch *patch, struct error *error)
{
    uint64_t padding = wim_align8(patch->offset) - patch->offset;
    return padding ? add_piece(patch, file_from_zeros(patch->wim->pool, "", padding), error) : 0;
}

/* The added contents and their lookup entries. */
static int add_contents(struct patch *patch, struct error *error)
{
    struct wim *wim = patch->wim;
    for (struct wim_added_blob *blob = wim->first_blob; blob != NULL; blob = blob->next) {
        if (!blob->references) {
            continue;
        }
        struct wim_lookup_disk *entry = &patch->table[patch->entry_count++];
        *entry = (struct wim_lookup_disk){
            .resource = {.size_and_flags = blob->file->size,
                         .offset = patch->offset,
                         .original_size = blob->file->size},
            .part_number = 1,
            .references = blob->references,
        };
        if (wim_tail_await_sha1(patch->tail, blob, entry->sha1, error)) {
            return -1;
        }
        if (blob->file->size >> 56) {
            return error_set(error, "%s: is too large for a WIM", blob->file->name);
        }
        if (add_piece(patch, blob->file, error) || add_padding(patch, error)) {
            return -1;
        }
    }
    return 0;
}

/* Write the new metadata and point their images' lookup entries to them. */
static int write_metadata(struct patch *patch, struct error *error)
{
    uint64_t offset = patch->offset;
    for (size_t i = 0; i < patch->tail->metadata_count; i++) {
        struct new_metadata *metadata = &patch->tail->metadata[i];
        uint32_t number = patch->wim->images[metadata->tree->index - 1].entry;
        struct wim_lookup_disk *entry = &patch->table[number];
        if (wim_tail_write_metadata(patch->tail, metadata, error)) {
            return -1;
        }
        entry->resource = (struct wim_resource_disk){
            .size_and_flags = metadata->size | (uint64_t)WIM_RESOURCE_METADATA << 56,
            .offset = offset,
            .original_size = metadata->size,
        };
        metadata->sha1_place = entry->sha1;
        offset += metadata->size;
    }
    return 0;
}

/* The number of references to an entry's contents after the changes. */
static uint32_t count_references(const struct wim *wim, uint32_t number, uint32_t references)
{
    int32_t change = wim->reference_changes ? wim->reference_changes[number] : 0;

    /* WIMs with counts that are too low exist: what is used more often than they say may still be
     * used. */
    if (change < 0 && references < (uint32_t)-change) {
        return 1;
    }
    return references + (uint32_t)change;
}

/*
 * Copy the lookup tables of all parts, with the counts of references as they are now.
 *
 * @param bases where each part's bytes start in the new file
 */
static void copy_tables(struct patch *patch, const uint64_t *bases)
{
    const struct wim *wim = patch->wim;
    for (uint32_t p = 0; p < wim->part_count; p++) {
        const struct wim_part *part = &wim->parts[p];
        for (uint32_t i = 0; i < part->entry_count; i++) {
            struct wim_lookup_disk *entry = &patch->table[patch->entry_count++];
            *entry = part->entries[i];
            entry->references = count_references(wim, part->first_entry + i, entry->references);
            struct wim_location location = wim_location(wim, p, &entry->resource);
            bool is_in_solid =
                location.flags & WIM_RESOURCE_SOLID && location.size != WIM_SOLID_RESOURCE_SIZE;
            if (!is_in_solid) { /* else the offset is one in the solid data */
                entry->resource.offset += bases[p];
            }
            /* In a set, an entry of another part means nothing, before and after. */
            if (wim->part_count > 1) {
                entry->part_number = entry->part_number == part->header.part_number;
            }
            if (p && location.flags & WIM_RESOURCE_METADATA) { /* only part 1's are images */
                entry->references = 0;
            }
        }
    }
}

/* Check that the tables can follow each other: two runs of solid entries that touch would
 * become one, and count their offsets as one. */
static int check_joint(const struct wim *wim, struct error *error)
{
    for (uint32_t r = 1; r < wim->run_count; r++) {
        const struct wim_solid_run *before = &wim->runs[r - 1];
        if (before->first_entry + before->entry_count == wim->runs[r].first_entry) {
            return error_set(error, "its solid data cannot be joined with that of the part before; "
                                    "make one WIM of it with wimlib-imagex join");
        }
    }
    return 0;
}

/* Allocate everything that is new in one piece and divide it: header, metadata, table. */
static int allocate(struct patch *patch, struct error *error)
{
    struct wim *wim = patch->wim;
    struct wim_tail *tail = patch->tail;
    uint64_t table_capacity =
        patch->needs_table ? wim->entry_count + (uint64_t)patch->blob_count : 0;
    uint64_t size = sizeof(*patch->header) + table_capacity * sizeof(*patch->table);
    for (size_t i = 0; i < tail->metadata_count; i++) {
        size += tail->metadata[i].size;
    }
    uint8_t *bytes = size <= SIZE_MAX ? pool_allocate_content(wim->pool, (size_t)size) : NULL;
    if (bytes == NULL) {
        return error_no_memory(error, "%llu bytes of new metadata", (unsigned long long)size);
    }
    patch->header = (struct wim_header_disk *)bytes;
    *patch->header = wim->parts[0].header;
    bytes += sizeof(*patch->header);
    tail->bytes = bytes;
    for (size_t i = 0; i < tail->metadata_count; i++) {
        tail->metadata[i].bytes = bytes;
        bytes += tail->metadata[i].size;
    }
    patch->table = (struct wim_lookup_disk *)bytes;
    return 0;
}

/* Start the new file: its header, the original's bytes after the old one, all other parts. */
static int add_originals(struct patch *patch, struct error *error)
{
    struct wim *wim = patch->wim;
    const struct file *original = wim->parts[0].file;
    size_t size = sizeof(*patch->header);
    struct file *rest;
    if (file_slice(wim->pool, original, size, original->size - size, &rest, error) ||
        add_piece(patch, file_from_memory(wim->pool, "", patch->header, size), error) ||
        add_piece(patch, rest, error)) {
        return -1;
    }
    for (uint32_t p = 1; p < wim->part_count; p++) {
        if (add_padding(patch, error)) {
            return -1;
        }
        patch->bases[p] = patch->offset;
        if (add_piece(patch, wim->parts[p].file, error)) {
            return -1;
        }
    }
    return 0;
}

/* Add all that is new, and point the header to it. */
static int add_changes(struct patch *patch, struct error *error)
{
    struct wim_header_disk *header = patch->header;
    copy_tables(patch, patch->bases);
    if (add_padding(patch, error) || add_contents(patch, error) || write_metadata(patch, error)) {
        return -1;
    }
    uint64_t metadata_size = (uint64_t)((uint8_t *)patch->table - patch->tail->bytes);
    uint64_t table_size = patch->entry_count * sizeof(*patch->table);
    uint64_t flags = header->lookup_table.size_and_flags >> 56 & ~(uint64_t)WIM_RESOURCE_COMPRESSED;
    header->lookup_table = (struct wim_resource_disk){.size_and_flags = table_size | flags << 56,
                                                      .offset = patch->offset + metadata_size,
                                                      .original_size = table_size};
    header->integrity_table = (struct wim_resource_disk){0};
    header->part_number = header->part_count = 1;
    header->flags &= ~(uint32_t)WIM_FLAG_SPANNED;
    return add_piece(patch, wim_tail_file(patch->tail, metadata_size + table_size), error);
}

/* Write into the header which image boots and where its metadata is. */
static void mark_boot_image(struct patch *patch)
{
    const struct wim *wim = patch->wim;
    const struct wim_lookup_disk *table = patch->needs_table ? patch->table : wim->parts[0].entries;
    patch->header->boot_index = wim->boot_index;
    if (wim->boot_index) {
        patch->header->boot_metadata = table[wim->images[wim->boot_index - 1].entry].resource;
    }
}

/* The name of the new file: the original's, but .wim instead of .swm for a split set. NULL
 * without memory. */
static const char *patched_name(const struct wim *wim)
{
    size_t length = strlen(wim->name);
    char *name = pool_copy_string(wim->pool, wim->name);
    if (name != NULL && wim->part_count > 1 && length > 4 &&
        utf8_equal(name + length - 4, ".swm")) {
        memcpy(name + length - 4, ".wim", 4);
    }
    return name;
}

static int make_file(struct patch *patch, struct file **file, struct error *error)
{
    struct wim *wim = patch->wim;
    const struct file *original = wim->parts[0].file;
    if (check_joint(wim, error) || allocate(patch, error) || add_originals(patch, error) ||
        (patch->needs_table && add_changes(patch, error))) {
        return -1;
    }
    mark_boot_image(patch);
    const char *name = patched_name(wim);
    if (name == NULL) {
        return error_no_memory(error, "patching the WIM");
    }
    if (file_join(wim->pool, name, patch->pieces, patch->piece_count, file, error)) {
        return -1;
    }
    (*file)->path = original->path;
    (*file)->note = original->note;
    return 0;
}

/* A tail with the images that changed. NULL, with the reason, without memory. */
static struct wim_tail *make_tail(struct wim *wim, struct error *error)
{
    struct wim_tail *tail = pool_allocate(wim->pool, sizeof(*tail));
    struct new_metadata *metadata =
        pool_allocate_array(wim->pool, wim->image_count, sizeof(*metadata));
    if (tail == NULL || metadata == NULL) {
        error_no_memory(error, "patching the WIM");
        return NULL;
    }
    *tail = (struct wim_tail){.wim = wim, .metadata = metadata};
    for (uint32_t i = 0; i < wim->image_count; i++) {
        struct wim_tree *tree = wim->images[i].tree;
        if (tree == NULL || !tree->changed) {
            continue;
        }
        metadata[tail->metadata_count].tree = tree;
        if (wim_tail_measure(&metadata[tail->metadata_count++], error)) {
            return NULL;
        }
    }
    return tail;
}

static int make_patch(struct wim *wim, struct file **file, struct error *error)
{
    struct patch patch = {.wim = wim, .tail = make_tail(wim, error)};
    int result = patch.tail != NULL ? 0 : -1;
    for (const struct wim_added_blob *blob = wim->first_blob; blob != NULL; blob = blob->next) {
        patch.blob_count += blob->references != 0;
    }
    patch.bases = memory_allocate_zeroed(wim->part_count, sizeof(*patch.bases));
    /* Header, tail; each part and content with its padding. */
    size_t most = 2 + 2 * (wim->part_count + patch.blob_count);
    patch.pieces = memory_allocate_array(most, sizeof(*patch.pieces));
    if (!result && (patch.bases == NULL || patch.pieces == NULL)) {
        result = error_no_memory(error, "patching the WIM");
    }
    if (!result) {
        patch.needs_table = patch.tail->metadata_count || wim->part_count > 1;
        result = make_file(&patch, file, error);
    }
    memory_free(patch.bases);
    memory_free(patch.pieces);
    return result;
}

int wim_patch(struct wim *wim, const struct file **patched, struct error *error)
{
    const struct wim_part *first = &wim->parts[0];
    bool is_to_be_joined = wim->part_count > 1 && !first->pipable;
    struct file *file;
    if (wim->changed || (is_to_be_joined && wim->patched == NULL)) {
        if (make_patch(wim, &file, error)) {
            return error_prefix(error, "%s: ", wim->name);
        }
        wim->patched = file;
        wim->changed = false;
    }
    *patched = wim->patched != NULL ? wim->patched : first->file;
    return 0;
}
