/*
 * XPRESS with Huffman codes ("LZ77+Huffman"): the chunks of WIM files, and the longer streams that
 * the BIOS boot manager of Windows 8 and later is packed in. Public description: [MS-XCA] 2.1, 2.2.
 *
 * The data is a sequence of blocks of about 64 KiB of output; a WIM chunk is one block. A block
 * begins with the codeword lengths of its 512 symbols, four bits each. A symbol is a literal, or a
 * match with a number of offset bits and a length up to 17; the rest of a longer length follows as
 * whole bytes in the middle of the bit stream, behind the words that a reader has fetched if it
 * fetches a word as soon as it holds fewer than 16 bits. This reader fetches more and gives back.
 *
 * A block ends when it has produced 64 KiB or more: its last match may pass that mark. Matches
 * reach back over the start of their block.
 *
 * Symbol 256 marks the end of the data, but is an ordinary match before the end. Where the length
 * is known it is not needed; where it is not, it counts as the end if nothing follows it.
 */
#include "bit_reader.h"
#include "decompressor.h"
#include "huffman.h"
#include "match_copy.h"

enum {
    LITERALS = 256,
    SYMBOLS = 512,
    END_SYMBOL = 256,
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

    struct huffman_code code;
    uint16_t entries[HUFFMAN_ENTRIES(TABLE_BITS, SYMBOLS)];
    uint8_t lengths[SYMBOLS];
};

static bool fail(struct xpress *xpress, const char *reason)
{
    xpress->reason = reason;
    return false;
}

/* True if all of the input is consumed, but for one byte that may stand behind it. */
static bool at_end(struct bit_reader input)
{
    bit_reader_refill(&input);
    bit_reader_unread(&input, 32);
    return input.end - input.next <= 1;
}

static bool read_code(struct xpress *xpress)
{
    struct bit_reader *input = &xpress->input;
    if (input->missing > 0 || input->end - input->next < LENGTHS_SIZE)
        return fail(xpress, "the input ends in a block's code");
    for (unsigned i = 0; i < LENGTHS_SIZE; i++) {
        xpress->lengths[2 * i] = input->next[i] & 15;
        xpress->lengths[2 * i + 1] = input->next[i] >> 4;
    }
    enum huffman_result result =
        huffman_build(&xpress->code, xpress->entries, TABLE_BITS, xpress->lengths, SYMBOLS);
    if (result != HUFFMAN_COMPLETE)
        return fail(xpress, HUFFMAN_REASON(result, "the code"));
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
    } else if (left >= 3 && load_u16(input->next + 1) > 0) {
        size = 3;
        length = load_u16(input->next + 1);
    } else if (left >= 7) {
        size = 7;
        length = load_u32(input->next + 3);
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

    while (produced < block_end) {
        unsigned bits;
        bit_reader_refill(&input);
        unsigned symbol = huffman_decode(&xpress->code, xpress->entries, TABLE_BITS,
                                         bit_reader_peek(&input, 16), &bits);
        bit_reader_skip(&input, bits);
        if (symbol < LITERALS) {
            if (store)
                out[produced] = symbol;
            produced++;
            continue;
        }
        if (__builtin_expect(symbol == END_SYMBOL, 0) && !xpress->size_known && at_end(input)) {
            xpress->ended = true;
            break;
        }

        uint32_t length = symbol & 15;
        if (__builtin_expect(length == 15, 0)) {
            length = read_length(&input, &reason);
            if (__builtin_expect(length == 0, 0))
                break;
        } else {
            bit_reader_refill_narrow(&input);
        }
        length += MATCH_LENGTH_MIN;
        unsigned offset_bits = (symbol - LITERALS) >> 4;
        uint32_t offset = (1u << offset_bits) + bit_reader_take(&input, offset_bits);

        if (__builtin_expect(offset > produced, 0)) {
            reason = "a match reaches before the start of the output";
            break;
        }
        if (__builtin_expect(length > out_size - produced, 0)) {
            reason = "a match passes the end of the output";
            break;
        }
        if (store)
            match_copy(out + produced, out + out_size, offset, length);
        produced += length;
    }

    xpress->input = input;
    xpress->produced = produced;
    if (bit_reader_overrun(&input))
        reason = "the input ends early";
    return reason ? fail(xpress, reason) : true;
}

static __attribute__((noinline)) bool decode_block(struct xpress *xpress)
{
    return decode_items(xpress, true);
}

static __attribute__((noinline)) bool measure_block(struct xpress *xpress)
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
        if (!read_code(xpress) || !(xpress->out ? decode_block(xpress) : measure_block(xpress)))
            break;
        /* The next block begins behind the words that this one's reader has fetched. */
        bit_reader_refill(&xpress->input);
        bit_reader_unread(&xpress->input, 32);
        if (!xpress->size_known && xpress->input.end - xpress->input.next <= 1)
            break;
    }
    if (!xpress->reason)
        return true;
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
    .version = DECOMPRESSOR_VERSION,
    .name = "xpress",
    .summary =
        "XPRESS with Huffman codes, of WIM files and the boot manager of Windows 8 and later",
    .wim_flag = 0x20000,
    .wim_format = 1,
    .wim_chunk_size_min = 4096,
    .wim_chunk_size_max = 65536,
    .workspace_size = xpress_workspace_size,
    .decompress = xpress_decompress,
    .decompress_stream = xpress_decompress_stream,
};
