/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LZX as WIM files use it: chunks of 32 KiB (always, with Windows) to 2 MiB, each self-contained.
 *
 * A chunk is a sequence of blocks. A verbatim or aligned block holds literals and matches in three
 * prefix codes: the main code (literals, and matches by length and offset slot), the length code
 * (the rest of a long length) and, in aligned blocks, a code for the lowest three offset bits. The
 * codeword lengths are at the start of the block, as differences from those of the block before,
 * themselves in a prefix code (the "pretree"). An uncompressed block holds bytes.
 *
 * What differs from LZX in cabinet files: nothing is carried from one chunk to the next, a block
 * size has a flag for 32768, and the addresses of x86 calls are always translated, with the fixed
 * file size 12,000,000 and positions relative to the chunk. Uncompressed blocks, which no encoder
 * but Microsoft's writes, were checked against libwim.
 *
 * Public description: [MS-PATCH] 2.7 for cabinet LZX; the rest is from experiment with libwim.
 */
#include "base/little_endian.h"
#include "compression/bit_reader.h"
#include "compression/decompressor.h"
#include "compression/huffman.h"
#include "compression/match_copy.h"

enum {
    WINDOW_ORDER_MIN = 15,
    WINDOW_ORDER_MAX = 21,
    LITERALS = 256,
    OFFSET_SLOTS_MAX = 50,
    REPEAT_SLOTS = 3, /* the first offset slots mean the latest offsets */
    MAIN_SYMBOLS_MAX = LITERALS + 8 * OFFSET_SLOTS_MAX,
    LENGTH_SYMBOLS = 249,
    ALIGNED_SYMBOLS = 8,
    PRETREE_SYMBOLS = 20,

    MAIN_TABLE_BITS = 11,
    LENGTH_TABLE_BITS = 9,
    ALIGNED_TABLE_BITS = 7,
    PRETREE_TABLE_BITS = 6,

    BLOCK_VERBATIM = 1,
    BLOCK_ALIGNED = 2,
    BLOCK_UNCOMPRESSED = 3,
    DEFAULT_BLOCK_SIZE = 32768,

    /* x86 call translation. */
    TRANSLATION_FILE_SIZE = 12000000,
    TRANSLATION_TAIL = 10, /* bytes at the end of a chunk that never start a translated call */
};

struct lzx {
    struct bit_reader input;
    const uint8_t *in;
    uint8_t *out, *next, *end;
    unsigned window_order, main_symbols;
    unsigned aligned_slot; /* from which on the aligned code gives the lowest offset bits */
    bool length_code_empty, aligned_code_empty;
    uint32_t recent[REPEAT_SLOTS];
    const char *reason; /* of the failure */

    uint8_t main_lengths[MAIN_SYMBOLS_MAX];
    uint8_t length_lengths[LENGTH_SYMBOLS];
    HUFFMAN_TABLE(MAIN_TABLE_BITS, MAIN_SYMBOLS_MAX) main;
    HUFFMAN_TABLE(LENGTH_TABLE_BITS, LENGTH_SYMBOLS) length;
    HUFFMAN_TABLE(ALIGNED_TABLE_BITS, ALIGNED_SYMBOLS) aligned;
    HUFFMAN_TABLE(PRETREE_TABLE_BITS, PRETREE_SYMBOLS) pretree;
};

/* The match offset that each slot begins with; to it come extra_bits() more bits. */
static const int32_t slot_offsets[OFFSET_SLOTS_MAX] = {
    0,      0,      0,       1,       2,       4,       6,       10,      14,      22,
    30,     46,     62,      94,      126,     190,     254,     382,     510,     766,
    1022,   1534,   2046,    3070,    4094,    6142,    8190,    12286,   16382,   24574,
    32766,  49150,  65534,   98302,   131070,  196606,  262142,  393214,  524286,  655358,
    786430, 917502, 1048574, 1179646, 1310718, 1441790, 1572862, 1703934, 1835006, 1966078,
};

static unsigned extra_bits(unsigned slot)
{
    return slot < 4 ? 0 : slot < 38 ? slot / 2 - 1 : 17;
}

/* By window order, from WINDOW_ORDER_MIN. */
static const uint8_t offset_slot_counts[] = {30, 32, 34, 36, 38, 42, 50};

static bool fail(struct lzx *lzx, const char *reason)
{
    lzx->reason = reason;
    return false;
}

