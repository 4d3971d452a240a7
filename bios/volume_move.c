/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving the bytes of a volume's files. See volume_move.h.
 *
 * Many extents may show the same bytes, whole or in part: what is to be copied is sorted and merged
 * first, so that each byte is copied once.
 */
#include "bios/volume_move.h"

#include <stdbool.h>
#include <string.h>

#include "bios/memory.h"

/* Bytes to copy, and where to. */
struct piece {
    uint64_t start, end;
    uint8_t *copy;
};

static bool is_inside(const struct volume_extent *extent, uint64_t start, uint64_t end)
{
    return extent->address >= start && extent->address < end;
}

static bool is_lasting(const struct volume_extent *extent, const struct memory_region *lasting,
                       size_t lasting_count)
{
    for (size_t i = 0; i < lasting_count; i++) {
        if (is_inside(extent, lasting[i].start, lasting[i].end)) {
            return true;
        }
    }
    return false;
}

/* Shell sort by start: fast enough for some ten thousand, needs neither memory nor stack. */
static void sort(struct piece *pieces, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < count; i++) {
            struct piece moving = pieces[i];
            size_t j = i;
            for (; j >= gap && pieces[j - gap].start > moving.start; j -= gap) {
                pieces[j] = pieces[j - gap];
            }
            pieces[j] = moving;
        }
    }
}

/* Merge sorted pieces that touch. @return how many are left */
static size_t merge(struct piece *pieces, size_t count)
{
    size_t merged = 0;
    for (size_t i = 0; i < count; i++) {
        if (merged > 0 && pieces[i].start <= pieces[merged - 1].end) {
            if (pieces[i].end > pieces[merged - 1].end) {
                pieces[merged - 1].end = pieces[i].end;
            }
        } else {
            pieces[merged++] = pieces[i];
        }
    }
    return merged;
}

/* The piece that an address lies in; there is one. */
static const struct piece *find(const struct piece *pieces, size_t count, uint64_t address)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].start <= address) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &pieces[low];
}

/* Copy the pieces into one, and let the extents show them there. */
static int copy_pieces(struct volume *volume, struct piece *pieces, size_t count,
                       const struct memory_region *lasting, size_t lasting_count,
                       void *(*allocate)(size_t size), struct error *error)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)(pieces[i].end - pieces[i].start);
    }
    uint8_t *memory = allocate(size);
    if (memory == NULL) {
        return error_no_memory(error, "%zu bytes of files that the script made", size);
    }
    for (size_t i = 0; i < count; i++) {
        size_t length = (size_t)(pieces[i].end - pieces[i].start);
        pieces[i].copy = memory;
        memcpy(memory, (const void *)(uintptr_t)pieces[i].start, length);
        memory += length;
    }
    for (size_t i = 0; i < volume->extent_count; i++) {
        struct volume_extent *extent = &volume->extents[i];
        if (is_lasting(extent, lasting, lasting_count)) {
            continue;
        }
        const struct piece *piece = find(pieces, count, extent->address);
        extent->address = (uintptr_t)piece->copy + (extent->address - piece->start);
    }
    return 0;
}

int volume_gather(struct volume *volume, const struct memory_region *lasting, size_t lasting_count,
                  void *(*allocate)(size_t size), struct error *error)
{
    size_t count = 0;
    struct piece *pieces = memory_allocate_zeroed(volume->extent_count, sizeof(*pieces));
    if (pieces == NULL) {
        return error_no_memory(error, "sorting the %u extents of the disk", volume->extent_count);
    }
    for (size_t i = 0; i < volume->extent_count; i++) {
        const struct volume_extent *extent = &volume->extents[i];
        if (extent->reader != NULL) {
            memory_free(pieces);
            return error_set(error, "a file would have to be computed while the boot manager runs");
        }
        if (!is_lasting(extent, lasting, lasting_count)) {
            pieces[count++] =
                (struct piece){extent->address, extent->address + extent->length, NULL};
        }
    }
    sort(pieces, count);
    count = merge(pieces, count);
    int rc = count == 0
                 ? 0
                 : copy_pieces(volume, pieces, count, lasting, lasting_count, allocate, error);
    memory_free(pieces);
    return rc;
}

void volume_moved(struct volume *volume, struct memory_region region, uint64_t target)
{
    uint64_t tables = (uintptr_t)volume;
    for (size_t i = 0; i < volume->extent_count; i++) {
        struct volume_extent *extent = &volume->extents[i];
        if (is_inside(extent, region.start, region.end) &&
            !is_inside(extent, tables, tables + volume->size)) {
            extent->address += target - region.start;
        }
    }
}
