/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bytes of a file are kept. See wim_kept.h. */
#include "wim/wim_kept.h"

#include "base/memory.h"

enum {
    UNIT_ORDER_MIN = 12,       /* a page: what an extent of its own is worth */
    UNIT_COUNT_MAX = 1u << 20, /* 4 GB in the smallest units */
};

int wim_kept_start(struct wim_kept *kept, const struct file *file, struct error *error)
{
    unsigned order = UNIT_ORDER_MIN;
    while (file->size >> order >= UNIT_COUNT_MAX) {
        order++;
    }
    *kept = (struct wim_kept){
        .file = file, .order = order, .unit_count = (uint32_t)(file->size >> order) + 1};
    kept->changes = memory_allocate_zeroed(kept->unit_count + 1, sizeof(*kept->changes));
    return kept->changes != NULL ? 0 : error_no_memory(error, "what to keep of %s", file->name);
}

int wim_kept_add(struct wim_kept *kept, uint64_t offset, uint64_t length, struct error *error)
{
    uint64_t size = kept->file->size;
    if (offset > size || length > size - offset) {
        return error_set(error,
                         "%llu bytes at 0x%llx are not within the file of %llu bytes; was the "
                         "download cut?",
                         (unsigned long long)length, (unsigned long long)offset,
                         (unsigned long long)size);
    }
    if (length > 0) {
        kept->changes[offset >> kept->order]++;
        kept->changes[((offset + length - 1) >> kept->order) + 1]--;
    }
    return 0;
}

int wim_kept_finish(struct wim_kept *kept, struct error *error)
{
    uint32_t count = 0, place = 0;
    int32_t ranges = 0;
    for (uint32_t unit = 0; unit < kept->unit_count; unit++) {
        count += ranges == 0 && kept->changes[unit] > 0;
        ranges += kept->changes[unit];
    }
    kept->runs = memory_allocate_array(count, sizeof(*kept->runs));
    if (kept->runs == NULL) {
        return error_no_memory(error, "what to keep of %s", kept->file->name);
    }
    ranges = 0;
    for (uint32_t unit = 0; unit < kept->unit_count; unit++) {
        if (ranges == 0 && kept->changes[unit] > 0) {
            kept->runs[kept->run_count++] = (struct wim_kept_run){.first = unit, .place = place};
        }
        ranges += kept->changes[unit];
        if (ranges > 0) {
            kept->runs[kept->run_count - 1].count++;
            place++;
        }
    }
    return 0;
}

void wim_kept_range(const struct wim_kept *kept, uint32_t run, uint64_t *offset, uint64_t *length)
{
    uint64_t start = (uint64_t)kept->runs[run].first << kept->order;
    uint64_t rest = kept->file->size - start, size = (uint64_t)kept->runs[run].count << kept->order;
    *offset = start;
    *length = size < rest ? size : rest;
}

uint64_t wim_kept_place(const struct wim_kept *kept, uint64_t offset)
{
    uint64_t unit = offset >> kept->order;
    uint32_t low = 0, high = kept->run_count;
    if (high == 0) { /* nothing is kept: an empty resource may have any offset */
        return 0;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (kept->runs[middle].first <= unit) {
            low = middle;
        } else {
            high = middle;
        }
    }
    uint64_t before = unit - kept->runs[low].first + kept->runs[low].place;
    return (before << kept->order) + (offset & ((UINT64_C(1) << kept->order) - 1));
}

void wim_kept_free(struct wim_kept *kept)
{
    memory_free(kept->changes);
    memory_free(kept->runs);
}
