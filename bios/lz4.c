/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LZ4's block format (lz4_Block_format.md of the lz4 project): sequences of a token, literals, and
 * a match, which is missing in the last one.
 */
#include "bios/lz4.h"

#include "base/little_endian.h"
#include "compression/match_copy.h"

enum {
    LENGTH_MIN = 4,  /* of a match */
    NIBBLE_MAX = 15, /* in a token: bytes with the rest of the length follow */
    WORD = sizeof(uintptr_t),
};

struct input {
    const uint8_t *next, *end;
};

static inline size_t left(const struct input *input)
{
    return (size_t)(input->end - input->next);
}

/* Read the rest of a length, up to the first byte that is not 255. */
static bool read_length(struct input *input, size_t *length)
{
    uint8_t byte;
    do {
        if (left(input) == 0) {
            return false;
        }
        byte = *input->next++;
        *length += byte; /* less than 256 times the input's size */
    } while (byte == 255);
    return true;
}

/* Copy literals, of which there are `length`; may write more, but not beyond `end`. */
static inline void copy_literals(uint8_t *to, const uint8_t *end, struct input *input,
                                 size_t length)
{
    const uint8_t *from = input->next;
    if (left(input) >= length + WORD && (size_t)(end - to) >= length + WORD) {
        for (size_t done = 0; done < length; done += WORD) {
            uintptr_t word;
            __builtin_memcpy(&word, from + done, WORD);
            __builtin_memcpy(to + done, &word, WORD);
        }
    } else {
        for (size_t done = 0; done < length; done++) {
            to[done] = from[done];
        }
    }
    input->next += length;
}

bool lz4_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size)
{
    struct input input = {in, in + in_size};
    uint8_t *to = out, *end = out + out_size;
    while (left(&input) > 0) {
        unsigned token = *input.next++;
        size_t length = token >> 4;
        if (length == NIBBLE_MAX && !read_length(&input, &length)) {
            return false;
        }
        if (length > left(&input) || length > (size_t)(end - to)) {
            return false;
        }
        copy_literals(to, end, &input, length);
        to += length;
        if (left(&input) == 0) {
            return to == end;
        }

        if (left(&input) < 2) {
            return false;
        }
        size_t offset = get_u16(input.next);
        input.next += 2;
        length = token & NIBBLE_MAX;
        if (length == NIBBLE_MAX && !read_length(&input, &length)) {
            return false;
        }
        length += LENGTH_MIN;
        if (offset == 0 || offset > (size_t)(to - out) || length > (size_t)(end - to)) {
            return false;
        }
        match_copy(to, end, offset, length);
        to += length;
    }
    return false;
}
