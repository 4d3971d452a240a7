/*
 * LZX as WIM files use it: chunks of 32 KiB (always, with Windows) to 2 MiB, each self-contained.
 *
 * A chunk is a sequence of blocks. A verbatim or aligned block holds literals and matches in three
 * prefix codes: the main code (literals, and matches by length and offset slot), the length code
 * (the rest of a long length) and, in aligned blocks, a code for the lowest three offset bits. The
 * codeword lengths stand at the start of the block as differences from those of the block before,
 * themselves in a prefix code (the "pretree"). An uncompressed block holds bytes.
 *
 * What differs from LZX in cabinet files: nothing is carried from one chunk to the next, a block
 * size has a flag for 32768, and the addresses of x86 calls are always translated, with the fixed
 * file size 12,000,000 and positions relative to the chunk. Uncompressed blocks, which no encoder
 * but Microsoft's writes, were checked against libwim.
 *
 * Public description: [MS-PATCH] 2.7 for cabinet LZX; the rest is from experiment with libwim.
 */
#include "bit_reader.h"
#include "decompressor.h"
#include "huffman.h"
#include "match_copy.h"

enum {
    WINDOW_ORDER_MIN = 15,
    WINDOW_ORDER_MAX = 21,
    LITERALS = 256,
    OFFSET_SLOTS_MAX = 50,
    REPEAT_SLOTS = 3, /* the first offset slots stand for the latest offsets */
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
    bool length_code_empty, aligned_code_empty;
    uint32_t recent[REPEAT_SLOTS];
    const char *reason; /* of the failure */

    uint8_t main_lengths[MAIN_SYMBOLS_MAX];
    uint8_t length_lengths[LENGTH_SYMBOLS];
    struct huffman_code main_code, length_code, aligned_code, pretree_code;
    uint16_t main_entries[HUFFMAN_ENTRIES(MAIN_TABLE_BITS, MAIN_SYMBOLS_MAX)];
    uint16_t length_entries[HUFFMAN_ENTRIES(LENGTH_TABLE_BITS, LENGTH_SYMBOLS)];
    uint16_t aligned_entries[HUFFMAN_ENTRIES(ALIGNED_TABLE_BITS, ALIGNED_SYMBOLS)];
    uint16_t pretree_entries[HUFFMAN_ENTRIES(PRETREE_TABLE_BITS, PRETREE_SYMBOLS)];
};

/* The match offset that each slot begins with, and the number of bits that are added to it. */
#define SLOT(base, extra)                                                                          \
    {                                                                                              \
        (base) - 2, extra                                                                          \
    }
static const struct {
    int32_t offset;
    uint32_t extra_bits;
} offset_slots[OFFSET_SLOTS_MAX] = {
    SLOT(2, 0),        SLOT(2, 0),        SLOT(2, 0),        SLOT(3, 0),        SLOT(4, 1),
    SLOT(6, 1),        SLOT(8, 2),        SLOT(12, 2),       SLOT(16, 3),       SLOT(24, 3),
    SLOT(32, 4),       SLOT(48, 4),       SLOT(64, 5),       SLOT(96, 5),       SLOT(128, 6),
    SLOT(192, 6),      SLOT(256, 7),      SLOT(384, 7),      SLOT(512, 8),      SLOT(768, 8),
    SLOT(1024, 9),     SLOT(1536, 9),     SLOT(2048, 10),    SLOT(3072, 10),    SLOT(4096, 11),
    SLOT(6144, 11),    SLOT(8192, 12),    SLOT(12288, 12),   SLOT(16384, 13),   SLOT(24576, 13),
    SLOT(32768, 14),   SLOT(49152, 14),   SLOT(65536, 15),   SLOT(98304, 15),   SLOT(131072, 16),
    SLOT(196608, 16),  SLOT(262144, 17),  SLOT(393216, 17),  SLOT(524288, 17),  SLOT(655360, 17),
    SLOT(786432, 17),  SLOT(917504, 17),  SLOT(1048576, 17), SLOT(1179648, 17), SLOT(1310720, 17),
    SLOT(1441792, 17), SLOT(1572864, 17), SLOT(1703936, 17), SLOT(1835008, 17), SLOT(1966080, 17),
};
#undef SLOT

/* By window order, from WINDOW_ORDER_MIN. */
static const uint8_t offset_slot_counts[] = {30, 32, 34, 36, 38, 42, 50};