/* Read a number of a header. */
static __attribute__((noinline)) unsigned read_bits(struct lzx *lzx, unsigned bits)
{
    return bit_reader_read(&lzx->input, bits);
}

/*
 * Entries of the main code's table. A literal: the byte << 16 | bits of the codeword << 8 | the
 * same. A match: ENTRY_MATCH | slot << 20 | length << 16 | bits of the codeword << 8 | those bits
 * and the extra bits of the offset, if these follow directly: if there is no length symbol in
 * between.
 */
static const uint32_t ENTRY_MATCH = 0x80000000;
enum { LENGTH_FOLLOWS = 9, ALIGNED_SLOT_MIN = 8 };

static inline uint32_t main_entry(unsigned symbol, unsigned bits, unsigned aligned_slot)
{
    if (symbol < LITERALS) {
        return symbol << 16 | bits << 8 | bits;
    }
    unsigned length = (symbol & 7) + 2, slot = (symbol - LITERALS) >> 3, total = bits;
    if (length != LENGTH_FOLLOWS) {
        total += extra_bits(slot) - (slot >= aligned_slot ? 3 : 0);
    }
    return ENTRY_MATCH | slot << 20 | length << 16 | bits << 8 | total;
}

/* Read one symbol of the pretree. */
static inline unsigned read_pretree_symbol(struct lzx *lzx, struct bit_reader *input)
{
    bit_reader_refill(input);
    uint32_t entry = lzx->pretree.entries[bit_reader_peek(input, PRETREE_TABLE_BITS)];
    if (entry == 0) {
        entry = huffman_decode_long(&lzx->pretree.code, lzx->pretree.sorted, PRETREE_TABLE_BITS,
                                    bit_reader_peek(input, 16));
    }
    bit_reader_skip(input, entry & 0xFF);
    return entry >> 8;
}

/* Symbols of the pretree up to this one change a codeword's length, modulo 17. The three above it
 * mean runs: of zeros, or of one length that a symbol after it gives. */
enum { PRETREE_DIFFERENCE_MAX = 16 };

static const struct {
    uint8_t least, extra_bits;
    bool of_difference;
} runs[] = {{4, 4, false}, {20, 5, false}, {4, 1, true}};

static uint8_t codeword_length(uint8_t old, unsigned difference)
{
    return old >= difference ? old - difference : old + 17 - difference;
}

/* Read a list of codeword lengths over the values it had in the block before. */
static bool read_codeword_lengths(struct lzx *lzx, uint8_t *lengths, unsigned count)
{
    uint8_t pretree_lengths[PRETREE_SYMBOLS];
    for (unsigned i = 0; i < PRETREE_SYMBOLS; i++) {
        pretree_lengths[i] = read_bits(lzx, 4);
    }
    struct bit_reader input = lzx->input;
    enum huffman_result result =
        huffman_build(&lzx->pretree.code, lzx->pretree.sorted, pretree_lengths, PRETREE_SYMBOLS);
    if (result != HUFFMAN_COMPLETE) {
        return fail(lzx, HUFFMAN_REASON(result, "the code of the codeword lengths"));
    }
    huffman_fill_plain(&lzx->pretree.code, lzx->pretree.sorted, lzx->pretree.entries,
                       PRETREE_TABLE_BITS);

    for (unsigned i = 0; i < count;) {
        unsigned symbol = read_pretree_symbol(lzx, &input);
        if (symbol <= PRETREE_DIFFERENCE_MAX) {
            lengths[i] = codeword_length(lengths[i], symbol);
            i++;
            continue;
        }
        const unsigned kind = symbol - PRETREE_DIFFERENCE_MAX - 1;
        unsigned run = runs[kind].least + bit_reader_read(&input, runs[kind].extra_bits);
        uint8_t length = 0;
        lzx->input = input;
        if (runs[kind].of_difference) {
            symbol = read_pretree_symbol(lzx, &input);
            lzx->input = input;
            if (symbol > PRETREE_DIFFERENCE_MAX) {
                return fail(lzx, "a run of codeword lengths repeats a run");
            }
            length = codeword_length(lengths[i], symbol);
        }
        if (run > count - i) {
            return fail(lzx, "a run of codeword lengths passes the end of their list");
        }
        while (run-- > 0) {
            lengths[i++] = length;
        }
    }
    lzx->input = input;
    return true;
}

