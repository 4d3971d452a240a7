/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes that are still in a hive's logs.
 *
 * Windows writes a change into a log first, and into the hive later. If it was switched off in
 * between, the numbers in the hive's header differ, or its checksum is wrong. There are two forms
 * of logs. Since Windows 8.1 a log has entries ("HvLE") with pages of the hive, numbered and with
 * hashes; those of the first log come before those of the second one. Before that, a log has a
 * bitmap ("DIRT") of the hive's sectors, and those that are marked in it. Both start with a copy of
 * the hive's header.
 */
#include <string.h>

#include "base/little_endian.h"
#include "base/work.h"
#include "hive/registry_cell.h"

enum {
    SECTOR = 512,
    BINS_SIZE_MAX = 0x7FFFE000,
    TYPE_LOG_OLD = 1,
    TYPE_LOG_VISTA = 2, /* the same form */
    TYPE_LOG_NEW = 6,

    SIGNATURE_BITMAP = 0x54524944, /* "DIRT" */
    SIGNATURE_ENTRY = 0x454C7648,  /* "HvLE" */
    ENTRY_SIZE = 0x04,
    ENTRY_SEQUENCE = 0x0C,
    ENTRY_BINS_SIZE = 0x10,
    ENTRY_PAGE_COUNT = 0x14,
    ENTRY_HASH_1 = 0x18, /* of all from ENTRY_PAGES on */
    ENTRY_HASH_2 = 0x20, /* of all before it */
    ENTRY_PAGES = 0x28,  /* for each page, where it goes and its size; then the pages */
    PAGE_REFERENCE_SIZE = 8,
};

/* What entries are hashed with. */
#define HASH_SEED UINT64_C(0xC5554E7A884DEF82)

/* ---- Marvin32, Microsoft's hash ---- */

struct marvin {
    uint32_t low, high;
};

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

static void marvin_add(struct marvin *state, uint32_t word)
{
    state->low += word;
    state->high ^= state->low;
    state->low = rotate(state->low, 20) + state->high;
    state->high = rotate(state->high, 9) ^ state->low;
    state->low = rotate(state->low, 27) + state->high;
    state->high = rotate(state->high, 19);
}

uint64_t registry_log_hash(uint64_t seed, const uint8_t *bytes, size_t length)
{
    struct marvin state = {.low = (uint32_t)seed, .high = (uint32_t)(seed >> 32)};
    uint32_t last = 0x80;
    for (; length >= 4; bytes += 4, length -= 4) {
        marvin_add(&state, get_u32(bytes));
    }
    while (length > 0) {
        last = last << 8 | bytes[--length];
    }
    marvin_add(&state, last);
    marvin_add(&state, 0);
    return (uint64_t)state.high << 32 | state.low;
}

/* ---- the hive as it is being restored ---- */

struct replay {
    struct registry *registry;
    uint32_t capacity; /* bytes that there is room for after the header */
    uint32_t
        sequence;     /* the next entry must have this number, or a higher one if it is the first */
    bool has_applied; /* an entry */
};

/* Whether a log starts with a whole header of a form. */
static bool has_header(const struct registry_log *log, bool new_form)
{
    const uint8_t *base = log->bytes;
    if (log->size < SECTOR || get_u32(base) != SIGNATURE_BASE ||
        get_u32(base + BASE_CHECKSUM) != hive_checksum(base)) {
        return false;
    }
    uint32_t type = get_u32(base + BASE_TYPE);
    return new_form ? type == TYPE_LOG_NEW
                    : (type == TYPE_LOG_OLD || type == TYPE_LOG_VISTA) &&
                          get_u32(base + BASE_SEQUENCE_1) == get_u32(base + BASE_SEQUENCE_2);
}

/* The most bytes of bins that the hive may get. */
static uint32_t largest_size(const uint8_t *base, const struct registry_log *logs, size_t count)
{
    uint32_t largest = get_u32(base + BASE_BINS_SIZE);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *log = logs[i].bytes;
        uint32_t size = 0;
        if (has_header(&logs[i], false)) {
            size = get_u32(log + BASE_BINS_SIZE);
        }
        for (size_t at = SECTOR; has_header(&logs[i], true) && logs[i].size - at >= ENTRY_PAGES &&
                                 get_u32(log + at) == SIGNATURE_ENTRY;) {
            uint32_t length = get_u32(log + at + ENTRY_SIZE);
            uint32_t bins = get_u32(log + at + ENTRY_BINS_SIZE);
            size = bins > size && bins <= BINS_SIZE_MAX ? bins : size;
            if (length < ENTRY_PAGES || length > logs[i].size - at) {
                break;
            }
            at += length;
        }
        largest = size > largest && size <= BINS_SIZE_MAX ? size : largest;
    }
    return largest;
}

