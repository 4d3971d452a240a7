/* SPDX-License-Identifier: BSD-2-Clause */
/* An open WIM as a whole: opening, closing and querying it. See wim.h. */
#include "wim/wim.h"

#include "base/log.h"
#include "base/memory.h"
#include "compression/decompressor.h"
#include "wim/wim_file.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_metadata.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"
#include "wim/wim_xml.h"

/* The image that boots: by its number in the header, else by the place of its metadata there. */
static void find_boot_index(struct wim *wim)
{
    const struct wim_header_disk *header = &wim->parts[0].header;
    if (header->boot_index > wim->image_count) {
        log_warning("%s: offset 120: marks image %u of %u as the one that boots; ignored",
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

static void release(void *object)
{
    struct wim *wim = object;
    for (uint32_t p = 0; p < wim->part_count && wim->parts != NULL; p++) {
        memory_free(wim->parts[p].entries_memory);
    }
    for (uint32_t i = 0; i < wim->image_count && wim->images != NULL; i++) {
        struct wim_tree *tree = wim->images[i].tree;
        if (tree != NULL) {
            wim_metadata_close(&tree->metadata);
        }
    }
    for (uint32_t r = 0; r < wim->run_count && wim->runs != NULL; r++) {
        for (uint32_t i = 0; i < wim->runs[r].resource_count && wim->runs[r].resources != NULL;
             i++) {
            wim_resource_close(&wim->runs[r].resources[i]);
        }
    }
    wim_file_release(wim);
    memory_free(wim->slots);
    memory_free(wim->verified);
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
    if (wim == NULL || pool_on_destroy(pool, release, wim)) {
        return error_no_memory(error, "opening %s", parts[0]->name);
    }
    wim->pool = pool;
    wim->last_blob = &wim->first_blob;
    wim->added_sizes.pool = wim->added_sha1s.pool = wim->readers.pool = pool;
    if (wim_read_headers(wim, parts, part_count, error) || wim_lookup_load(wim, error) ||
        wim_xml_load(wim, error)) {
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

static int check_changeable(const struct wim *wim, struct error *error)
{
    if (wim->parts[0].pipable) {
        return error_set(error,
                         "%s: is a pipable WIM, which Windows cannot boot and which cannot be "
                         "changed; convert it with wimlib-imagex export",
                         wim->name);
    }
    return 0;
}

int wim_set_boot_index(struct wim *wim, uint32_t index, struct error *error)
{
    if (!index || index > wim->image_count) {
        return error_set(error, "%s: has no image %u to boot; it has %u image%s", wim->name, index,
                         wim->image_count, wim->image_count == 1 ? "" : "s");
    }
    if (check_changeable(wim, error)) {
        return -1;
    }
    wim->changed |= index != wim->boot_index;
    wim->boot_index = index;
    return 0;
}

bool wim_is_changed(const struct wim *wim)
{
    return wim->changed || wim->patched != NULL || (wim->part_count > 1 && !wim->parts[0].pipable);
}

bool wim_has_changed_images(const struct wim *wim)
{
    for (uint32_t i = 0; i < wim->image_count; i++) {
        if (wim->images[i].tree != NULL && wim->images[i].tree->changed) {
            return true;
        }
    }
    return false;
}

bool wim_slim(const struct wim *wim)
{
    return wim->slim;
}

int wim_set_slim(struct wim *wim, bool slim, struct error *error)
{
    if (check_changeable(wim, error)) {
        return -1;
    }
    wim->changed |= slim != wim->slim;
    wim->slim = slim;
    return 0;
}
