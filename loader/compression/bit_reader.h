/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the bit streams of XPRESS and LZX: 16-bit little-endian words, each consumed from its most
 * significant bit down.
 *
 * The reader fetches words ahead of their use, as many as fit its accumulator. Past the end of the
 * input it delivers zero bits, so that a decoder may look at more bits than it will consume; when
 * it is done, a decoder checks with bit_reader_overrun() whether it consumed bits that do not
 * exist.
 *
 * Everything here is forced inline: the decoders are fast because the reader is in registers.
 */
#ifndef LOADER_BIT_READER_H
#define LOADER_BIT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/little_endian.h"

#define BIT_READER_INLINE static inline __attribute__((always_inline))

/** The accumulator: a machine register. */
typedef uintptr_t bit_word;

enum {
    BIT_WORD_BITS = 8 * sizeof(bit_word),
    /** Bits that are there after bit_reader_refill(): enough for the longest codeword and one of
     * 32-bit machines' 17 extra bits at a time, or on 64-bit machines for three times 16. */
    BIT_READER_FILL = BIT_WORD_BITS == 64 ? 48 : 17,
};

struct bit_reader {
    bit_word bits;  /* unread bits, left-aligned; below them zeros or bits yet to be counted */
    unsigned count; /* unread bits */
    size_t missing; /* words of zeros delivered beyond the end of the input */
    const uint8_t *next, *end;
};

/** Start reading at a byte position, with nothing buffered. */
BIT_READER_INLINE void bit_reader_start(struct bit_reader *reader, const uint8_t *next,
                                        const uint8_t *end)
{
    *reader = (struct bit_reader){.next = next, .end = end};
}

/** Buffer at least BIT_READER_FILL bits. */
BIT_READER_INLINE void bit_reader_refill(struct bit_reader *reader)
{
#if UINTPTR_MAX > 0xFFFFFFFF
    if (__builtin_expect(reader->end - reader->next >= 8, 1)) {
        /* Without a branch: add four words below the unread bits and count those that fit wholly.
         * The bits of a word that fits in part are added once more next time, to the same place. */
        uint64_t words;
        __builtin_memcpy(&words, reader->next, sizeof(words));
        words = words << 32 | words >> 32;
        words = (words & 0x0000FFFF0000FFFF) << 16 | (words >> 16 & 0x0000FFFF0000FFFF);
        reader->bits |= words >> reader->count;
        reader->next += (~reader->count & 48) / 8;
        reader->count |= 48;
        return;
    }
#endif
    while (reader->count <= BIT_WORD_BITS - 16 - (BIT_WORD_BITS == 64)) {
        bit_word word = 0;
        if (__builtin_expect(reader->end - reader->next >= 2, 1)) {
            word = get_u16(reader->next);
            reader->next += 2;
        } else {
            reader->missing++;
        }
        reader->bits |= word << (BIT_WORD_BITS - 16 - reader->count);
        reader->count += 16;
    }
}

/** The same, on machines where one refill does not last for a whole match. */
BIT_READER_INLINE void bit_reader_refill_narrow(struct bit_reader *reader)
{
    if (BIT_WORD_BITS < 64) {
        bit_reader_refill(reader);
    }
}

/** Look at the next bits, 1 to 16 of them; they must be buffered. */
BIT_READER_INLINE unsigned bit_reader_peek(const struct bit_reader *reader, unsigned bits)
{
    return reader->bits >> (BIT_WORD_BITS - bits);
}

/** Drop bits that are buffered. */
BIT_READER_INLINE void bit_reader_skip(struct bit_reader *reader, unsigned bits)
{
    reader->bits <<= bits;
    reader->count -= bits;
}

/** Take buffered bits, 0 to 17 of them. */
BIT_READER_INLINE unsigned bit_reader_take(struct bit_reader *reader, unsigned bits)
{
    unsigned value = reader->bits >> 1 >> (BIT_WORD_BITS - 1 - bits);
    bit_reader_skip(reader, bits);
    return value;
}

/** Refill, then take 0 to 17 bits. */
BIT_READER_INLINE unsigned bit_reader_read(struct bit_reader *reader, unsigned bits)
{
    bit_reader_refill(reader);
    return bit_reader_take(reader, bits);
}

/** Return whole words to the input until fewer than `limit` bits (16 or 32) are buffered. */
BIT_READER_INLINE void bit_reader_unread(struct bit_reader *reader, unsigned limit)
{
    while (reader->count >= limit) {
        if (reader->missing > 0) {
            reader->missing--;
        } else {
            reader->next -= 2;
        }
        reader->count -= 16;
    }
    reader->bits &= reader->count > 0 ? ~(bit_word)0 << (BIT_WORD_BITS - reader->count) : 0;
}

/** True if bits were consumed that the input does not have. */
BIT_READER_INLINE bool bit_reader_overrun(const struct bit_reader *reader)
{
    return reader->missing > reader->count / 16;
}

/** Bytes of an input that are consumed, including one that is consumed in part. */
BIT_READER_INLINE size_t bit_reader_offset(const struct bit_reader *reader, const uint8_t *in)
{
    size_t fetched = reader->next - in, buffered = reader->count / 8;
    if (reader->missing > 0) { /* the words buffered last are not in the input */
        buffered = buffered > 2 * reader->missing ? buffered - 2 * reader->missing : 0;
    }
    return fetched - buffered;
}

#endif
