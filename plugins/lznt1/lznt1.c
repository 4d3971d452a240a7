/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LZNT1: the compression of NTFS files, in which the BIOS boot manager of Windows Vista and 7 is
 * packed. Public description: [MS-XCA] 2.5.
 *
 * A stream is a sequence of chunks that produce 4096 bytes each, the last one maybe fewer. A chunk
 * begins with a word: its size, a signature and whether it is compressed. A compressed chunk is a
 * sequence of groups: a byte of eight flags and the eight items that they describe, literal bytes
 * and words that are matches. The longer the chunk's output already is, the more bits of a match's
 * word are its offset. No match leaves its chunk.
 *
 * The stream ends with its input, or at a zero word. In the boot manager half of this word is cut
 * off, so that a single zero byte is an end too.
 */
#include "base/little_endian.h"
#include "compression/decompressor.h"
#include "compression/match_copy.h"

enum {
    CHUNK_SIZE = 4096,
    HEADER_SIZE = 2,
    HEADER_LENGTH_MASK = 0x0FFF, /* bytes after the header, less one */
    HEADER_SIGNATURE_MASK = 0x7000,
    HEADER_SIGNATURE = 0x3000,
    HEADER_COMPRESSED = 0x8000,
    MATCH_LENGTH_MIN = 3,
    GROUP_ITEMS = 8,
    GROUP_SIZE_MAX = 1 + 2 * GROUP_ITEMS,
};

struct lznt1 {
    const uint8_t *next, *end; /* input; while in a chunk, end is the end of the chunk */
    uint8_t *out;              /* NULL: measure only */
    size_t produced, out_size;
    const char *reason;
};

/* Bits of a match's word that are its length, `chunk_position` (at least 1) bytes into a chunk. */
static inline unsigned length_bits(size_t chunk_position)
{
    unsigned position_bits = 32 - __builtin_clz((unsigned)(chunk_position - 1) | 15);
    return 16 - position_bits;
}

static inline __attribute__((always_inline)) void decode_chunk(struct lznt1 *lznt1, bool store)
{
    const uint8_t *next = lznt1->next, *const end = lznt1->end;
    uint8_t *const out = lznt1->out;
    const size_t out_size = lznt1->out_size, chunk = lznt1->produced;
    const size_t limit = out_size - chunk > CHUNK_SIZE ? chunk + CHUNK_SIZE : out_size;
    size_t produced = chunk;
    const char *reason = NULL;
    while (next < end) {
        /* A bit above the flags marks the end of the group. */
        unsigned flags = *next++ | 1 << GROUP_ITEMS;
        for (;;) {
            size_t literals = __builtin_ctz(flags);
            bool group_ends = flags >> literals == 1;
            if (__builtin_expect((size_t)(end - next) <= GROUP_ITEMS, 0)) {
                if (literals >= (size_t)(end - next)) { /* the chunk may end after any item */
                    literals = end - next;
                    group_ends = true;
                }
            }
            if (__builtin_expect(literals > limit - produced, 0)) {
                reason = "a literal passes the end of the chunk or of the output";
                goto done;
            }
            if (store) {
                if (__builtin_expect(out_size - produced >= GROUP_ITEMS &&
                                         (size_t)(end - next) >= GROUP_ITEMS,
                                     1)) {
                    __builtin_memcpy(out + produced, next, GROUP_ITEMS);
                } else {
                    for (size_t i = 0; i < literals; i++) {
                        out[produced + i] = next[i];
                    }
                }
            }
            next += literals;
            produced += literals;
            if (group_ends) {
                break;
            }
            flags >>= literals + 1;

            if (__builtin_expect(end - next < 2, 0)) {
                reason = "the chunk ends in a match";
                goto done;
            }
            if (__builtin_expect(produced == chunk, 0)) {
                reason = "the chunk begins with a match";
                goto done;
            }
            unsigned match = get_u16(next), shift = length_bits(produced - chunk);
            size_t offset = (match >> shift) + 1;
            size_t length = (match & ((1u << shift) - 1)) + MATCH_LENGTH_MIN;
            if (__builtin_expect(offset > produced - chunk, 0)) {
                reason = "a match reaches before the start of its chunk";
                goto done;
            }
            if (__builtin_expect(length > limit - produced, 0)) {
                reason = "a match passes the end of the chunk or of the output";
                goto done;
            }
            next += 2;
            if (store) {
                match_copy(out + produced, out + out_size, offset, length);
            }
            produced += length;
        }
    }
done:
    lznt1->next = next;
    lznt1->produced = produced;
    lznt1->reason = reason;
}

