/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of each part of a WIM: reading it, and whether the parts belong together. What the
 * header points to is checked elsewhere (wim_lookup.c, wim_xml.c).
 *
 * A WIM starts with a header of 208 bytes, the only thing in it with a fixed place. In a pipable
 * WIM (an extension of wimlib's) that one is incomplete, and the complete one is the last 208 bytes
 * of the file.
 */
#include "wim/wim_header.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "compression/decompressor.h"
#include "wim/wim.h"
#include "wim/wim_format.h"
#include "wim/wim_state.h"

static const char magic_normal[8] = "MSWIM\0\0";
static const char magic_pipable[8] = "WLPWM\0\0";

/* Read and check the header of one part. */
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

/* Find out the compression that the header names. */
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

/* Sort the parts by their numbers, and check that they are one complete set. */
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
            wim->parts = pool_allocate_array(wim->pool, count, sizeof(*wim->parts));
            if (wim->parts == NULL) {
                return error_no_memory(error, "opening %s", part.file->name);
            }
            wim->part_count = header->part_count;
        }
        struct wim_part *place = &wim->parts[header->part_number - 1];
        if (place->file != NULL) {
            return error_set(error, "%s and %s are both part %u of the split WIM",
                             place->file->name, part.file->name, header->part_number);
        }
        *place = part;
        if (header->flags & WIM_FLAG_WRITE_IN_PROGRESS) {
            log_warning("%s: is marked as not completely written", part.file->name);
        }
        if (first == NULL) {
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

int wim_read_headers(struct wim *wim, const struct file *const *files, size_t count,
                     struct error *error)
{
    return arrange_parts(wim, files, count, error) != 0 ? -1 : read_compression(wim, error);
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
