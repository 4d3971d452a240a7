/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of an image's metadata, decompressed as far as they are needed.
 *
 * The metadata of a large image has megabytes, of which the way to a few files takes some chunks.
 * What can be trusted of it: a file that is found is checked against the SHA-1 that its entry
 * names, which a damaged entry would not name by accident. Everything else that is said of an image
 * (that there is no such file, what a directory holds, what a patch keeps of it) rests on the whole
 * metadata, checked against its own SHA-1 by wim_metadata_verify().
 */
#include "wim/wim_metadata.h"

#include <string.h>

#include "base/memory.h"
#include "digest/digest.h"
#include "wim/wim_format.h"
#include "wim/wim_lookup.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"

int wim_metadata_open(struct wim *wim, uint32_t index, struct wim_metadata *metadata,
                      struct error *error)
{
    uint32_t part;
    const struct wim_lookup_disk *entry =
        wim_lookup_entry(wim, wim->images[index - 1].entry, &part);
    struct wim_location location = wim_location(wim, part, &entry->resource);
    struct wim_resource *resource = &metadata->resource;
    *metadata = (struct wim_metadata){.size = (size_t)location.size};
    memcpy(metadata->sha1, entry->sha1, sizeof(metadata->sha1));
    if (location.size > WIM_LOAD_MAX) {
        return error_set(error, "%llu bytes are too many", (unsigned long long)location.size);
    }
    if (wim_resource_open(wim, &location, resource, error)) {
        return -1;
    }
    metadata->bytes = wim_resource_view(resource, 0, metadata->size);
    if (metadata->bytes != NULL) {
        return 0;
    }
    metadata->bytes = metadata->memory = wim_allocate(wim, metadata->size);
    metadata->is_loaded = wim_allocate_zeroed(wim, resource->chunk_count, 1);
    metadata->missing = resource->chunk_count;
    int result = metadata->memory != NULL && metadata->is_loaded != NULL
                     ? 0
                     : error_no_memory(error, "%zu bytes of metadata", metadata->size);
    if (!result && !resource->chunk_count) {
        result = wim_resource_read(resource, 0, metadata->memory, metadata->size, error);
    }
    if (result) {
        wim_metadata_close(metadata);
    }
    return result;
}

void wim_metadata_close(struct wim_metadata *metadata)
{
    struct wim *wim = metadata->resource.wim;
    wim_free(wim, metadata->is_loaded, metadata->resource.chunk_count);
    wim_free(wim, metadata->memory, metadata->size);
    wim_resource_close(&metadata->resource);
}

int wim_metadata_need(struct wim_metadata *metadata, size_t position, size_t length,
                      struct error *error)
{
    unsigned order = metadata->resource.chunk_order;
    if (!metadata->missing || !length) {
        return 0;
    }
    for (size_t chunk = position >> order; chunk <= (position + length - 1) >> order; chunk++) {
        size_t start = chunk << order, rest = metadata->size - start;
        size_t size = rest >> order ? (size_t)1 << order : rest;
        if (metadata->is_loaded[chunk]) {
            continue;
        }
        if (wim_resource_read(&metadata->resource, start, metadata->memory + start, size, error)) {
            return -1;
        }
        metadata->is_loaded[chunk] = true;
        metadata->missing--;
    }
    return 0;
}

int wim_metadata_verify(struct wim_metadata *metadata, struct error *error)
{
    uint8_t sha1[SHA1_SIZE];
    if (metadata->is_verified) {
        return 0;
    }
    if (wim_metadata_need(metadata, 0, metadata->size, error)) {
        return -1;
    }
    sha1_of_bytes(metadata->bytes, metadata->size, sha1);
    if (memcmp(sha1, metadata->sha1, sizeof(sha1))) {
        return error_set(error, "does not match its SHA-1; the file is damaged, copy it again");
    }
    metadata->is_verified = true;
    return 0;
}
