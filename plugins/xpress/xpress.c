/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XPRESS with Huffman codes ("LZ77+Huffman"): the chunks of WIM files, and the longer streams that
 * the BIOS boot manager of Windows 8 and later is packed in. Public description: [MS-XCA] 2.1, 2.2.
 *
 * The data is a sequence of blocks of about 64 KiB of output; a WIM chunk is one block. A block
 * begins with the codeword lengths of its 512 symbols, four bits each. A symbol is a literal, or a
 * match with a number of offset bits and a length up to 17; the rest of a longer length follows as
 * whole bytes in the middle of the bit stream, after the words that a reader has fetched if it
 * fetches a word as soon as it holds fewer than 16 bits. This reader fetches more and gives back.
 *
 * A block ends when it has produced 64 KiB or more: its last match may pass that mark. Matches
 * reach back over the start of their block.
 *
 * Symbol 256 marks the end of the data, but is an ordinary match before the end. Where the length
 * is known it is not needed; where it is not, it counts as the end if nothing follows it.
 */
#include "base/little_endian.h"
#include "compression/bit_reader.h"
#include "compression/decompressor.h"
#include "compression/huffman.h"
#include "compression/match_copy.h"

enum {
    LITERALS = 256,
    SYMBOLS = 512,
    TABLE_BITS = 11,
    LENGTHS_SIZE = SYMBOLS / 2, /* bytes, at the start of a block */
    BLOCK_SIZE = 65536,
    MATCH_LENGTH_MIN = 3,
};

struct xpress {
    struct bit_reader input;
    uint8_t *out; /* NULL: measure only */
    size_t produced, out_size;
    bool size_known;
    bool ended; /* at the end symbol */
    const char *reason;

    HUFFMAN_TABLE(TABLE_BITS, SYMBOLS) table;
    uint8_t lengths[SYMBOLS];
};

static bool fail(struct xpress *xpress, const char *reason)
{
    xpress->reason = reason;
    return false;
}

/* True if all of the input is consumed, but for one byte that may follow it. */
static __attribute__((cold)) bool at_end(struct bit_reader input)
{
    bit_reader_refill(&input);
    bit_reader_unread(&input, 32);
    return input.end - input.next <= 1;
}

/*
 * Entries of the table. A literal: the byte << 16 | bits of the codeword << 8 | the same. A match:
 * ENTRY_MATCH | bits of the offset << 20 | length << 16 | bits of the codeword << 8 | those bits
 * and the offset's, if these follow directly: if there are no bytes of the length in between.
 */
static const uint32_t ENTRY_MATCH = 0x80000000;
enum { BYTES_FOLLOW = 15 };

static uint32_t entry_of(unsigned symbol, unsigned bits, unsigned context)
{
    if (symbol < LITERALS) {
        return symbol << 16 | bits << 8 | bits;
    }
    unsigned length = symbol & 15, offset_bits = (symbol - LITERALS) >> 4;
    unsigned total = length == BYTES_FOLLOW ? bits : bits + offset_bits;
    return ENTRY_MATCH | offset_bits << 20 | length << 16 | bits << 8 | total;
}

/* Look at the next symbol. */
BIT_READER_INLINE uint32_t read_entry(struct xpress *xpress, struct bit_reader *input)
{
    uint32_t entry = xpress->table.entries[bit_reader_peek(input, TABLE_BITS)];
    if (__builtin_expect(entry == 0, 0)) {
        entry = huffman_decode_long(&xpress->table.code, xpress->table.sorted, TABLE_BITS,
                                    bit_reader_peek(input, 16));
        entry = entry_of(entry >> 8, entry & 0xFF, 0);
    }
    return entry;
}

static bool read_code(struct xpress *xpress)
{
    struct bit_reader *input = &xpress->input;
    if (input->missing > 0 || input->end - input->next < LENGTHS_SIZE) {
        return fail(xpress, "the input ends in a block's code");
    }
    for (unsigned i = 0; i < LENGTHS_SIZE; i++) {
        xpress->lengths[2 * i] = input->next[i] & 15;
        xpress->lengths[2 * i + 1] = input->next[i] >> 4;
    }
    enum huffman_result result =
        huffman_build(&xpress->table.code, xpress->table.sorted, xpress->lengths, SYMBOLS);
    if (result != HUFFMAN_COMPLETE) {
        return fail(xpress, HUFFMAN_REASON(result, "the code"));
    }
    huffman_fill(&xpress->table.code, xpress->table.sorted, xpress->table.entries, TABLE_BITS,
                 entry_of, 0);
    bit_reader_start(input, input->next + LENGTHS_SIZE, input->end);
    return true;
}

/* Read the length of a long match, without MATCH_LENGTH_MIN, from whole bytes; 0 if invalid. */
BIT_READER_INLINE uint32_t read_length(struct bit_reader *input, const char **reason)
{
    bit_reader_refill(input);
    bit_reader_unread(input, 32);
    size_t left = input->missing > 0 ? 0 : input->end - input->next;
    unsigned size = 1;
    uint32_t length = 0;
    if (left >= 1 && *input->next < 255) {
        length = 15 + *input->next;
    } else if (left >= 3 && get_u16(input->next + 1) > 0) {
        size = 3;
        length = get_u16(input->next + 1);
    } else if (left >= 7) {
        size = 7;
        length = get_u32(input->next + 3);
    } else {
        *reason = "the input ends in the length of a match";
        return 0;
    }
    input->next += size;
    if (length < 15 || length > UINT32_MAX - MATCH_LENGTH_MIN) {
        *reason = "the length of a match is invalid";
        return 0;
    }
    return length;
}

