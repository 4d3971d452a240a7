/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files whose bytes come when they are read. See lazy.h.
 *
 * Small reads go through a window of a few blocks. Each is fetched by a request of its own, but
 * where reads follow each other, one request brings several. Large reads go past it. What
 * has to outlive the hand-over is kept in ranges, which are never fetched again.
 */
#include "transport/lazy.h"

#include <string.h>

#include "base/log.h"
#include "base/work.h"

enum {
    BLOCK_SIZE = 512 * 1024, /* less is not worth a request */
    BLOCK_COUNT = 8,
    WINDOW_SIZE = BLOCK_COUNT * BLOCK_SIZE,
    BOOKKEEPING = 8192, /* of the pool, for a range: more than enough */
};

/* Bytes in memory that outlives the hand-over. */
struct range {
    struct range *next; /* of higher offsets */
    uint64_t offset, length;
    uint8_t *bytes;
};

struct block {
    uint64_t offset;
    size_t length; /* bytes; 0: nothing is in it */
    uint64_t last_use;
};

struct lazy_file {
    struct reader reader;
    struct pool *pool;
    const char *name, *label;
    struct url url;
    uint32_t timeout_ms, version;
    uint64_t size;
    uint8_t *window;
    struct block blocks[BLOCK_COUNT]; /* of the window, in order */
    uint64_t clock;                   /* counts uses of blocks */
    uint64_t next_offset;             /* after the block that was fetched last */
    size_t ahead;                     /* blocks to fetch if the next one is wanted */
    struct range *ranges;             /* in order of their offsets, none overlap */
};

/* ---- fetching ---- */

/* Fetch bytes that the file has. */
static int fetch_bytes(struct lazy_file *lazy, uint64_t offset, uint8_t *target, size_t length,
                       struct error *error)
{
    struct transfer transfer = {
        .pool = lazy->pool,
        .label = lazy->label,
        .timeout_ms = lazy->timeout_ms,
        .version = lazy->version,
        .part = {target, offset, length},
    };
    /* Transports always give a reason; users of files need not want one. */
    struct error unwanted = {0};
    error = error != NULL ? error : &unwanted;
    enum transport_outcome outcome = fetch_part(&lazy->url, &transfer, error);
    work_done.read += length; /* a script pays for what it has fetched, not for what it takes */
    if (outcome == TRANSPORT_MISSING) {
        return error_set(error, "%s: the server has it no longer", lazy->name);
    }
    if (outcome == TRANSPORT_DONE &&
        (transfer.whole_size != lazy->size || transfer.done != length)) {
        return error_set(error, "%s: the file has changed on the server", lazy->name);
    }
    return outcome == TRANSPORT_DONE ? 0 : -1;
}

/* The block that holds a byte, if it is in the window; else the one that was used least recently.
 */
static struct block *look_up(struct lazy_file *lazy, uint64_t start)
{
    struct block *oldest = &lazy->blocks[0];
    for (struct block *block = lazy->blocks; block < lazy->blocks + BLOCK_COUNT; block++) {
        if (block->length > 0 && block->offset == start) {
            return block;
        }
        if (block->last_use < oldest->last_use) {
            oldest = block;
        }
    }
    return oldest;
}

/* Where in the window to read ahead to: the larger side of the block that was used last, which
 * stays. @return how many blocks to fetch: twice as many each time */
static size_t choose_side(struct lazy_file *lazy, struct block **first)
{
    size_t newest = 0;
    for (size_t i = 1; i < BLOCK_COUNT; i++) {
        newest = lazy->blocks[i].last_use > lazy->blocks[newest].last_use ? i : newest;
    }
    size_t before = newest, after = BLOCK_COUNT - 1 - newest;
    size_t room = after >= before ? after : before;
    *first = after >= before ? &lazy->blocks[newest + 1] : &lazy->blocks[0];
    lazy->ahead = 2 * lazy->ahead < BLOCK_COUNT ? 2 * lazy->ahead : BLOCK_COUNT;
    return lazy->ahead < room ? lazy->ahead : room;
}

