/* SPDX-License-Identifier: BSD-2-Clause */
/* A file on its way. See transfer.h. */
#include "transport/transfer.h"

#include <string.h>

#include "base/fnv.h"
#include "base/format.h"
#include "base/log.h"
#include "base/machine.h"

enum {
    FIRST_PIECE = 256 * 1024, /* bytes, where the size is not known */
    LARGEST_PIECE = 64 * 1024 * 1024,
    PAGE_SIZE = 4096,
    BOOKKEEPING = 4096, /* of the pool, for a piece: more than enough */
};

void transfer_start(struct transfer *transfer)
{
    transfer->has_changed = false;
    transfer->size_is_known = false;
    transfer->size = 0;
    transfer->done = 0;
    transfer->current = 0;
    transfer->last_byte_ms = platform_milliseconds();
    transfer->location[0] = '\0';
    for (size_t i = 0; i < transfer->piece_count; i++) {
        transfer->pieces[i].used = 0;
    }
    for (size_t i = 0; i < transfer->check_count; i++) {
        transfer->checks[i].digest->start(&transfer->checks[i].state);
    }
}

void transfer_resume(struct transfer *transfer)
{
    if (transfer->has_changed) {
        transfer->version = 0;
    }
    if (!transfer->size_is_known || transfer->done == 0 || transfer->version == 0) {
        transfer_start(transfer);
        return;
    }
    transfer->last_byte_ms = platform_milliseconds();
    transfer->location[0] = '\0';
}

bool transfer_range(const struct transfer *transfer, uint64_t *first, uint64_t *end)
{
    bool is_part = transfer->part.target != NULL;
    *first = (is_part ? transfer->part.offset : 0) + transfer->done;
    *end = is_part ? transfer->part.offset + transfer->part.length : UINT64_MAX;
    return is_part || transfer->done > 0;
}

/* ---- memory ---- */

static int refuse_size(struct transfer *transfer, uint64_t size, struct error *error)
{
    char needed[24], left[24];
    transfer->is_refused = true;
    return error_set(error, "it has %s, and there is room for %s", log_size(needed, size),
                     log_size(left, transfer->size_max - transfer->allocated));
}

/* The same where the size is not known. */
static int refuse_more(struct transfer *transfer, struct error *error)
{
    char done[24];
    transfer->is_refused = true;
    return error_set(error, "it has more than %s, and there is room for no more",
                     log_size(done, transfer->done));
}

/* Another piece, at the end. */
static int add_piece(struct transfer *transfer, uint64_t size, struct error *error)
{
    if (size > transfer->size_max - transfer->allocated || size > SIZE_MAX - 2 * PAGE_SIZE ||
        transfer->piece_count == TRANSFER_PIECES_MAX) {
        return refuse_size(transfer, size, error);
    }
    pool_raise_limit(transfer->pool, (size_t)size + PAGE_SIZE + BOOKKEEPING);
    uint8_t *bytes = pool_allocate_content(transfer->pool, (size_t)size);
    if (bytes == NULL) {
        char text[24];
        transfer->is_refused = true;
        return error_no_memory(error, "a file of %s", log_size(text, size));
    }
    transfer->pieces[transfer->piece_count++] = (struct transfer_piece){bytes, (size_t)size, 0};
    transfer->allocated += size;
    return 0;
}

/* A piece for the whole file, in front of all others. */
static int reserve(struct transfer *transfer, uint64_t size, struct error *error)
{
    size_t found = 0;
    while (found < transfer->piece_count && transfer->pieces[found].capacity < size) {
        found++;
    }
    if (found == transfer->piece_count && add_piece(transfer, size, error) != 0) {
        return -1;
    }
    struct transfer_piece first = transfer->pieces[found];
    transfer->pieces[found] = transfer->pieces[0];
    transfer->pieces[0] = first;
    return 0;
}

/* The piece that the next byte goes to, where the size is not known: a new one when all are full.
 */
static struct transfer_piece *next_piece(struct transfer *transfer, struct error *error)
{
    while (transfer->current < transfer->piece_count) {
        struct transfer_piece *piece = &transfer->pieces[transfer->current];
        if (piece->used < piece->capacity) {
            return piece;
        }
        transfer->current++;
    }
    uint64_t left = transfer->size_max - transfer->allocated;
    uint64_t size = transfer->done < FIRST_PIECE     ? FIRST_PIECE
                    : transfer->done < LARGEST_PIECE ? transfer->done
                                                     : LARGEST_PIECE;
    if (left == 0) {
        refuse_more(transfer, error);
        return NULL;
    }
    size = size < left ? size : left;
    return add_piece(transfer, size, error) == 0 ? &transfer->pieces[transfer->current] : NULL;
}

/* ---- bytes ---- */

int transfer_expect(struct transfer *transfer, uint64_t size, struct error *error)
{
    if (transfer->part.target != NULL) {
        transfer->lacks_ranges = true;
        return error_set(error, "the server sends whole files only");
    }
    if (transfer->size_is_known && transfer->size != size) {
        return error_set(error, "the server first said %llu bytes, then %llu",
                         (unsigned long long)transfer->size, (unsigned long long)size);
    }
    if (transfer->size_is_known) {
        return 0;
    }
    if (transfer->done > 0) {
        return error_set(error, "the server told the size only after the first bytes");
    }
    if (size > 0 && reserve(transfer, size, error) != 0) {
        return -1;
    }
    transfer->size_is_known = true;
    transfer->size = size;
    log_progress(transfer->label, 0, size);
    return 0;
}

static int check_length(const struct transfer *transfer, uint64_t length, struct error *error)
{
    if (transfer->part.target != NULL && !transfer->size_is_known) {
        return error_set(error, "the server does not say which bytes it sends");
    }
    if (transfer->size_is_known && length > transfer->size - transfer->done) {
        return error_set(error, "the server sends more than the %llu bytes that it said",
                         (unsigned long long)transfer->size);
    }
    return 0;
}