/* Read the codes that a block begins with. */
static bool read_codes(struct lzx *lzx)
{
    enum huffman_result result;
    if (lzx->aligned_slot == ALIGNED_SLOT_MIN) {
        uint8_t lengths[ALIGNED_SYMBOLS];
        for (unsigned i = 0; i < ALIGNED_SYMBOLS; i++) {
            lengths[i] = read_bits(lzx, 3);
        }
        result = huffman_build(&lzx->aligned.code, lzx->aligned.sorted, lengths, ALIGNED_SYMBOLS);
        lzx->aligned_code_empty = result == HUFFMAN_EMPTY;
        if (result == HUFFMAN_COMPLETE) {
            huffman_fill_plain(&lzx->aligned.code, lzx->aligned.sorted, lzx->aligned.entries,
                               ALIGNED_TABLE_BITS);
        } else if (result != HUFFMAN_EMPTY) {
            return fail(lzx, HUFFMAN_REASON(result, "the aligned offset code"));
        }
    }

    if (!read_codeword_lengths(lzx, lzx->main_lengths, LITERALS) ||
        !read_codeword_lengths(lzx, lzx->main_lengths + LITERALS, lzx->main_symbols - LITERALS) ||
        !read_codeword_lengths(lzx, lzx->length_lengths, LENGTH_SYMBOLS)) {
        return false;
    }

    result = huffman_build(&lzx->main.code, lzx->main.sorted, lzx->main_lengths, lzx->main_symbols);
    if (result != HUFFMAN_COMPLETE) {
        return fail(lzx, HUFFMAN_REASON(result, "the main code"));
    }
    huffman_fill(&lzx->main.code, lzx->main.sorted, lzx->main.entries, MAIN_TABLE_BITS, main_entry,
                 lzx->aligned_slot);

    result =
        huffman_build(&lzx->length.code, lzx->length.sorted, lzx->length_lengths, LENGTH_SYMBOLS);
    lzx->length_code_empty = result == HUFFMAN_EMPTY; /* legal while no match is long */
    if (result == HUFFMAN_COMPLETE) {
        huffman_fill_plain(&lzx->length.code, lzx->length.sorted, lzx->length.entries,
                           LENGTH_TABLE_BITS);
    } else if (result != HUFFMAN_EMPTY) {
        return fail(lzx, HUFFMAN_REASON(result, "the length code"));
    }
    return true;
}

/* Look at the next symbol of the main code. */
BIT_READER_INLINE uint32_t read_main_entry(struct lzx *lzx, struct bit_reader *input)
{
    uint32_t entry = lzx->main.entries[bit_reader_peek(input, MAIN_TABLE_BITS)];
    if (__builtin_expect(entry == 0, 0)) {
        entry = huffman_decode_long(&lzx->main.code, lzx->main.sorted, MAIN_TABLE_BITS,
                                    bit_reader_peek(input, 16));
        entry = main_entry(entry >> 8, entry & 0xFF, lzx->aligned_slot);
    }
    return entry;
}