/* Fetch successive blocks, from an offset on, as far as the file has them. */
static int fetch_blocks(struct lazy_file *lazy, uint64_t start, struct block *first, size_t count,
                        struct error *error)
{
    uint64_t left = lazy->size - start;
    size_t length = left < count * BLOCK_SIZE ? (size_t)left : count * BLOCK_SIZE;
    for (size_t i = 0; i < count; i++) {
        first[i].length = 0;
    }
    uint8_t *bytes = lazy->window + (size_t)(first - lazy->blocks) * BLOCK_SIZE;
    if (fetch_bytes(lazy, start, bytes, length, error) != 0) {
        return -1;
    }
    lazy->next_offset = start + length;
    for (size_t i = 0; i < count && length > 0; i++) {
        size_t part = length < BLOCK_SIZE ? length : BLOCK_SIZE;
        first[i] = (struct block){start + i * BLOCK_SIZE, part, lazy->clock};
        length -= part;
    }
    return 0;
}

/* The block that holds a byte, fetched if need be; NULL if it cannot be. */
static const struct block *find_block(struct lazy_file *lazy, uint64_t offset, struct error *error)
{
    uint64_t start = offset - offset % BLOCK_SIZE;
    struct block *block = look_up(lazy, start);
    if (block->length == 0 || block->offset != start) {
        size_t count = 1;
        if (start == lazy->next_offset) {
            count = choose_side(lazy, &block);
        } else {
            lazy->ahead = 1;
        }
        if (fetch_blocks(lazy, start, block, count, error) != 0) {
            return NULL;
        }
    }
    block->last_use = ++lazy->clock;
    return block;
}

/* ---- the reader ---- */

/* The last range that starts at or before an offset; NULL if none does. */
static struct range *range_before(const struct lazy_file *lazy, uint64_t offset)
{
    struct range *found = NULL;
    for (struct range *range = lazy->ranges; range != NULL && range->offset <= offset;
         range = range->next) {
        found = range;
    }
    return found;
}

/* Read one piece: from a range, from a block, or from the server. @return its bytes; 0: error */
static size_t read_piece(struct lazy_file *lazy, uint64_t offset, uint8_t *to, size_t length,
                         struct error *error)
{
    const struct range *range = range_before(lazy, offset);
    const struct range *next = range != NULL ? range->next : lazy->ranges;
    if (range != NULL && offset - range->offset < range->length) {
        uint64_t within = offset - range->offset, left = range->length - within;
        length = left < length ? (size_t)left : length;
        memcpy(to, range->bytes + within, length);
        return length;
    }
    if (next != NULL && next->offset - offset < length) {
        length = (size_t)(next->offset - offset);
    }
    if (length >= BLOCK_SIZE) {
        return fetch_bytes(lazy, offset, to, length, error) == 0 ? length : 0;
    }
    const struct block *block = find_block(lazy, offset, error);
    if (block == NULL) {
        return 0;
    }
    size_t within = (size_t)(offset - block->offset), left = block->length - within;
    length = left < length ? left : length;
    memcpy(to, lazy->window + (size_t)(block - lazy->blocks) * BLOCK_SIZE + within, length);
    return length;
}

static int read_lazily(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                       struct error *error)
{
    uint8_t *to = buffer;
    while (length > 0) {
        size_t done = read_piece((struct lazy_file *)reader, offset, to, length, error);
        if (done == 0) {
            return -1;
        }
        to += done;
        offset += done;
        length -= done;
    }
    return 0;
}