static void update_digests(struct transfer *transfer, const void *bytes, size_t length)
{
    for (size_t i = 0; i < transfer->check_count; i++) {
        transfer->checks[i].digest->update(&transfer->checks[i].state, bytes, length);
    }
}

void transfer_show_progress(const struct transfer *transfer, uint64_t done)
{
    if (transfer->size_is_known) {
        log_progress(transfer->label, done, transfer->size);
    }
}

int transfer_expect_range(struct transfer *transfer, uint64_t first, uint64_t end, uint64_t whole,
                          struct error *error)
{
    uint64_t wanted, wanted_end;
    bool is_wanted = transfer_range(transfer, &wanted, &wanted_end);
    wanted_end = wanted_end < whole ? wanted_end : whole;
    if (!is_wanted || first != wanted || end != wanted_end || first >= end) {
        return error_set(error, "the server sends other bytes than those asked for");
    }
    if (transfer->size_is_known &&
        whole != (transfer->part.target != NULL ? transfer->whole_size : transfer->size)) {
        transfer->has_changed = true;
        return error_set(error, "the file has changed on the server while it was fetched");
    }
    if (!transfer->size_is_known) { /* the first attempt of a part */
        transfer->size_is_known = true;
        transfer->whole_size = whole;
        transfer->size = end - first;
    }
    return 0;
}

int transfer_check_version(struct transfer *transfer, const char *name, struct error *error)
{
    uint32_t version = FNV_START;
    for (const char *at = name; *at != '\0'; at++) {
        version = fnv_add(version, (uint8_t)*at);
    }
    version |= 1; /* not 0 */
    if (transfer->version != 0 && transfer->version != version) {
        transfer->has_changed = true;
        return error_set(error, "the file has changed on the server while it was fetched");
    }
    transfer->version = version;
    return 0;
}

/* A part goes where its user wants it. */
static void add_to_part(struct transfer *transfer, const void *bytes, size_t length)
{
    memcpy(transfer->part.target + transfer->done, bytes, length);
    transfer->done += length;
}

int transfer_add(struct transfer *transfer, const void *bytes, size_t length, struct error *error)
{
    const uint8_t *from = bytes;
    if (check_length(transfer, length, error) != 0) {
        return -1;
    }
    update_digests(transfer, bytes, length);
    if (length > 0) {
        transfer->last_byte_ms = platform_milliseconds();
    }
    if (transfer->part.target != NULL) {
        add_to_part(transfer, bytes, length);
        length = 0;
    }
    while (length > 0) {
        struct transfer_piece *piece = next_piece(transfer, error);
        if (piece == NULL) {
            return -1;
        }
        size_t part = piece->capacity - piece->used;
        part = part < length ? part : length;
        memcpy(piece->bytes + piece->used, from, part);
        piece->used += part;
        transfer->done += part;
        from += part;
        length -= part;
    }
    transfer_show_progress(transfer, transfer->done);
    return 0;
}

void *transfer_buffer(struct transfer *transfer)
{
    return transfer->pieces[0].bytes;
}

int transfer_filled(struct transfer *transfer, uint64_t length, struct error *error)
{
    if (check_length(transfer, length, error) != 0) {
        return -1;
    }
    update_digests(transfer, transfer->pieces[0].bytes, (size_t)length);
    transfer->pieces[0].used = (size_t)length;
    transfer->done = length;
    transfer->last_byte_ms = platform_milliseconds();
    transfer_show_progress(transfer, length);
    return 0;
}

bool transfer_has_stalled(struct transfer *transfer, struct error *error)
{
    if (platform_milliseconds() - transfer->last_byte_ms < transfer->timeout_ms) {
        return false;
    }
    error_set(error, "no byte came for %u seconds, after %llu", transfer->timeout_ms / 1000,
              (unsigned long long)transfer->done);
    return true;
}

int transfer_move(struct transfer *transfer, const char *location, size_t length,
                  struct error *error)
{
    if (length == 0 || length >= sizeof(transfer->location) ||
        memchr(location, '\0', length) != NULL) {
        return error_set(error, "the server says that the file has moved, but not where to");
    }
    memcpy(transfer->location, location, length);
    transfer->location[length] = '\0';
    return 0;
}

/* ---- the end ---- */

static int check_digest(struct transfer_check *check, struct error *error)
{
    uint8_t found[DIGEST_SIZE_MAX];
    char text[2 * DIGEST_SIZE_MAX + 1] = "", expected[2 * DIGEST_SIZE_MAX + 1] = "";
    check->digest->finish(&check->state, found);
    if (memcmp(found, check->expected, check->digest->size) == 0) {
        return 0;
    }
    for (size_t i = 0; i < check->digest->size; i++) {
        format_string(text + 2 * i, 3, "%02x", found[i]);
        format_string(expected + 2 * i, 3, "%02x", check->expected[i]);
    }
    return error_set(error, "its %s is %s, and should be %s", check->digest->name, text, expected);
}

int transfer_finish(struct transfer *transfer, const char *name, struct file **file,
                    struct error *error)
{
    const struct file *parts[TRANSFER_PIECES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < transfer->check_count; i++) {
        if (check_digest(&transfer->checks[i], error) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < transfer->piece_count && transfer->pieces[i].used > 0; i++) {
        parts[count] = file_from_memory(transfer->pool, name, transfer->pieces[i].bytes,
                                        transfer->pieces[i].used);
        if (parts[count++] == NULL) {
            return error_no_memory(error, "another file, %s", name);
        }
    }
    return file_join(transfer->pool, name, parts, count, file, error);
}
