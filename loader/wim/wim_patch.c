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
 *
 * A slim patch (wim_slim.h) has of the original only what the image that boots needs, and after the
 * lookup table a new XML.
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
#include "wim/wim_slim.h"
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
    const struct wim_slim *slim; /* NULL: everything is kept */
    uint32_t slim_image;         /* the place in `table` of the only image's entry */
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
        if (!blob->kept_references) {
            continue;
        }
        struct wim_lookup_disk *entry = &patch->table[patch->entry_count++];
        *entry = (struct wim_lookup_disk){
            .resource = {.size_and_flags = blob->file->size,
                         .offset = patch->offset,
                         .original_size = blob->file->size},
            .part_number = 1,
            .references = blob->kept_references,
        };
        if (wim_tail_await_sha1(patch->tail, blob, entry->sha1, &entry->resource, error)) {
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

/* The lookup entry of an image in the new table. */
static struct wim_lookup_disk *image_entry(const struct patch *patch, uint32_t index)
{
    return &patch->table[patch->slim != NULL ? patch->slim_image
                                             : patch->wim->images[index - 1].entry];
}

/* Write the new metadata and point their images' lookup entries to them. */
static int write_metadata(struct patch *patch, struct error *error)
{
    uint64_t offset = patch->offset;
    for (size_t i = 0; i < patch->tail->metadata_count; i++) {
        struct new_metadata *metadata = &patch->tail->metadata[i];
        struct wim_lookup_disk *entry = image_entry(patch, metadata->tree->index);
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

/* Copy an entry of a lookup table to the new one, with the place of its resource there. */
static void copy_entry(struct patch *patch, uint32_t p, uint32_t i)
{
    const struct wim *wim = patch->wim;
    const struct wim_part *part = &wim->parts[p];
    const struct wim_slim *slim = patch->slim;
    struct wim_lookup_disk *entry = &patch->table[patch->entry_count++];
    uint32_t number = part->first_entry + i;
    *entry = part->entries[i];
    entry->references =
        slim != NULL ? slim->references[number] : count_references(wim, number, entry->references);
    struct wim_location location = wim_location(wim, p, &entry->resource);
    if (!wim_lookup_is_in_solid(&location)) { /* else the offset is one in the solid data */
        uint64_t offset = location.offset;
        entry->resource.offset =
            (slim != NULL ? wim_kept_place(&slim->parts[p], offset) : offset) + patch->bases[p];
    }
    /* In a set, an entry of another part means nothing, before and after. */
    if (wim->part_count > 1) {
        entry->part_number = entry->part_number == part->header.part_number;
    }
    if (p && location.flags & WIM_RESOURCE_METADATA) { /* only part 1's are images */
        entry->references = 0;
    }
}

/* Copy the lookup tables of all parts, with the counts of references as they are now. */
static void copy_tables(struct patch *patch)
{
    const struct wim *wim = patch->wim;
    const struct wim_slim *slim = patch->slim;
    for (uint32_t p = 0; p < wim->part_count; p++) {
        for (uint32_t i = 0; i < wim->parts[p].entry_count; i++) {
            uint32_t number = wim->parts[p].first_entry + i;
            if (slim != NULL && number == wim->images[slim->tree->index - 1].entry) {
                patch->slim_image = patch->entry_count;
            }
            if (slim == NULL || slim->references[number]) {
                copy_entry(patch, p, i);
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

/* Allocate everything that is new in one piece and divide it: header, metadata, table, XML. */
static int allocate(struct patch *patch, struct error *error)
{
    struct wim *wim = patch->wim;
    struct wim_tail *tail = patch->tail;
    uint64_t old_count = patch->slim != NULL ? patch->slim->entry_count : wim->entry_count;
    uint64_t table_capacity = patch->needs_table ? old_count + patch->blob_count : 0;
    uint64_t size = sizeof(*patch->header) + table_capacity * sizeof(*patch->table) +
                    (patch->slim != NULL ? wim_slim_xml_capacity(patch->slim) : 0);
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

/* Add bytes of a part. */
static int add_range(struct patch *patch, const struct file *file, uint64_t offset, uint64_t length,
                     struct error *error)
{
    struct file *slice;
    return file_slice(patch->wim->pool, file, offset, length, &slice, error) ||
                   add_piece(patch, slice, error)
               ? -1
               : 0;
}

/* Add what is kept of a part. @param skipped bytes at its start that are not the original's */
static int add_part(struct patch *patch, uint32_t p, size_t skipped, struct error *error)
{
    const struct file *file = patch->wim->parts[p].file;
    if (patch->slim == NULL) {
        return add_range(patch, file, skipped, file->size - skipped, error);
    }
    const struct wim_kept *kept = &patch->slim->parts[p];
    for (uint32_t run = 0; run < kept->run_count; run++) {
        uint64_t offset, length;
        wim_kept_range(kept, run, &offset, &length);
        if (add_range(patch, file, offset + skipped, length - skipped, error)) {
            return -1;
        }
        skipped = 0;
    }
    return 0;
}

/* Start the new file: its header, the original's bytes after the old one, all other parts. */
static int add_originals(struct patch *patch, struct error *error)
{
    struct wim *wim = patch->wim;
    size_t size = sizeof(*patch->header);
    if (add_piece(patch, file_from_memory(wim->pool, "", patch->header, size), error) ||
        add_part(patch, 0, size, error)) {
        return -1;
    }
    for (uint32_t p = 1; p < wim->part_count; p++) {
        if (add_padding(patch, error)) {
            return -1;
        }
        patch->bases[p] = patch->offset;
        if (add_part(patch, p, 0, error)) {
            return -1;
        }
    }
    return 0;
}

/* Add all that is new, and point the header to it. */
static int add_changes(struct patch *patch, struct error *error)
{
    struct wim_header_disk *header = patch->header;
    copy_tables(patch);
    if (add_padding(patch, error) || add_contents(patch, error) || write_metadata(patch, error)) {
        return -1;
    }
    uint64_t metadata_size = (uint64_t)((uint8_t *)patch->table - patch->tail->bytes);
    uint64_t table_size = patch->entry_count * sizeof(*patch->table);
    uint64_t flags = header->lookup_table.size_and_flags >> 56 & ~(uint64_t)WIM_RESOURCE_COMPRESSED;
    header->lookup_table = (struct wim_resource_disk){.size_and_flags = table_size | flags << 56,
                                                      .offset = patch->offset + metadata_size,
                                                      .original_size = table_size};
    uint64_t xml_size = 0;
    if (patch->slim != NULL) {
        uint64_t offset = header->lookup_table.offset + table_size;
        uint8_t *after_table = (uint8_t *)patch->table + table_size;
        xml_size = wim_slim_write_xml(patch->slim, offset, after_table);
        flags = header->xml.size_and_flags >> 56 & ~(uint64_t)WIM_RESOURCE_COMPRESSED;
        header->xml = (struct wim_resource_disk){
            .size_and_flags = xml_size | flags << 56, .offset = offset, .original_size = xml_size};
        header->image_count = 1;
    }
    header->integrity_table = (struct wim_resource_disk){0};
    header->part_number = header->part_count = 1;
    header->flags &= ~(uint32_t)WIM_FLAG_SPANNED;
    return add_piece(patch, wim_tail_file(patch->tail, metadata_size + table_size + xml_size),
                     error);
}

/* Write into the header which image boots and where its metadata is. */
static void mark_boot_image(struct patch *patch)
{
    const struct wim *wim = patch->wim;
    uint32_t index = wim->boot_index;
    patch->header->boot_index = index && patch->slim != NULL ? 1 : index;
    if (index) {
        patch->header->boot_metadata =
            patch->needs_table ? image_entry(patch, index)->resource
                               : wim->parts[0].entries[wim->images[index - 1].entry].resource;
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
    if ((patch->slim == NULL && check_joint(wim, error)) || allocate(patch, error) ||
        add_originals(patch, error) || (patch->needs_table && add_changes(patch, error))) {
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

/* A tail with the images that changed, of those that are kept. NULL, with the reason, without
 * memory. */
static struct wim_tail *make_tail(struct wim *wim, const struct wim_slim *slim, struct error *error)
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
        if (tree == NULL || !tree->changed || (slim != NULL && tree != slim->tree)) {
            continue;
        }
        metadata[tail->metadata_count].tree = tree;
        if (wim_tail_measure(&metadata[tail->metadata_count++], error)) {
            return NULL;
        }
    }
    return tail;
}

/* Make the patch of what is known to be kept. */
static int assemble(struct patch *patch, struct file **file, struct error *error)
{
    struct wim *wim = patch->wim;
    patch->tail = make_tail(wim, patch->slim, error);
    if (patch->tail == NULL) {
        return -1;
    }
    for (struct wim_added_blob *blob = wim->first_blob; blob != NULL; blob = blob->next) {
        if (patch->slim == NULL) {
            blob->kept_references = blob->references;
        }
        patch->blob_count += blob->kept_references != 0;
    }
    /* Header, tail; each run of a part, and content, with its padding. */
    size_t run_count = patch->slim != NULL ? patch->slim->run_count : wim->part_count;
    size_t most = 2 + wim->part_count + run_count + 2 * patch->blob_count;
    patch->pieces = memory_allocate_array(most, sizeof(*patch->pieces));
    if (patch->pieces == NULL) {
        return error_no_memory(error, "patching the WIM");
    }
    patch->needs_table = patch->tail->metadata_count || wim->part_count > 1 || patch->slim != NULL;
    return make_file(patch, file, error);
}

static int make_patch(struct wim *wim, struct file **file, struct error *error)
{
    struct patch patch = {.wim = wim};
    struct wim_slim slim = {0};
    uint32_t image = wim->boot_index ? wim->boot_index : 1;
    int result = 0;
    if (wim->slim) {
        patch.slim = &slim;
        result = wim_slim_start(&slim, wim, image, error);
    }
    patch.bases = memory_allocate_zeroed(wim->part_count, sizeof(*patch.bases));
    if (!result && patch.bases == NULL) {
        result = error_no_memory(error, "patching the WIM");
    }
    if (!result) {
        result = assemble(&patch, file, error);
    }
    memory_free(patch.bases);
    memory_free(patch.pieces);
    wim_slim_end(&slim);
    return result ? -1 : 0;
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
