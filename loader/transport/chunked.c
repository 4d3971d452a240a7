/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies in chunks. See chunked.h. */
#include "transport/chunked.h"

#include "base/ascii.h"

enum {
    DIGITS_MAX = 15,              /* so that a size fits 64 bits */
    TRAILER_BYTES_MAX = 8 * 1024, /* nobody needs more, or any */
    LINE_BYTES_MAX = 1024,        /* between two chunks: a size, and extensions that nobody uses */
};

static int malformed(struct error *error)
{
    return error_set(error, "the server's answer is not in chunks, as it says");
}

/* The size of a chunk, up to its line's end. */
static int take_size(struct chunked *chunked, uint8_t character, struct error *error)
{
    int value = ascii_hex_digit((char)character);
    if (chunked->state == CHUNKED_SIZE && value >= 0) {
        chunked->left = chunked->left << 4 | (unsigned)value;
        return ++chunked->digits <= DIGITS_MAX ? 0 : malformed(error);
    }
    if (chunked->digits == 0) {
        return malformed(error);
    }
    chunked->state = CHUNKED_EXTENSION;
    if (character == '\n') {
        chunked->state = chunked->left > 0 ? CHUNKED_DATA : CHUNKED_TRAILER;
        chunked->line_length = 0;
    }
    return 0;
}

/* The lines after the last chunk; an empty one ends them. */
static int take_trailer(struct chunked *chunked, uint8_t character, struct error *error)
{
    if (++chunked->trailer_bytes > TRAILER_BYTES_MAX) {
        return malformed(error);
    }
    if (character == '\n') {
        chunked->state = chunked->line_length == 0 ? CHUNKED_DONE : CHUNKED_TRAILER;
        chunked->line_length = 0;
    } else if (character != '\r') {
        chunked->line_length++;
    }
    return 0;
}

static int take_data_end(struct chunked *chunked, uint8_t character, struct error *error)
{
    if (character == '\n') {
        chunked->state = CHUNKED_SIZE;
        chunked->digits = 0;
        return 0;
    }
    return character == '\r' ? 0 : malformed(error);
}

static int take_character(struct chunked *chunked, uint8_t character, struct error *error)
{
    if (chunked->state != CHUNKED_TRAILER && ++chunked->line_length > LINE_BYTES_MAX) {
        return malformed(error); /* else a server could keep us in a line for ever */
    }
    switch (chunked->state) {
    case CHUNKED_SIZE:
    case CHUNKED_EXTENSION:
        return take_size(chunked, character, error);
    case CHUNKED_DATA_END:
        return take_data_end(chunked, character, error);
    default:
        return take_trailer(chunked, character, error);
    }
}

int chunked_add(struct chunked *chunked, struct transfer *transfer, const uint8_t *bytes,
                size_t length, struct error *error)
{
    for (size_t i = 0; i < length && chunked->state != CHUNKED_DONE;) {
        if (chunked->state != CHUNKED_DATA) {
            if (take_character(chunked, bytes[i++], error) != 0) {
                return -1;
            }
            continue;
        }
        size_t part = length - i < chunked->left ? length - i : (size_t)chunked->left;
        if (transfer_add(transfer, bytes + i, part, error) != 0) {
            return -1;
        }
        i += part;
        chunked->left -= part;
        if (chunked->left == 0) {
            chunked->state = CHUNKED_DATA_END;
        }
    }
    return 0;
}