/* Keep bytes of which no range has any. */
static int keep(struct lazy_file *lazy, uint64_t offset, uint64_t length, struct error *error)
{
    char needed[24], left[24];
    if (length > SIZE_MAX - BOOKKEEPING || !fetch_take(length)) {
        return error_set(error, "%s: %s of it are needed, and there is room for %s", lazy->name,
                         log_size(needed, length), log_size(left, fetch_left()));
    }
    uint64_t moved = work_done.moved;
    pool_raise_limit(lazy->pool, (size_t)length + BOOKKEEPING);
    struct range *range = pool_allocate(lazy->pool, sizeof(*range));
    uint8_t *bytes = pool_allocate_content(lazy->pool, (size_t)length);
    work_done.moved = moved; /* fetch_take() limits this memory */
    if (range == NULL || bytes == NULL) {
        return error_no_memory(error, "%s of %s", log_size(needed, length), lazy->name);
    }
    if (read_lazily(&lazy->reader, offset, bytes, (size_t)length, error) != 0) {
        return -1;
    }
    struct range *before = range_before(lazy, offset);
    struct range **link = before != NULL ? &before->next : &lazy->ranges;
    *range = (struct range){*link, offset, length, bytes};
    *link = range;
    return 0;
}

static int complete(struct reader *reader, uint64_t offset, uint64_t length, struct error *error)
{
    struct lazy_file *lazy = (struct lazy_file *)reader;
    while (length > 0) {
        const struct range *range = range_before(lazy, offset);
        const struct range *next = range != NULL ? range->next : lazy->ranges;
        uint64_t done = range != NULL && offset - range->offset < range->length
                            ? range->length - (offset - range->offset)
                            : 0;
        if (done == 0) {
            done = next != NULL && next->offset - offset < length ? next->offset - offset : length;
            if (keep(lazy, offset, done, error) != 0) {
                return -1;
            }
        }
        done = done < length ? done : length;
        offset += done;
        length -= done;
    }
    return 0;
}

/* A server may send other bytes the next time: only those that we have are what they were. */
static int pin(struct reader *reader, struct error *error)
{
    return complete(reader, 0, ((struct lazy_file *)reader)->size, error);
}

/* ---- opening ---- */

int lazy_open(const struct url *url, struct transfer *transfer, const char *name,
              struct file **file, struct error *error)
{
    char text[URL_TEXT_SIZE], size[24];
    *file = NULL;
    if (!fetch_take(WINDOW_SIZE)) {
        return error_set(error, "%s: there is no room for it", name);
    }
    pool_raise_limit(transfer->pool, WINDOW_SIZE + BOOKKEEPING);
    struct lazy_file *lazy = pool_allocate(transfer->pool, sizeof(*lazy));
    uint8_t *window = pool_allocate_content(transfer->pool, WINDOW_SIZE);
    if (lazy == NULL || window == NULL) {
        return error_no_memory(error, "%s", name);
    }
    *lazy = (struct lazy_file){
        .reader = {.read = read_lazily, .pin = pin, .complete = complete},
        .pool = transfer->pool,
        .name = name,
        .label = transfer->label,
        .url = *url,
        .timeout_ms = transfer->timeout_ms,
        .window = window,
    };
    struct transfer whole = *transfer;
    transfer->part = (struct transfer_part){window, 0, BLOCK_SIZE};
    enum transport_outcome outcome = fetch_part(&lazy->url, transfer, error);
    if (transfer->lacks_ranges) {
        log_info("%s: parts of it cannot be had", name);
        return fetch_file(url, &whole, name, file, error);
    }
    if (outcome != TRANSPORT_DONE) {
        return outcome == TRANSPORT_MISSING ? 0 : -1;
    }
    lazy->size = transfer->whole_size;
    if (lazy->size > FILE_SIZE_MAX) {
        return error_set(error, "%s: the server says that it has %llu bytes, which is impossible",
                         name, (unsigned long long)lazy->size);
    }
    lazy->version = transfer->version;
    lazy->next_offset = transfer->done;
    lazy->ahead = 1;
    lazy->blocks[0] = (struct block){0, (size_t)transfer->done, ++lazy->clock};
    log_info("opened %s: %s", url_format(&lazy->url, text), log_size(size, lazy->size));
    *file = file_from_reader(transfer->pool, name, &lazy->reader, lazy->size);
    return *file != NULL ? 0 : error_no_memory(error, "%s", name);
}