/* Decode the items of one block. */
static inline __attribute__((always_inline)) bool decode_items(struct xpress *xpress, bool store)
{
    struct bit_reader input = xpress->input;
    uint8_t *const out = xpress->out;
    const size_t out_size = xpress->out_size;
    size_t produced = xpress->produced;
    const size_t block_end = out_size - produced > BLOCK_SIZE ? produced + BLOCK_SIZE : out_size;
    const char *reason = NULL;
    bit_reader_refill(&input);
    uint32_t entry = read_entry(xpress, &input);
    for (;;) {
        if (!(entry & ENTRY_MATCH)) {
            bit_reader_skip(&input, entry & 0xFF);
            if (store) {
                out[produced] = entry >> 16;
            }
            if (++produced >= block_end) {
                break;
            }
            /* On 64-bit machines the bits last for a second symbol. */
            bit_reader_refill_narrow(&input);
            entry = read_entry(xpress, &input);
            if (!(entry & ENTRY_MATCH)) {
                bit_reader_skip(&input, entry & 0xFF);
                if (store) {
                    out[produced] = entry >> 16;
                }
                if (++produced >= block_end) {
                    break;
                }
                bit_reader_refill(&input);
                entry = read_entry(xpress, &input);
                continue;
            }
            bit_reader_refill(&input);
        }

        uint32_t length = entry >> 16 & 15;
        unsigned offset_bits = entry >> 20 & 15, codeword_bits = entry >> 8 & 0xFF;
        bit_reader_skip(&input, codeword_bits);
        if (__builtin_expect(length == BYTES_FOLLOW, 0)) {
            length = read_length(&input, &reason);
            if (__builtin_expect(length == 0, 0)) {
                break;
            }
        } else {
            if (!xpress->size_known && length == 0 && offset_bits == 0 && at_end(input)) {
                xpress->ended = true;
                break;
            }
            bit_reader_refill_narrow(&input);
        }
        length += MATCH_LENGTH_MIN;
        uint32_t offset = (1u << offset_bits) + bit_reader_take(&input, offset_bits);

        if (__builtin_expect(offset > produced, 0)) {
            reason = "a match reaches before the start of the output";
            break;
        }
        if (__builtin_expect(length > out_size - produced, 0)) {
            reason = "a match passes the end of the output";
            break;
        }
        /* Look ahead before the copy, whose branches are hard to predict. */
        bit_reader_refill(&input);
        entry = read_entry(xpress, &input);
        if (store) {
            match_copy(out + produced, out + out_size, offset, length);
        }
        produced += length;
        if (produced >= block_end) {
            break;
        }
    }

    xpress->input = input;
    xpress->produced = produced;
    if (bit_reader_overrun(&input)) {
        reason = "the input ends early";
    }
    return reason != NULL ? fail(xpress, reason) : true;
}

static __attribute__((noinline)) bool decode_block(struct xpress *xpress)
{
    return decode_items(xpress, true);
}

static __attribute__((cold, noinline)) bool measure_block(struct xpress *xpress)
{
    return decode_items(xpress, false);
}

/* Decode to the end of the output or, where its size is not known, of the input. */
static bool decode(struct xpress *xpress, const void *in, size_t in_size,
                   struct decompress_failure *failure)
{
    bit_reader_start(&xpress->input, in, (const uint8_t *)in + in_size);
    xpress->produced = 0;
    xpress->ended = false;
    xpress->reason = NULL;
    while (xpress->produced < xpress->out_size && !xpress->ended) {
        if (!read_code(xpress) ||
            !(xpress->out != NULL ? decode_block(xpress) : measure_block(xpress))) {
            break;
        }
        /* The next block begins after the words that this one's reader has fetched. */
        bit_reader_refill(&xpress->input);
        bit_reader_unread(&xpress->input, 32);
        if (!xpress->size_known && xpress->input.end - xpress->input.next <= 1) {
            break;
        }
    }
    if (xpress->reason == NULL) {
        return true;
    }
    *failure = (struct decompress_failure){
        .input_offset = bit_reader_offset(&xpress->input, in),
        .output_offset = xpress->produced,
        .reason = xpress->reason,
    };
    return false;
}

static size_t xpress_workspace_size(size_t chunk_size)
{
    return sizeof(struct xpress);
}

static bool xpress_decompress(const void *in, size_t in_size, void *out, size_t out_size,
                              size_t chunk_size, void *workspace,
                              struct decompress_failure *failure)
{
    struct xpress *xpress = workspace;
    xpress->out = out;
    xpress->out_size = out_size;
    xpress->size_known = true;
    return decode(xpress, in, in_size, failure);
}

static bool xpress_decompress_stream(const void *in, size_t in_size, void *out, size_t out_size,
                                     size_t *produced, void *workspace,
                                     struct decompress_failure *failure)
{
    struct xpress *xpress = workspace;
    xpress->out = out;
    xpress->out_size = out_size;
    xpress->size_known = false;
    bool done = decode(xpress, in, in_size, failure);
    *produced = xpress->produced;
    return done;
}

PLUGIN(decompressor, xpress) = {
    .name = "xpress",
    .wim_flags = 0x220000,
    .wim_format = 1,
    .wim_chunk_size_min = 4096,
    .wim_chunk_size_max = 65536,
    .workspace_size = xpress_workspace_size,
    .decompress = xpress_decompress,
    .decompress_stream = xpress_decompress_stream,
};