static bool fail(struct lzx *lzx, const char *reason)
{
    lzx->reason = reason;
    return false;
}

/* Read one symbol of the pretree. */
static inline unsigned read_pretree_symbol(struct lzx *lzx, struct bit_reader *input)
{
    unsigned length;
    bit_reader_refill(input);
    unsigned symbol = huffman_decode(&lzx->pretree_code, lzx->pretree_entries, PRETREE_TABLE_BITS,
                                     bit_reader_peek(input, 16), &length);
    bit_reader_skip(input, length);
    return symbol;
}

/* Read a list of codeword lengths over the values it had in the block before. */
static bool read_codeword_lengths(struct lzx *lzx, uint8_t *lengths, unsigned count)
{
    struct bit_reader input = lzx->input;
    uint8_t pretree_lengths[PRETREE_SYMBOLS];
    for (unsigned i = 0; i < PRETREE_SYMBOLS; i++)
        pretree_lengths[i] = bit_reader_read(&input, 4);
    enum huffman_result result =
        huffman_build(&lzx->pretree_code, lzx->pretree_entries, PRETREE_TABLE_BITS, pretree_lengths,
                      PRETREE_SYMBOLS);
    lzx->input = input;
    if (result != HUFFMAN_COMPLETE)
        return fail(lzx, HUFFMAN_REASON(result, "the code of the codeword lengths"));

    for (unsigned i = 0; i < count;) {
        unsigned symbol = read_pretree_symbol(lzx, &input);
        if (symbol <= 16) {
            int length = lengths[i] - (int)symbol;
            lengths[i++] = length < 0 ? length + 17 : length;
            continue;
        }
        unsigned run;
        int length = 0;
        if (symbol == 17) {
            run = 4 + bit_reader_read(&input, 4);
        } else if (symbol == 18) {
            run = 20 + bit_reader_read(&input, 5);
        } else {
            run = 4 + bit_reader_read(&input, 1);
            symbol = read_pretree_symbol(lzx, &input);
            if (symbol > 16) {
                lzx->input = input;
                return fail(lzx, "a run of codeword lengths repeats a run");
            }
            length = lengths[i] - (int)symbol;
            length = length < 0 ? length + 17 : length;
        }
        if (run > count - i) {
            lzx->input = input;
            return fail(lzx, "a run of codeword lengths passes the end of their list");
        }
        while (run-- > 0)
            lengths[i++] = length;
    }
    lzx->input = input;
    return true;
}

/* Read the codes that a block begins with. */
static bool read_codes(struct lzx *lzx, bool aligned)
{
    enum huffman_result result;
    if (aligned) {
        uint8_t lengths[ALIGNED_SYMBOLS];
        for (unsigned i = 0; i < ALIGNED_SYMBOLS; i++)
            lengths[i] = bit_reader_read(&lzx->input, 3);
        result = huffman_build(&lzx->aligned_code, lzx->aligned_entries, ALIGNED_TABLE_BITS,
                               lengths, ALIGNED_SYMBOLS);
        lzx->aligned_code_empty = result == HUFFMAN_EMPTY;
        if (result != HUFFMAN_COMPLETE && result != HUFFMAN_EMPTY)
            return fail(lzx, HUFFMAN_REASON(result, "the aligned offset code"));
    }

    if (!read_codeword_lengths(lzx, lzx->main_lengths, LITERALS) ||
        !read_codeword_lengths(lzx, lzx->main_lengths + LITERALS, lzx->main_symbols - LITERALS) ||
        !read_codeword_lengths(lzx, lzx->length_lengths, LENGTH_SYMBOLS))
        return false;
    result = huffman_build(&lzx->main_code, lzx->main_entries, MAIN_TABLE_BITS, lzx->main_lengths,
                           lzx->main_symbols);
    if (result != HUFFMAN_COMPLETE)
        return fail(lzx, HUFFMAN_REASON(result, "the main code"));
    result = huffman_build(&lzx->length_code, lzx->length_entries, LENGTH_TABLE_BITS,
                           lzx->length_lengths, LENGTH_SYMBOLS);
    lzx->length_code_empty = result == HUFFMAN_EMPTY; /* legal while no match is long */
    if (result != HUFFMAN_COMPLETE && result != HUFFMAN_EMPTY)
        return fail(lzx, HUFFMAN_REASON(result, "the length code"));
    return true;
}