static __attribute__((noinline)) void decompress_chunk(struct lznt1 *lznt1)
{
    decode_chunk(lznt1, true);
}

static __attribute__((cold, noinline)) void measure_chunk(struct lznt1 *lznt1)
{
    decode_chunk(lznt1, false);
}

static void decode_stored_chunk(struct lznt1 *lznt1)
{
    size_t size = lznt1->end - lznt1->next;
    if (size > lznt1->out_size - lznt1->produced) {
        lznt1->reason = "a stored chunk passes the end of the output";
        return;
    }
    if (lznt1->out != NULL) {
        __builtin_memcpy(lznt1->out + lznt1->produced, lznt1->next, size);
    }
    lznt1->produced += size;
    lznt1->next += size;
}

static bool lznt1_decompress_stream(const void *in, size_t in_size, void *out, size_t out_size,
                                    size_t *produced, void *workspace,
                                    struct decompress_failure *failure)
{
    const uint8_t *const end = (const uint8_t *)in + in_size;
    struct lznt1 lznt1 = {.next = in, .out = out, .out_size = out_size};
    while (lznt1.reason == NULL && lznt1.next < end) {
        size_t left = end - lznt1.next;
        unsigned header = left >= HEADER_SIZE ? get_u16(lznt1.next) : *lznt1.next;
        if (header == 0) {
            break;
        }
        size_t body = (header & HEADER_LENGTH_MASK) + 1;
        if (left < HEADER_SIZE || left - HEADER_SIZE < body) {
            lznt1.reason = "the input ends in a chunk";
            break;
        }
        if ((header & HEADER_SIGNATURE_MASK) != HEADER_SIGNATURE) {
            lznt1.reason = "a chunk has the wrong signature";
            break;
        }
        lznt1.next += HEADER_SIZE;
        lznt1.end = lznt1.next + body;
        if (!(header & HEADER_COMPRESSED)) {
            decode_stored_chunk(&lznt1);
        } else if (out != NULL) {
            decompress_chunk(&lznt1);
        } else {
            measure_chunk(&lznt1);
        }
    }
    *produced = lznt1.produced;
    if (lznt1.reason != NULL) {
        *failure = (struct decompress_failure){
            .input_offset = lznt1.next - (const uint8_t *)in,
            .output_offset = lznt1.produced,
            .reason = lznt1.reason,
        };
    }
    return lznt1.reason == NULL;
}

static bool lznt1_decompress(const void *in, size_t in_size, void *out, size_t out_size,
                             size_t chunk_size, void *workspace, struct decompress_failure *failure)
{
    uint8_t nothing;
    size_t produced;
    /* An output of no bytes may have no address, which decompress_stream takes for "measure". */
    if (!lznt1_decompress_stream(in, in_size, out != NULL ? out : &nothing, out_size, &produced,
                                 workspace, failure)) {
        return false;
    }
    if (produced < out_size) {
        *failure = (struct decompress_failure){
            .input_offset = in_size,
            .output_offset = produced,
            .reason = "the input ends early",
        };
    }
    return produced == out_size;
}

PLUGIN(decompressor, lznt1) = {
    .name = "lznt1",
    .decompress = lznt1_decompress,
    .decompress_stream = lznt1_decompress_stream,
};