/* Take the header of a log for the hive's own. */
static void take_header(struct registry *registry, const struct registry_log *log)
{
    memcpy(registry->base, log->bytes, SECTOR);
    put_u32(registry->base + BASE_TYPE, 0);
}

/* ---- the new form ---- */

/* Write the pages of an entry into the hive. False if the entry is not to be used, nor any after
 * it. */
static bool apply_entry(struct replay *replay, const uint8_t *entry, uint32_t length)
{
    struct registry *registry = replay->registry;
    uint32_t sequence = get_u32(entry + ENTRY_SEQUENCE);
    uint32_t bins_size = get_u32(entry + ENTRY_BINS_SIZE);
    uint32_t count = get_u32(entry + ENTRY_PAGE_COUNT);
    uint32_t rest = length - ENTRY_PAGES;
    work_done.moved += length;
    if (registry_log_hash(HASH_SEED, entry + ENTRY_PAGES, rest) != get_u64(entry + ENTRY_HASH_1) ||
        registry_log_hash(HASH_SEED, entry, ENTRY_HASH_2) != get_u64(entry + ENTRY_HASH_2) ||
        bins_size == 0 || bins_size % PAGE != 0 || bins_size > replay->capacity ||
        count > rest / PAGE_REFERENCE_SIZE) {
        return false;
    }
    const uint8_t *reference = entry + ENTRY_PAGES;
    const uint8_t *page = reference + (size_t)count * PAGE_REFERENCE_SIZE;
    rest -= count * PAGE_REFERENCE_SIZE;
    for (uint32_t i = 0; i < count; i++, reference += PAGE_REFERENCE_SIZE) {
        uint32_t offset = get_u32(reference), size = get_u32(reference + 4);
        if (size > rest || offset > bins_size || size > bins_size - offset) {
            return false;
        }
        memcpy(registry->base + PAGE + offset, page, size);
        page += size;
        rest -= size;
    }
    put_u32(registry->base + BASE_BINS_SIZE, bins_size);
    replay->sequence = sequence + 1;
    replay->has_applied = true;
    return true;
}

/* Apply the entries of a log that come after what the hive has. False: none after them is to be
 * applied. */
static bool apply_entries(struct replay *replay, const struct registry_log *log)
{
    const uint8_t *bytes = log->bytes;
    for (size_t at = SECTOR; log->size - at >= ENTRY_PAGES;) {
        const uint8_t *entry = bytes + at;
        uint32_t length = get_u32(entry + ENTRY_SIZE);
        uint32_t sequence = get_u32(entry + ENTRY_SEQUENCE);
        if (get_u32(entry) != SIGNATURE_ENTRY || length < ENTRY_PAGES || length % SECTOR != 0 ||
            length > log->size - at) {
            return true;
        }
        bool is_next =
            replay->has_applied ? sequence == replay->sequence : sequence >= replay->sequence;
        if (is_next && !apply_entry(replay, entry, length)) {
            return false;
        }
        at += length;
    }
    return true;
}

/* The log whose entries come first: logs take turns. */
static uint32_t first_sequence(const struct registry_log *log)
{
    const uint8_t *bytes = log->bytes;
    bool has_entry = has_header(log, true) && log->size >= SECTOR + ENTRY_PAGES &&
                     get_u32(bytes + SECTOR) == SIGNATURE_ENTRY;
    return has_entry ? get_u32(bytes + SECTOR + ENTRY_SEQUENCE) : UINT32_MAX;
}

static void replay_new(struct replay *replay, const struct registry_log *logs, size_t count)
{
    const struct registry_log *previous = NULL;
    uint32_t least = 0;
    for (size_t done = 0; done < count; done++) {
        const struct registry_log *next = NULL;
        for (size_t i = 0; i < count; i++) {
            uint32_t sequence = first_sequence(&logs[i]);
            if (&logs[i] != previous && sequence != UINT32_MAX && sequence >= least &&
                (next == NULL || sequence < first_sequence(next))) {
                next = &logs[i];
            }
        }
        if (next == NULL || !apply_entries(replay, next)) {
            return;
        }
        least = first_sequence(next);
        previous = next;
    }
}

/* ---- the old form ---- */

