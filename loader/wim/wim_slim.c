/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one image needs of a WIM. See wim_slim.h.
 *
 * The image's tree says which contents it uses, and how often: the counts in the lookup table are
 * for all images together, and some WIMs have wrong ones. Of a run of solid entries all resources
 * are kept if one blob in them is, because the places of blobs count through all of them.
 */
#include "wim/wim_slim.h"

#include "base/format.h"
#include "base/memory.h"
#include "base/unicode.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_node.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_xml.h"

static void count_reference(struct wim_slim *slim, const uint8_t sha1[SHA1_SIZE])
{
    uint32_t entry;
    if (!wim_sha1_is_zero(sha1) && wim_lookup_find(slim->wim, sha1, &entry)) {
        slim->references[entry]++;
    }
}

/* Count what the image uses. */
static int count_references(struct wim_slim *slim, struct error *error)
{
    struct wim_tree *tree = slim->tree;
    for (struct wim_added_blob *blob = slim->wim->first_blob; blob != NULL; blob = blob->next) {
        blob->kept_references = 0;
    }
    for (struct wim_node *node = &tree->root; node != NULL;) {
        const struct wim_stream_disk *stream = NULL;
        unsigned number = 0;
        if (node->added_contents != NULL) {
            node->added_contents->kept_references++;
        }
        count_reference(slim, node->entry->sha1);
        while ((stream = wim_node_next_stream(node, stream, &number)) != NULL) {
            count_reference(slim, stream->sha1);
        }
        if (wim_tree_next(tree, &tree->root, &node, error)) {
            return -1;
        }
    }
    slim->references[slim->wim->images[tree->index - 1].entry] = 1;
    return 0;
}

/* Where the resource of a lookup entry is. */
static struct wim_location location_of(const struct wim *wim, uint32_t entry)
{
    uint32_t part;
    const struct wim_lookup_disk *disk = wim_lookup_entry(wim, entry, &part);
    return wim_location(wim, part, &disk->resource);
}

/* Keep the resources of each run of solid entries that has a blob that is kept. */
static int keep_solid(struct wim_slim *slim, struct error *error)
{
    const struct wim *wim = slim->wim;
    const struct wim_solid_run *before = NULL;
    for (uint32_t r = 0; r < wim->run_count; r++) {
        const struct wim_solid_run *run = &wim->runs[r];
        bool is_kept = false;
        for (uint32_t i = 0; i < run->entry_count; i++) {
            is_kept |= slim->references[run->first_entry + i] != 0;
        }
        for (uint32_t i = 0; i < run->entry_count && is_kept; i++) {
            uint32_t entry = run->first_entry + i;
            if (location_of(wim, entry).size == WIM_SOLID_RESOURCE_SIZE) {
                slim->references[entry] = 1;
            }
        }
        /* Two runs that touch would become one, and count their offsets as one. */
        bool touches = is_kept && before != NULL;
        for (uint32_t i = before != NULL ? before->first_entry + before->entry_count : 0;
             touches && i < run->first_entry; i++) {
            touches = slim->references[i] == 0;
        }
        if (touches) {
            return error_set(error, "its solid data cannot be put together without the other "
                                    "images; boot it without slim, or make a WIM of this image "
                                    "with wimlib-imagex export");
        }
        before = is_kept ? run : before;
    }
    return 0;
}

/* Keep the bytes of all resources that are kept. */
static int keep_bytes(struct wim_slim *slim, struct error *error)
{
    const struct wim *wim = slim->wim;
    for (uint32_t p = 0; p < wim->part_count; p++) {
        const struct wim_part *part = &wim->parts[p];
        struct wim_kept *kept = &slim->parts[slim->part_count++];
        if (wim_kept_start(kept, part->file, error) ||
            (!p && wim_kept_add(kept, 0, sizeof(struct wim_header_disk), error))) {
            return -1;
        }
        for (uint32_t i = 0; i < part->entry_count; i++) {
            uint32_t entry = part->first_entry + i;
            struct wim_location location = location_of(wim, entry);
            bool is_rewritten =
                slim->tree->changed && entry == wim->images[slim->tree->index - 1].entry;
            if (!slim->references[entry]) {
                continue;
            }
            slim->entry_count++;
            if (!is_rewritten && !wim_lookup_is_in_solid(&location) &&
                wim_kept_add(kept, location.offset, location.size_in_file, error)) {
                return error_prefix(error, "lookup table: entry %u: ", i);
            }
        }
        if (wim_kept_finish(kept, error)) {
            return -1;
        }
        slim->run_count += kept->run_count;
    }
    return 0;
}

/* ---- the XML ---- */

/* What is around the text about the only image. */
static const char xml_start[] = "\ufeff<WIM><TOTALBYTES>%llu</TOTALBYTES><IMAGE INDEX=\"1\">";
static const char xml_end[] = "</IMAGE></WIM>";

enum { XML_START_MAX = sizeof(xml_start) + 20 /* digits */ };

uint64_t wim_slim_xml_capacity(const struct wim_slim *slim)
{
    uint64_t units = utf16_from_utf8(slim->xml_text, slim->xml_length, NULL, 0);
    return (XML_START_MAX + units + sizeof(xml_end)) * sizeof(uint16_t);
}

size_t wim_slim_write_xml(const struct wim_slim *slim, uint64_t offset, void *xml)
{
    char start[XML_START_MAX];
    uint16_t *units = xml;
    size_t count = 0, capacity = (size_t)wim_slim_xml_capacity(slim) / sizeof(*units);
    size_t length = format_string(start, sizeof(start), xml_start, (unsigned long long)offset);
    count += utf16_from_utf8(start, length, units, capacity);
    count += utf16_from_utf8(slim->xml_text, slim->xml_length, units + count, capacity - count);
    count += utf16_from_utf8(xml_end, sizeof(xml_end) - 1, units + count, capacity - count);
    return count * sizeof(*units);
}

/* ---- the whole ---- */

int wim_slim_start(struct wim_slim *slim, struct wim *wim, uint32_t image, struct error *error)
{
    *slim = (struct wim_slim){.wim = wim, .tree = wim_tree(wim, image, error)};
    if (slim->tree == NULL || wim_tree_verify(slim->tree, error)) {
        return -1;
    }
    slim->references = wim_allocate_zeroed(wim, wim->entry_count, sizeof(*slim->references));
    slim->parts = memory_allocate_zeroed(wim->part_count, sizeof(*slim->parts));
    if (slim->references == NULL || slim->parts == NULL) {
        return error_no_memory(error, "what image %u needs", image);
    }
    if (count_references(slim, error) || keep_solid(slim, error) || keep_bytes(slim, error)) {
        return -1;
    }
    return wim_xml_image_text(wim, image, &slim->xml_text, &slim->xml_length, error);
}

void wim_slim_end(struct wim_slim *slim)
{
    for (uint32_t p = 0; p < slim->part_count; p++) {
        wim_kept_free(&slim->parts[p]);
    }
    memory_free(slim->parts);
    memory_free(slim->xml_text);
    if (slim->wim != NULL) {
        wim_free(slim->wim, slim->references, slim->wim->entry_count * sizeof(*slim->references));
    }
}