/* Decode the items of a verbatim or aligned block of `size` bytes. */
static __attribute__((noinline)) bool decode_items(struct lzx *lzx, size_t size)
{
    struct bit_reader input = lzx->input;
    const unsigned aligned_slot = lzx->aligned_slot;
    uint8_t *next = lzx->next, *const block_end = next + size;
    const char *reason = NULL;
    bit_reader_refill(&input);
    uint32_t entry = read_main_entry(lzx, &input);
    for (;;) {
        if (!(entry & ENTRY_MATCH)) {
            bit_reader_skip(&input, entry & 0xFF);
            *next++ = entry >> 16;
            if (next == block_end) {
                break;
            }
            bit_reader_refill_narrow(&input);
            entry = read_main_entry(lzx, &input);
            if (!(entry & ENTRY_MATCH)) {
                bit_reader_skip(&input, entry & 0xFF);
                *next++ = entry >> 16;
                if (next == block_end) {
                    break;
                }
                bit_reader_refill(&input);
                entry = read_main_entry(lzx, &input);
                continue;
            }
            bit_reader_refill(&input);
        }

        unsigned length = entry >> 16 & 15, slot = entry >> 20 & 63;
        unsigned codeword_bits = entry >> 8 & 0xFF, bits = (entry & 0xFF) - codeword_bits;
        bit_reader_skip(&input, codeword_bits);
        if (length == LENGTH_FOLLOWS) {
            if (__builtin_expect(lzx->length_code_empty, 0)) {
                reason = "a match needs the length code, which is empty";
                break;
            }
            bit_reader_refill_narrow(&input);
            uint32_t length_entry = lzx->length.entries[bit_reader_peek(&input, LENGTH_TABLE_BITS)];
            if (__builtin_expect(length_entry == 0, 0)) {
                length_entry = huffman_decode_long(&lzx->length.code, lzx->length.sorted,
                                                   LENGTH_TABLE_BITS, bit_reader_peek(&input, 16));
            }
            bit_reader_skip(&input, length_entry & 0xFF);
            length += length_entry >> 8;
            bits = extra_bits(slot) - (slot >= aligned_slot ? 3 : 0);
            bit_reader_refill(&input);
        } else {
            bit_reader_refill_narrow(&input);
        }

        uint32_t value = bit_reader_take(&input, bits);
        if (slot >= aligned_slot) {
            if (__builtin_expect(lzx->aligned_code_empty, 0)) {
                reason = "a match needs the aligned offset code, which is empty";
                break;
            }
            bit_reader_refill_narrow(&input);
            uint32_t aligned_entry =
                lzx->aligned.entries[bit_reader_peek(&input, ALIGNED_TABLE_BITS)];
            bit_reader_skip(&input, aligned_entry & 0xFF);
            value = value << 3 | aligned_entry >> 8;
        }
        uint32_t offset;
        if (slot >= REPEAT_SLOTS) {
            offset = slot_offsets[slot] + value;
            lzx->recent[2] = lzx->recent[1];
            lzx->recent[1] = lzx->recent[0];
        } else { /* not moved to the front: swapped with it */
            offset = lzx->recent[slot];
            lzx->recent[slot] = lzx->recent[0];
        }
        lzx->recent[0] = offset;

        if (__builtin_expect(offset > (size_t)(next - lzx->out), 0)) {
            reason = "a match reaches before the start of the chunk";
            break;
        }
        if (__builtin_expect(length > (size_t)(block_end - next), 0)) {
            reason = "a match passes the end of its block";
            break;
        }
        /* Look ahead before the copy, which the processor may mispredict. */
        bit_reader_refill(&input);
        entry = read_main_entry(lzx, &input);
        match_copy(next, lzx->end, offset, length);
        next += length;
        if (next == block_end) {
            break;
        }
    }

    lzx->input = input;
    lzx->next = next;
    return reason != NULL ? fail(lzx, reason) : true;
}

static __attribute__((cold)) bool copy_uncompressed(struct lzx *lzx, size_t size)
{
    struct bit_reader *input = &lzx->input;
    /* The bytes begin at the next word; at a word's start already, a whole word is skipped. */
    bit_reader_refill(input);
    bit_reader_skip(input, input->count % 16 > 0 ? input->count % 16 : 16);
    bit_reader_unread(input, 16);
    if (input->missing > 0 || input->end - input->next < 12) {
        return fail(lzx, "the input ends in the header of an uncompressed block");
    }
    for (unsigned i = 0; i < REPEAT_SLOTS; i++, input->next += 4) {
        lzx->recent[i] = get_u32(input->next);
        if (lzx->recent[i] == 0) {
            return fail(lzx, "the header of an uncompressed block has an offset of 0");
        }
    }
    if ((size_t)(input->end - input->next) < size) {
        return fail(lzx, "the input ends in an uncompressed block");
    }
    __builtin_memcpy(lzx->next, input->next, size);
    lzx->next += size;
    input->next += size;
    if (size % 2 > 0 && input->next < input->end) {
        input->next++;
    }
    return true;
}

static bool decode_block(struct lzx *lzx)
{
    unsigned type = read_bits(lzx, 3);
    size_t size = DEFAULT_BLOCK_SIZE;
    if (read_bits(lzx, 1) == 0) {
        size = read_bits(lzx, 16);
        if (lzx->window_order > WINDOW_ORDER_MIN) {
            size = size << 8 | read_bits(lzx, 8);
        }
    }
    if (type < BLOCK_VERBATIM || type > BLOCK_UNCOMPRESSED) {
        return fail(lzx, "unknown type of block");
    }
    if (size == 0) {
        return fail(lzx, "a block is empty");
    }
    if (size > (size_t)(lzx->end - lzx->next)) {
        return fail(lzx, "a block passes the end of the chunk");
    }

    if (type == BLOCK_UNCOMPRESSED) {
        return copy_uncompressed(lzx, size);
    }
    lzx->aligned_slot = type == BLOCK_ALIGNED ? ALIGNED_SLOT_MIN : OFFSET_SLOTS_MAX;
    return read_codes(lzx) && decode_items(lzx, size);
}