/* Write the sectors that a log has into the hive. */
static int replay_old(struct replay *replay, const struct registry_log *log, struct error *error)
{
    struct registry *registry = replay->registry;
    const uint8_t *bytes = log->bytes;
    uint32_t bins_size = get_u32(bytes + BASE_BINS_SIZE);
    uint32_t sector_count = bins_size / SECTOR;
    uint64_t data = SECTOR + ((4 + (uint64_t)sector_count / 8 + SECTOR - 1) & ~(SECTOR - 1ull));
    if (bins_size == 0 || bins_size % PAGE != 0 || bins_size > replay->capacity ||
        log->size < data || get_u32(bytes + SECTOR) != SIGNATURE_BITMAP) {
        return error_set(error, "the log of the hive is damaged");
    }
    const uint8_t *bitmap = bytes + SECTOR + 4;
    for (uint32_t i = 0; i < sector_count; i++) {
        if (!(bitmap[i / 8] >> i % 8 & 1)) {
            continue;
        }
        if (log->size - data < SECTOR) {
            return error_set(error, "the log of the hive is cut short");
        }
        memcpy(registry->base + PAGE + (size_t)i * SECTOR, bytes + data, SECTOR);
        data += SECTOR;
    }
    take_header(registry, log);
    work_done.moved += log->size;
    return 0;
}

/* ---- the whole ---- */

/* The log of the old form that belongs to the hive, by the time of the last write. */
static const struct registry_log *find_old(const uint8_t *base, const struct registry_log *logs,
                                           size_t count)
{
    bool is_valid = get_u32(base + BASE_CHECKSUM) == hive_checksum(base);
    /* The first bin has a copy of the time. */
    const uint8_t *time = is_valid ? base + BASE_TIMESTAMP : base + PAGE + BIN_TIMESTAMP;
    for (size_t i = 0; i < count; i++) {
        if (has_header(&logs[i], false) &&
            get_u64((const uint8_t *)logs[i].bytes + BASE_TIMESTAMP) == get_u64(time)) {
            return &logs[i];
        }
    }
    return NULL;
}

static int apply(struct replay *replay, const struct registry_log *logs, size_t count,
                 struct error *error)
{
    uint8_t *base = replay->registry->base;
    const struct registry_log *old = find_old(base, logs, count);
    if (old != NULL) {
        return replay_old(replay, old, error);
    }
    if (get_u32(base + BASE_CHECKSUM) != hive_checksum(base)) {
        const struct registry_log *newest = NULL;
        for (size_t i = 0; i < count; i++) {
            if (has_header(&logs[i], true) &&
                (newest == NULL || first_sequence(&logs[i]) > first_sequence(newest))) {
                newest = &logs[i];
            }
        }
        if (newest == NULL) {
            return error_set(error, "the hive was not closed properly, its header is damaged, and "
                                    "none of its logs has a copy");
        }
        take_header(replay->registry, newest);
    }
    replay->sequence = get_u32(base + BASE_SEQUENCE_1);
    replay_new(replay, logs, count);
    if (!replay->has_applied) {
        return error_set(error,
                         "the hive was not closed properly, and none of the %zu log%s given has "
                         "the changes that are missing. Load and unload it once with reg load and "
                         "reg unload",
                         count, count == 1 ? "" : "s");
    }
    return 0;
}

int registry_replay(struct registry *registry, const uint8_t *bytes, size_t size,
                    const struct registry_log *logs, size_t log_count, struct error *error)
{
    uint32_t capacity = largest_size(bytes, logs, log_count);
    if (capacity == 0 || capacity > BINS_SIZE_MAX || capacity % PAGE != 0 || size < 2 * PAGE) {
        return error_set(error, "offset 0x28: the length of the bins, 0x%x, is impossible",
                         get_u32(bytes + BASE_BINS_SIZE));
    }
    size_t total = PAGE + (size_t)capacity, known = size < total ? size : total;
    registry->base = pool_allocate_content(registry->pool, total);
    if (registry->base == NULL) {
        return error_no_memory(error, "a copy of the hive of %zu bytes", total);
    }
    memcpy(registry->base, bytes, known);
    memset(registry->base + known, 0, total - known);
    work_done.moved += total;
    struct replay replay = {.registry = registry, .capacity = capacity};
    if (apply(&replay, logs, log_count, error) != 0 ||
        hive_check_base(registry->base, total, error) != 0) {
        return -1;
    }
    registry->opened_size = get_u32(registry->base + BASE_BINS_SIZE);
    registry->changed = true;
    return 0;
}