/* Decode the items of a verbatim or aligned block of `size` bytes. */
static inline __attribute__((always_inline)) bool decode_items(struct lzx *lzx, size_t size,
                                                               bool aligned)
{
    struct bit_reader input = lzx->input;
    uint32_t recent0 = lzx->recent[0], recent1 = lzx->recent[1], recent2 = lzx->recent[2];
    uint8_t *next = lzx->next, *const block_end = next + size;
    const char *reason = NULL;

    while (next < block_end) {
        unsigned bits;
        bit_reader_refill(&input);
        unsigned symbol = huffman_decode(&lzx->main_code, lzx->main_entries, MAIN_TABLE_BITS,
                                         bit_reader_peek(&input, 16), &bits);
        bit_reader_skip(&input, bits);
        if (symbol < LITERALS) {
            *next++ = symbol;
            continue;
        }

        unsigned length = (symbol & 7) + 2, slot = (symbol - LITERALS) >> 3;
        if (length == 9) {
            if (__builtin_expect(lzx->length_code_empty, 0)) {
                reason = "a match needs the length code, which is empty";
                break;
            }
            bit_reader_refill_narrow(&input);
            length += huffman_decode(&lzx->length_code, lzx->length_entries, LENGTH_TABLE_BITS,
                                     bit_reader_peek(&input, 16), &bits);
            bit_reader_skip(&input, bits);
            bit_reader_refill(&input);
        } else {
            bit_reader_refill_narrow(&input);
        }

        uint32_t offset;
        if (slot >= REPEAT_SLOTS) {
            unsigned extra_bits = offset_slots[slot].extra_bits;
            offset = offset_slots[slot].offset;
            if (aligned && extra_bits >= 3) {
                if (__builtin_expect(lzx->aligned_code_empty, 0)) {
                    reason = "a match needs the aligned offset code, which is empty";
                    break;
                }
                offset += bit_reader_take(&input, extra_bits - 3) << 3;
                bit_reader_refill_narrow(&input);
                offset += huffman_decode(&lzx->aligned_code, lzx->aligned_entries,
                                         ALIGNED_TABLE_BITS, bit_reader_peek(&input, 16), &bits);
                bit_reader_skip(&input, bits);
            } else {
                offset += bit_reader_take(&input, extra_bits);
            }
            recent2 = recent1;
            recent1 = recent0;
            recent0 = offset;
        } else if (slot == 0) {
            offset = recent0;
        } else if (slot == 1) {
            offset = recent1;
            recent1 = recent0;
            recent0 = offset;
        } else { /* not moved to the front: swapped with it */
            offset = recent2;
            recent2 = recent0;
            recent0 = offset;
        }

        if (__builtin_expect(offset > (size_t)(next - lzx->out), 0)) {
            reason = "a match reaches before the start of the chunk";
            break;
        }
        if (__builtin_expect(length > (size_t)(block_end - next), 0)) {
            reason = "a match passes the end of its block";
            break;
        }
        match_copy(next, lzx->end, offset, length);
        next += length;
    }

    lzx->input = input;
    lzx->next = next;
    lzx->recent[0] = recent0, lzx->recent[1] = recent1, lzx->recent[2] = recent2;
    return reason ? fail(lzx, reason) : true;
}

static __attribute__((noinline)) bool decode_verbatim(struct lzx *lzx, size_t size)
{
    return decode_items(lzx, size, false);
}

static __attribute__((noinline)) bool decode_aligned(struct lzx *lzx, size_t size)
{
    return decode_items(lzx, size, true);
}

static bool copy_uncompressed(struct lzx *lzx, size_t size)
{
    struct bit_reader *input = &lzx->input;
    /* The bytes begin at the next word; at a word's start already, a whole word is skipped. */
    bit_reader_refill(input);
    bit_reader_skip(input, input->count % 16 > 0 ? input->count % 16 : 16);
    bit_reader_unread(input, 16);
    if (input->missing > 0 || input->end - input->next < 12)
        return fail(lzx, "the input ends in the header of an uncompressed block");
    for (unsigned i = 0; i < REPEAT_SLOTS; i++, input->next += 4) {
        lzx->recent[i] = load_u32(input->next);
        if (lzx->recent[i] == 0)
            return fail(lzx, "the header of an uncompressed block has an offset of 0");
    }
    if ((size_t)(input->end - input->next) < size)
        return fail(lzx, "the input ends in an uncompressed block");
    __builtin_memcpy(lzx->next, input->next, size);
    lzx->next += size;
    input->next += size;
    if (size % 2 > 0 && input->next < input->end)
        input->next++;
    return true;
}

