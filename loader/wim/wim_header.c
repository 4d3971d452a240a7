/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening a WIM: the header of each part, whether the parts belong together, and the facts that the
 * header gives. Not responsible for what the header points to (wim_lookup.c, wim_xml.c).
 *
 * A WIM starts with a header of 208 bytes, the only thing in it with a fixed place. In a pipable
 * WIM (an extension of wimlib's) that one is incomplete, and the complete one is the last 208 bytes
 * of the file.
 */
#include "wim/wim_internal.h"

#include <string.h>

#include "base/log.h"

static const char magic_normal[8] = "MSWIM\0\0";
static const char magic_pipable[8] = "WLPWM\0\0";

/** Read and check the header of one part. */
static int read_header(const struct file *file, struct wim_part *part, struct error *error)
{
    struct wim_header_disk *header = &part->header;

    if (file->size < sizeof(*header)) {
        return error_set(error,
                         "%s: has %llu bytes, less than a WIM's header; was the download cut?",
                         file->name, (unsigned long long)file->size);
    }
    if (file_read(file, 0, header, sizeof(*header), error)) {
        return -1;
    }
    part->file = file;
    part->pipable = !memcmp(header->magic, magic_pipable, sizeof(magic_pipable));
    if (part->pipable &&
        file_read(file, file->size - sizeof(*header), header, sizeof(*header), error)) {
        return -1;
    }
    if (memcmp(header->magic, part->pipable ? magic_pipable : magic_normal,
               sizeof(header->magic))) {
        return error_set(error, "%s: offset 0: is not a WIM (no MSWIM at its %s)", file->name,
                         part->pipable ? "end; was the download cut?" : "start");
    }
    if (header->header_size != sizeof(*header)) {
        return error_set(error, "%s: offset 8: header of %u bytes, not 208", file->name,
                         header->header_size);
    }
    if (header->version != WIM_VERSION_NORMAL && header->version != WIM_VERSION_SOLID) {
        return error_set(error, "%s: offset 12: WIM version 0x%x is not known", file->name,
                         header->version);
    }
    if (!header->part_number || header->part_number > header->part_count) {
        return error_set(error, "%s: offset 40: part %u of %u", file->name, header->part_number,
                         header->part_count);
    }
    return 0;
}

/** Find out the compression that the header names. */
static int read_compression(struct wim *wim, struct error *error)
{
    const struct wim_header_disk *header = &wim->parts[0].header;

    if (!(header->flags & WIM_FLAG_COMPRESSION)) {
        return 0;
    }
    wim->decompressor = decompressor_find_wim_flags(header->flags);
    if (wim->decompressor == NULL) {
        return error_set(error,
                         "%s: offset 16: compressed in a way that this build of wimboot does not "
                         "know (flags 0x%x)",
                         wim->name, header->flags);
    }
    uint32_t size = header->chunk_size;
    if (size < 4096 || size > 1u << 30 || size & (size - 1)) {
        return error_set(error, "%s: offset 20: chunk size %u is not allowed", wim->name, size);
    }
    wim->chunk_order = (unsigned)__builtin_ctz(size);
    return 0;
}

/** Sort the parts by their numbers, and check that they are one complete set. */
static int arrange_parts(struct wim *wim, const struct file *const *files, size_t count,
                         struct error *error)
{
    const struct wim_part *first = NULL;

    for (size_t i = 0; i < count; i++) {
        struct wim_part part = {0};
        if (read_header(files[i], &part, error)) {
            return -1;
        }
        const struct wim_header_disk *header = &part.header;
        if (header->part_count != count) {
            return error_set(error,
                             "%s: is part %u of a WIM split into %u, but %zu part%s given; all "
                             "are needed",
                             part.file->name, header->part_number, header->part_count, count,
                             count == 1 ? " was" : "s were");
        }
        if (!i) {
            wim->parts = pool_allocate(wim->pool, count * sizeof(*wim->parts));
            if (!wim->parts) {
                return error_set(error, "%s: no memory to open it", part.file->name);
            }
            wim->part_count = header->part_count;
        }
        struct wim_part *place = &wim->parts[header->part_number - 1];
        if (place->file) {
            return error_set(error, "%s and %s are both part %u of the split WIM",
                             place->file->name, part.file->name, header->part_number);
        }
        *place = part;
        if (header->flags & WIM_FLAG_WRITE_IN_PROGRESS) {
            log_warning("%s: is marked as not completely written", part.file->name);
        }
        if (!first) {
            first = place;
        }
        if (memcmp(header->guid, first->header.guid, sizeof(header->guid)) ||
            header->version != first->header.version ||
            header->chunk_size != first->header.chunk_size || part.pipable != first->pipable) {
            return error_set(error, "%s and %s are not parts of the same split WIM",
                             first->file->name, part.file->name);
        }
    }
    wim->name = wim->parts[0].file->name;
    return 0;
}

/** The image that boots: by its number in the header, else by the place of its metadata there. */
static void find_boot_index(struct wim *wim)
{
    const struct wim_header_disk *header = &wim->parts[0].header;

    if (header->boot_index > wim->image_count) {
        log_warning("%s: offset 120: marks image %u of %u as the one that boots; no mark assumed",
                    wim->name, header->boot_index, wim->image_count);
    } else {
        wim->boot_index = header->boot_index;
    }
    for (uint32_t i = 0; i < wim->image_count && !header->boot_index; i++) {
        uint32_t part;
        const struct wim_lookup_disk *entry = wim_lookup_entry(wim, wim->images[i].entry, &part);
        if (!part && entry->resource.offset == header->boot_metadata.offset) {
            wim->boot_index = i + 1;
        }
    }
}

size_t wim_collect_parts(const struct file *file, const struct file *const *candidates,
                         size_t candidate_count, const struct file **parts)
{
    struct wim_part wanted = {0}, part = {0};
    size_t count = 0;

    parts[count++] = file;
    if (read_header(file, &wanted, NULL) || wanted.header.part_count == 1) {
        return count;
    }
    for (size_t i = 0; i < candidate_count; i++) {
        const struct wim_header_disk *header = &part.header;
        if (candidates[i] != file && !read_header(candidates[i], &part, NULL) &&
            header->part_number != wanted.header.part_number &&
            header->part_count == wanted.header.part_count &&
            !memcmp(header->guid, wanted.header.guid, sizeof(header->guid))) {
            parts[count++] = candidates[i];
        }
    }
    return count;
}

static void release(void *object)
{
    struct wim *wim = object;

    for (uint32_t p = 0; p < wim->part_count && wim->parts; p++) {
        memory_free(wim->parts[p].entries_memory);
    }
    for (uint32_t i = 0; i < wim->image_count && wim->images; i++) {
        struct wim_tree *tree = wim->images[i].tree;
        if (tree) {
            wim_metadata_close(&tree->metadata);
        }
    }
    for (uint32_t r = 0; r < wim->run_count && wim->runs; r++) {
        for (uint32_t i = 0; i < wim->runs[r].resource_count && wim->runs[r].resources; i++) {
            wim_resource_close(&wim->runs[r].resources[i]);
        }
    }
    wim_file_release(wim);
    memory_free(wim->slots);
    memory_free(wim->reference_changes);
    memory_free(wim->size_filter);
    memory_free(wim->window.bytes);
    memory_free(wim->chunk.bytes);
    memory_free(wim->workspace.bytes);
}

int wim_open(struct pool *pool, const struct file *const *parts, size_t part_count,
             struct wim **result, struct error *error)
{
    if (!part_count) {
        return error_set(error, "no WIM was given to open");
    }
    struct wim *wim = pool_allocate(pool, sizeof(*wim));
    if (!wim || pool_on_destroy(pool, release, wim)) {
        return error_set(error, "%s: no memory to open it", parts[0]->name);
    }
    wim->pool = pool;
    wim->last_blob = &wim->first_blob;
    wim->added_sizes.pool = wim->added_sha1s.pool = wim->readers.pool = pool;
    if (arrange_parts(wim, parts, part_count, error) || read_compression(wim, error) ||
        wim_lookup_load(wim, error) || wim_xml_load(wim, error)) {
        return -1;
    }
    find_boot_index(wim);
    *result = wim;
    return 0;
}

const struct file *wim_part(const struct wim *wim, uint32_t number)
{
    return number && number <= wim->part_count ? wim->parts[number - 1].file : NULL;
}

uint32_t wim_image_count(const struct wim *wim)
{
    return wim->image_count;
}

const struct wim_image *wim_image(const struct wim *wim, uint32_t index)
{
    return index && index <= wim->image_count ? &wim->images[index - 1].info : NULL;
}

const char *wim_compression(const struct wim *wim)
{
    return wim->decompressor == NULL ? "none" : wim->decompressor->name;
}

uint32_t wim_chunk_size(const struct wim *wim)
{
    return wim->decompressor != NULL ? 1u << wim->chunk_order : 0;
}

uint32_t wim_boot_index(const struct wim *wim)
{
    return wim->boot_index;
}

int wim_set_boot_index(struct wim *wim, uint32_t index, struct error *error)
{
    if (!index || index > wim->image_count) {
        return error_set(error, "%s: has no image %u to boot; it has %u image%s", wim->name, index,
                         wim->image_count, wim->image_count == 1 ? "" : "s");
    }
    if (wim->parts[0].pipable) {
        return error_set(error,
                         "%s: is a pipable WIM, which Windows cannot boot and which cannot be "
                         "changed; convert it with wimlib-imagex export",
                         wim->name);
    }
    wim->changed |= index != wim->boot_index;
    wim->boot_index = index;
    return 0;
}
