/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file on its way: what a transport tells while it fetches one. Bytes go straight to where the
 * boot manager will read them, and through the digests that they are checked by.
 */
#ifndef LOADER_TRANSFER_H
#define LOADER_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "digest/digest.h"
#include "files/file.h"
#include "transport/url.h"

enum {
    TRANSFER_CHECKS_MAX = 2,
    TRANSFER_PIECES_MAX = 64, /* they double in size: more than there is memory for */
};

/** A digest that the file must have. */
struct transfer_check {
    const struct digest *digest;
    uint8_t expected[DIGEST_SIZE_MAX];
    struct digest_state state;
};

/** Memory for a part of the file. */
struct transfer_piece {
    uint8_t *bytes;
    size_t capacity, used;
};

/** What of a file is wanted, and where it goes, if it is not the whole. */
struct transfer_part {
    uint8_t *target; /* NULL: the whole file is wanted */
    uint64_t offset;
    size_t length; /* bytes; where the file ends earlier, fewer come */
};

struct transfer {
    /* What it is for. */
    struct pool *pool;
    const char *label;   /* of the progress line; must stay */
    uint64_t size_max;   /* bytes that may be taken, of all attempts */
    uint32_t timeout_ms; /* without a byte: a stall */
    struct transfer_part part;
    size_t check_count;
    struct transfer_check checks[TRANSFER_CHECKS_MAX];

    /* How far it is. */
    bool is_refused;     /* no other attempt can help: the file is too large */
    bool lacks_ranges;   /* the server sends whole files only */
    bool has_changed;    /* the server sends another version than before */
    bool size_is_known;  /* of this attempt */
    uint64_t size, done; /* bytes, of this attempt */
    uint64_t whole_size; /* of the file that a part is of */
    uint32_t version;    /* of the file, as the server names it; 0: it does not */
    uint64_t allocated;  /* bytes, of all attempts */
    uint64_t last_byte_ms;
    size_t piece_count, current;
    struct transfer_piece pieces[TRANSFER_PIECES_MAX];
    char location[URL_TEXT_SIZE]; /* where the file has moved to; maybe relative */
};

/** Begin an attempt. Memory of earlier ones is used again. */
void transfer_start(struct transfer *transfer);

/** Begin an attempt where the last one ended, if that is possible: if not, from the start. */
void transfer_resume(struct transfer *transfer);

/**
 * Which bytes this attempt needs, for transports that can ask for some.
 *
 * @param first written
 * @param end   written: after the last one; UINT64_MAX: to the end of the file
 * @return false: all of them
 */
bool transfer_range(const struct transfer *transfer, uint64_t *first, uint64_t *end);

/**
 * The server sends some of the bytes that were asked for: instead of transfer_expect().
 *
 * @param whole bytes of the file
 */
int transfer_expect_range(struct transfer *transfer, uint64_t first, uint64_t end, uint64_t whole,
                          struct error *error);

/** The server names the version of the file that it sends (by ETag or Last-Modified). -1 if it is
 * another than before. To be called before anything is expected. */
int transfer_check_version(struct transfer *transfer, const char *name, struct error *error);

/**
 * The server says how many bytes the file has: make room for them, in one piece. -1 if it does not
 * fit, or if another size was told before. To be called before the first byte, if it can be known
 * then.
 */
int transfer_expect(struct transfer *transfer, uint64_t size, struct error *error);

/** The next bytes of the file; -1 if they do not fit, or are more than were told. */
int transfer_add(struct transfer *transfer, const void *bytes, size_t length, struct error *error);

/**
 * For a transport that writes the file itself: where to, once its size is known and not 0. Then
 * transfer_filled() says how many bytes came; -1 if they are more than were told.
 */
void *transfer_buffer(struct transfer *transfer);
int transfer_filled(struct transfer *transfer, uint64_t length, struct error *error);

/** Show how far a transfer is that fills the buffer. */
void transfer_show_progress(const struct transfer *transfer, uint64_t done);

/** Has no byte come for as long as the timeout? Then writes the error. */
bool transfer_has_stalled(struct transfer *transfer, struct error *error);

/** The server says that the file is at another URL, of `length` bytes, relative or not. */
int transfer_move(struct transfer *transfer, const char *location, size_t length,
                  struct error *error);

/** All bytes have come: check that they are as many as were told, and their digests. */
int transfer_finish(struct transfer *transfer, const char *name, struct file **file,
                    struct error *error);

#endif