static bool decode_block(struct lzx *lzx)
{
    unsigned type = bit_reader_read(&lzx->input, 3);
    size_t size = DEFAULT_BLOCK_SIZE;
    if (bit_reader_read(&lzx->input, 1) == 0) {
        size = bit_reader_read(&lzx->input, 16);
        if (lzx->window_order > WINDOW_ORDER_MIN)
            size = size << 8 | bit_reader_read(&lzx->input, 8);
    }
    if (type < BLOCK_VERBATIM || type > BLOCK_UNCOMPRESSED)
        return fail(lzx, "unknown type of block");
    if (size == 0)
        return fail(lzx, "a block is empty");
    if (size > (size_t)(lzx->end - lzx->next))
        return fail(lzx, "a block passes the end of the chunk");

    if (type == BLOCK_UNCOMPRESSED)
        return copy_uncompressed(lzx, size);
    if (!read_codes(lzx, type == BLOCK_ALIGNED))
        return false;
    return type == BLOCK_ALIGNED ? decode_aligned(lzx, size) : decode_verbatim(lzx, size);
}

/* The encoder made the operands of E8 (call) instructions absolute: make them relative again. */
static void untranslate_calls(uint8_t *out, size_t size)
{
    if (size <= TRANSLATION_TAIL)
        return;
    uint8_t *end = out + size - TRANSLATION_TAIL;
    const uintptr_t ones = UINTPTR_MAX / 255;
    for (uint8_t *next = out; next < end;) {
        /* Skip words without an E8 byte: x has a zero byte where the word has E8. */
        if (*next != 0xE8) {
            uintptr_t word;
            if ((size_t)(end - next) >= sizeof(word)) {
                __builtin_memcpy(&word, next, sizeof(word));
                uintptr_t x = word ^ ones * 0xE8;
                uintptr_t zero_bytes = (x - ones) & ~x & ones * 0x80;
                next += zero_bytes == 0 ? sizeof(word) : (size_t)__builtin_ctzl(zero_bytes) / 8;
            } else {
                next++;
            }
            continue;
        }
        int32_t position = next - out, address = load_u32(next + 1);
        if (address >= 0 && address < TRANSLATION_FILE_SIZE)
            store_u32(next + 1, address - position);
        else if (address < 0 && address >= -position)
            store_u32(next + 1, address + TRANSLATION_FILE_SIZE);
        next += 5;
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
    for (unsigned i = 0; i < REPEAT_SLOTS; i++)
        lzx->recent[i] = 1;
    __builtin_memset(lzx->main_lengths, 0, sizeof(lzx->main_lengths));
    __builtin_memset(lzx->length_lengths, 0, sizeof(lzx->length_lengths));

    lzx->window_order = WINDOW_ORDER_MIN;
    while (lzx->window_order < WINDOW_ORDER_MAX && chunk_size > (size_t)1 << lzx->window_order)
        lzx->window_order++;
    lzx->main_symbols = LITERALS + 8 * offset_slot_counts[lzx->window_order - WINDOW_ORDER_MIN];
    if (chunk_size != (size_t)1 << lzx->window_order)
        fail(lzx, "the chunk size is not a power of two from 32 KiB to 2 MiB");
    else if (out_size > chunk_size)
        fail(lzx, "more output is wanted than a chunk has");

    while (!lzx->reason && lzx->next < lzx->end)
        decode_block(lzx);
    if (bit_reader_overrun(&lzx->input)) /* any other reason comes of the zeros read instead */
        lzx->reason = "the input ends early";
    if (lzx->reason) {
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
    .version = DECOMPRESSOR_VERSION,
    .name = "lzx",
    .summary = "LZX, the usual compression of WIM files",
    .wim_flag = 0x40000,
    .wim_format = 2,
    .wim_chunk_size_min = 1 << WINDOW_ORDER_MIN,
    .wim_chunk_size_max = 1 << WINDOW_ORDER_MAX,
    .workspace_size = lzx_workspace_size,
    .decompress = lzx_decompress,
};