/* The bytes of a word of data that are E8: for the lowest of them, and maybe some above it, the
 * result's byte has its highest bit set. */
static inline uintptr_t find_in_word(const uint8_t *from)
{
    const uintptr_t ones = UINTPTR_MAX / 255;
    uintptr_t word;
    __builtin_memcpy(&word, from, sizeof(word));
    word ^= ones * 0xE8;
    return (word - ones) & ~word & ones * 0x80;
}

/* The next E8 byte before `end`, or `end`. */
static uint8_t *find_call(uint8_t *next, uint8_t *end)
{
    enum { WORD = sizeof(uintptr_t) };
    while (end - next >= 2 * WORD) {
        uintptr_t first = find_in_word(next), second = find_in_word(next + WORD);
        if (first) {
            return next + __builtin_ctzl(first) / 8;
        }
        if (second) {
            return next + WORD + __builtin_ctzl(second) / 8;
        }
        next += 2 * WORD;
    }
    while (next < end && *next != 0xE8) {
        next++;
    }
    return next;
}

/* The encoder made the operands of E8 (call) instructions absolute: make them relative again. */
static void untranslate_calls(uint8_t *out, size_t size)
{
    if (size <= TRANSLATION_TAIL) {
        return;
    }
    uint8_t *const end = out + size - TRANSLATION_TAIL;
    for (uint8_t *next = out; next < end && (next = find_call(next, end)) < end; next += 5) {
        int32_t position = next - out, address = get_u32(next + 1);
        if (address >= 0 && address < TRANSLATION_FILE_SIZE) {
            put_u32(next + 1, address - position);
        } else if (address < 0 && address >= -position) {
            put_u32(next + 1, address + TRANSLATION_FILE_SIZE);
        }
    }
}

static size_t lzx_workspace_size(size_t chunk_size)
{
    return sizeof(struct lzx);
}

static bool lzx_decompress(const void *in, size_t in_size, void *out, size_t out_size,
                           size_t chunk_size, void *workspace, struct decompress_failure *failure)
{
    struct lzx *lzx = workspace;
    lzx->in = in;
    lzx->out = lzx->next = out;
    lzx->end = lzx->out + out_size;
    bit_reader_start(&lzx->input, in, lzx->in + in_size);
    lzx->reason = NULL;
    for (unsigned i = 0; i < REPEAT_SLOTS; i++) {
        lzx->recent[i] = 1;
    }
    __builtin_memset(lzx->main_lengths, 0, sizeof(lzx->main_lengths));
    __builtin_memset(lzx->length_lengths, 0, sizeof(lzx->length_lengths));

    lzx->window_order = WINDOW_ORDER_MIN;
    while (lzx->window_order < WINDOW_ORDER_MAX && chunk_size > (size_t)1 << lzx->window_order) {
        lzx->window_order++;
    }
    lzx->main_symbols = LITERALS + 8 * offset_slot_counts[lzx->window_order - WINDOW_ORDER_MIN];
    if (chunk_size != (size_t)1 << lzx->window_order) {
        fail(lzx, "the chunk size is not a power of two from 32 KiB to 2 MiB");
    } else if (out_size > chunk_size) {
        fail(lzx, "more output is requested than a chunk has");
    }

    while (lzx->reason == NULL && lzx->next < lzx->end) {
        decode_block(lzx);
    }
    if (bit_reader_overrun(&lzx->input)) { /* any other reason comes from the zeros read instead */
        lzx->reason = "the input ends early";
    }
    if (lzx->reason != NULL) {
        *failure = (struct decompress_failure){
            .input_offset = bit_reader_offset(&lzx->input, in),
            .output_offset = lzx->next - lzx->out,
            .reason = lzx->reason,
        };
        return false;
    }
    untranslate_calls(out, out_size);
    return true;
}

PLUGIN(decompressor, lzx) = {
    .name = "lzx",
    .wim_flags = 0x40000,
    .wim_format = 2,
    .wim_chunk_size_min = 1 << WINDOW_ORDER_MIN,
    .wim_chunk_size_max = 1 << WINDOW_ORDER_MAX,
    .workspace_size = lzx_workspace_size,
    .decompress = lzx_decompress,
};
