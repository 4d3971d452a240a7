/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LZMS: the compression of solid WIM resources (install.esd), chunks of up to 64 MiB with Windows.
 *
 * A chunk holds two streams of 16-bit words. The one that begins at the start feeds a range decoder
 * of binary decisions with adaptive probabilities: literal or match, which kind of match, is it a
 * repeated one. The one that begins at the end and goes down is a bit stream of prefix codewords
 * and plain bits: literals, offsets, lengths. The prefix codes are adaptive too: each is rebuilt
 * from the frequencies of its symbols after a number of symbols decoded.
 *
 * Besides ordinary (LZ) matches there are delta matches, which continue a sequence of numbers that
 * are 2^power bytes apart. When a chunk is complete, its x86 code, found by a heuristic that
 * encoder and decoder share, gets its absolute addresses made relative again.
 *
 * There is no public description by Microsoft. The format was checked against libwim, with chunks
 * that it made and with hand-made ones.
 *
 * Its own files: adaptive codes in adaptive_code.c, the x86 filter in x86_filter.c.
 */
#include "base/little_endian.h"
#include "compression/bit_reader.h"
#include "compression/decompressor.h"
#include "compression/match_copy.h"
#include "plugins/lzms/adaptive_code.h"
#include "plugins/lzms/x86_filter.h"

enum {
    LITERAL_SYMBOLS = 256,
    OFFSET_SLOTS_MAX = 799,
    LENGTH_SLOTS = 54,
    POWER_SYMBOLS = 8,

    LITERAL_TABLE_BITS = 10,
    OFFSET_TABLE_BITS = 10,
    LENGTH_TABLE_BITS = 9,
    POWER_TABLE_BITS = 7,

    /* Symbols decoded between two builds of a code. */
    REBUILD_INTERVAL = 1024,
    REBUILD_INTERVAL_SMALL = 512, /* of the length and power codes */

    /* A match may repeat one of the last three sources. The latest counts from the next item but
     * one: a fourth place holds it until then. */
    QUEUE_LENGTH = 4,

    CHUNK_SIZE_MIN = 1 << 15,
    CHUNK_SIZE_MAX = 1 << 30,
    OUT_SIZE_MIN = 3, /* less has no offset code */
    IN_SIZE_MIN = 4,
    FORWARD_MISSING_MAX = 2, /* words at the end that only fill the range decoder */

    MAIN_STATES = 16,
    MATCH_STATES = 32,
    REPEAT_STATES = 64,
};

/* The probability of a decision: the last 64 outcomes, newest lowest, and how many were 0. */
struct probability {
    uint64_t history;
    uint32_t zeros;
};

static const uint64_t INITIAL_HISTORY = 0x55555555;
enum { INITIAL_ZEROS = 48 };

/* The values of a slot: base and the numbers of `extra_bits` bits above it. */
struct slot {
    uint32_t base, extra_bits;
};

/* Number of slots with each number of extra bits, in ascending order. */
struct slot_run {
    uint8_t extra_bits, slots;
};

static const struct slot_run offset_runs[] = {
    {0, 8},   {2, 9},   {3, 7},   {4, 10},  {5, 15},   {6, 15},  {7, 20},
    {8, 20},  {9, 30},  {10, 33}, {11, 40}, {12, 42},  {13, 45}, {14, 60},
    {15, 73}, {16, 80}, {17, 85}, {18, 95}, {19, 105}, {20, 6},  {30, 1},
};
static const struct slot_run length_runs[] = {
    {0, 26}, {1, 4}, {2, 6}, {3, 4},  {4, 5},  {5, 2},  {6, 1},
    {7, 1},  {8, 1}, {9, 1}, {10, 1}, {16, 1}, {30, 1},
};

struct range_decoder {
    uint32_t range, code;
    const uint8_t *next, *end;
    size_t missing; /* words read beyond the end */
};

/* What a match refers to: an offset in units of 2^power bytes, below the power, which is 0 in LZ
 * matches. One number, as the queues of them are written and read back within a few cycles. */
typedef uint64_t match_source;
enum { SOURCE_POWER_SHIFT = 32 };

/* State that LZ matches and delta matches have separately. */
struct match_kind {
    struct probability repeat[3][REPEAT_STATES];
    unsigned repeat_states[3];
    match_source queue[QUEUE_LENGTH];
    struct adaptive_code offset;
    uint16_t frequencies[OFFSET_SLOTS_MAX], sorted[OFFSET_SLOTS_MAX];
    uint32_t entries[1 << OFFSET_TABLE_BITS];
};

struct decoder {
    struct probability main[MAIN_STATES], match[MATCH_STATES];
    struct match_kind lz, delta;
    struct slot offset_slots[OFFSET_SLOTS_MAX], length_slots[LENGTH_SLOTS];

    struct adaptive_code literal, length, power;
    uint16_t literal_frequencies[LITERAL_SYMBOLS], literal_sorted[LITERAL_SYMBOLS];
    uint32_t literal_entries[1 << LITERAL_TABLE_BITS];
    uint16_t length_frequencies[LENGTH_SLOTS], length_sorted[LENGTH_SLOTS];
    uint32_t length_entries[1 << LENGTH_TABLE_BITS];
    uint16_t power_frequencies[POWER_SYMBOLS], power_sorted[POWER_SYMBOLS];
    uint32_t power_entries[1 << POWER_TABLE_BITS];
};

union lzms_workspace {
    struct decoder decoder;
    struct x86_filter filter; /* when the decoder is done */
};

/* Read the next decision, of 2^k states, and move on to the state that it leads to. */
BIT_READER_INLINE bool decide(struct range_decoder *decoder, struct probability *probabilities,
                              unsigned *state, unsigned states)
{
    struct probability *probability = &probabilities[*state];
    if (__builtin_expect(decoder->range <= 0xFFFF, 0)) {
        decoder->range <<= 16;
        decoder->code <<= 16;
        if (__builtin_expect(decoder->next < decoder->end, 1)) {
            decoder->code |= get_u16(decoder->next);
            decoder->next += 2;
        } else {
            decoder->missing++;
        }
    }
    uint32_t zeros = probability->zeros;
    uint64_t history = probability->history;
    if (__builtin_expect(zeros - 1 >= 63, 0)) { /* neither outcome is impossible */
        zeros = zeros == 0 ? 1 : 63;
    }
    uint32_t bound = (decoder->range >> 6) * zeros;
    if (decoder->code < bound) {
        decoder->range = bound;
        probability->zeros += (uint32_t)(history >> 63);
        probability->history = history << 1;
        *state = *state << 1 & (states - 1);
        return false;
    }
    decoder->range -= bound;
    decoder->code -= bound;
    probability->zeros += (uint32_t)(history >> 63) - 1;
    probability->history = history << 1 | 1;
    *state = (*state << 1 | 1) & (states - 1);
    return true;
}

/* bit_reader_refill() for the stream that goes down: `next` is after the next word, `end` is the
 * start of the buffer. */
BIT_READER_INLINE void refill_backward(struct bit_reader *reader)
{
    if (__builtin_expect(reader->next - reader->end >= (ptrdiff_t)sizeof(bit_word), 1)) {
        bit_word words;
        __builtin_memcpy(&words, reader->next - sizeof(words), sizeof(words));
        unsigned fit = (BIT_WORD_BITS - 1 - reader->count) / 16;
        reader->bits |= words >> reader->count;
        reader->next -= 2 * fit;
        reader->count += 16 * fit;
        return;
    }
    while (reader->count <= BIT_WORD_BITS - 17) {
        bit_word word = 0;
        if (reader->next > reader->end) {
            reader->next -= 2;
            word = get_u16(reader->next);
        } else {
            reader->missing++;
        }
        reader->bits |= word << (BIT_WORD_BITS - 16 - reader->count);
        reader->count += 16;
    }
}

/* Bits that refill_backward() leaves on 32-bit machines; a longer number is read in two. */
enum { NARROW_FILL = 16 };

BIT_READER_INLINE unsigned read_symbol(struct bit_reader *input, struct adaptive_code *code,
                                       const uint32_t *entries, unsigned table_bits)
{
    refill_backward(input);
    uint32_t entry = entries[bit_reader_peek(input, table_bits)];
    if (__builtin_expect(entry == 0, 0)) {
        entry =
            huffman_decode_long(&code->code, code->sorted, table_bits, bit_reader_peek(input, 16));
    }
    bit_reader_skip(input, entry & 0xFF);
    unsigned symbol = entry >> 8;
    adaptive_code_count(code, symbol);
    return symbol;
}

/* Read the value of a slot, after its symbol: on 64-bit machines the refill there lasts. */
BIT_READER_INLINE uint32_t read_slot(struct bit_reader *input, const struct slot *slot)
{
    unsigned extra_bits = slot->extra_bits;
    uint32_t high = 0;
    if (BIT_WORD_BITS < 64) {
        refill_backward(input);
        if (extra_bits > NARROW_FILL) {
            extra_bits -= NARROW_FILL;
            high = bit_reader_take(input, NARROW_FILL) << extra_bits;
            refill_backward(input);
        }
    }
    return slot->base + (high | bit_reader_take(input, extra_bits));
}

/* True if what a delta match refers to is in the `produced` bytes before it. */
static bool delta_reaches(match_source source, size_t produced)
{
    unsigned power = source >> SOURCE_POWER_SHIFT;
    size_t span = (size_t)1 << power;
    return span <= produced && (uint32_t)source <= (produced - span) >> power;
}

/* Continue a sequence of numbers by the differences between those of an earlier one. */
static __attribute__((noinline)) void delta_copy(uint8_t *to, match_source source, size_t length)
{
    unsigned power = source >> SOURCE_POWER_SHIFT;
    size_t span = (size_t)1 << power;
    const uint8_t *from = to - ((size_t)(uint32_t)source << power);
    for (; length > 0; length--, to++, from++) {
        *to = *from + *(to - span) - *(from - span);
    }
}

/* Decode all items of a chunk. Returns why it failed, or NULL. */
static const char *decode_items(struct decoder *decoder, const uint8_t *in, size_t in_size,
                                uint8_t *out, size_t out_size, size_t *consumed, size_t *produced)
{
    struct range_decoder decisions = {
        .range = UINT32_MAX,
        .code = (uint32_t)get_u16(in) << 16 | get_u16(in + 2),
        .next = in + 4,
        .end = in + in_size,
    };
    struct bit_reader input = {.next = in + in_size, .end = in};
    unsigned main_state = 0, match_state = 0;
    const struct match_kind *previous = NULL;
    uint8_t *next = out, *const end = out + out_size;
    const char *reason = NULL;
    while (next < end) {
        if (!decide(&decisions, decoder->main, &main_state, MAIN_STATES)) {
            *next++ = read_symbol(&input, &decoder->literal, decoder->literal_entries,
                                  LITERAL_TABLE_BITS);
            previous = NULL;
            continue;
        }

        struct match_kind *kind = decide(&decisions, decoder->match, &match_state, MATCH_STATES)
                                      ? &decoder->delta
                                      : &decoder->lz;
        match_source source = 0;
        if (!decide(&decisions, kind->repeat[0], &kind->repeat_states[0], REPEAT_STATES)) {
            if (kind == &decoder->delta) {
                source = (uint64_t)read_symbol(&input, &decoder->power, decoder->power_entries,
                                               POWER_TABLE_BITS)
                         << SOURCE_POWER_SHIFT;
            }
            unsigned slot = read_symbol(&input, &kind->offset, kind->entries, OFFSET_TABLE_BITS);
            source |= read_slot(&input, &decoder->offset_slots[slot]);
            kind->queue[3] = kind->queue[2];
            kind->queue[2] = kind->queue[1];
            kind->queue[1] = kind->queue[0];
        } else {
            unsigned i = previous == kind;
            if (decide(&decisions, kind->repeat[1], &kind->repeat_states[1], REPEAT_STATES)) {
                i +=
                    1 + decide(&decisions, kind->repeat[2], &kind->repeat_states[2], REPEAT_STATES);
            }
            source = kind->queue[i];
            for (; i > 0; i--) {
                kind->queue[i] = kind->queue[i - 1];
            }
        }
        kind->queue[0] = source;
        previous = kind;

        unsigned slot =
            read_symbol(&input, &decoder->length, decoder->length_entries, LENGTH_TABLE_BITS);
        uint32_t length = read_slot(&input, &decoder->length_slots[slot]);
        bool is_lz = kind == &decoder->lz;
        if (__builtin_expect(
                is_lz ? source > (size_t)(next - out) : !delta_reaches(source, next - out), 0)) {
            reason = is_lz ? "a match reaches before the start of the chunk"
                           : "a delta match reaches before the start of the chunk";
            break;
        }
        if (__builtin_expect(length > (size_t)(end - next), 0)) {
            reason = is_lz ? "a match passes the end of the chunk"
                           : "a delta match passes the end of the chunk";
            break;
        }
        if (is_lz) {
            match_copy(next, end, source, length);
        } else {
            delta_copy(next, source, length);
        }
        next += length;
    }

    if (bit_reader_overrun(&input) || decisions.missing > FORWARD_MISSING_MAX) {
        reason = "the input ends early";
    }
    *consumed = decisions.next - in;
    *produced = next - out;
    return reason;
}

static __attribute__((noinline)) void fill_probabilities(struct probability *probabilities,
                                                         unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        probabilities[i] = (struct probability){INITIAL_HISTORY, INITIAL_ZEROS};
    }
}

/* Write the slots that values up to `largest` fall in, at most slots_max; returns their number. */
static unsigned fill_slots(struct slot *slots, unsigned slots_max, const struct slot_run *run,
                           uint32_t largest)
{
    uint32_t base = 1;
    unsigned count = 0, run_end = run->slots;
    for (; count < slots_max && base <= largest; count++) {
        if (count == run_end) {
            run_end += (++run)->slots;
        }
        slots[count] = (struct slot){base, run->extra_bits};
        base += (uint32_t)1 << run->extra_bits;
    }
    return count;
}

static __attribute__((noinline)) void start_kind(struct match_kind *kind, unsigned offset_slots)
{
    for (unsigned i = 0; i < 3; i++) {
        fill_probabilities(kind->repeat[i], REPEAT_STATES);
        kind->repeat_states[i] = 0;
    }
    for (unsigned i = 0; i < QUEUE_LENGTH; i++) {
        kind->queue[i] = i + 1;
    }
    adaptive_code_start(&kind->offset, kind->frequencies, kind->sorted, kind->entries,
                        OFFSET_TABLE_BITS, offset_slots, REBUILD_INTERVAL);
}

static void start(struct decoder *decoder, size_t out_size)
{
    unsigned offset_slots =
        fill_slots(decoder->offset_slots, OFFSET_SLOTS_MAX, offset_runs, out_size - 1);
    fill_slots(decoder->length_slots, LENGTH_SLOTS, length_runs, UINT32_MAX);
    fill_probabilities(decoder->main, MAIN_STATES);
    fill_probabilities(decoder->match, MATCH_STATES);
    start_kind(&decoder->lz, offset_slots);
    start_kind(&decoder->delta, offset_slots);
    adaptive_code_start(&decoder->literal, decoder->literal_frequencies, decoder->literal_sorted,
                        decoder->literal_entries, LITERAL_TABLE_BITS, LITERAL_SYMBOLS,
                        REBUILD_INTERVAL);
    adaptive_code_start(&decoder->length, decoder->length_frequencies, decoder->length_sorted,
                        decoder->length_entries, LENGTH_TABLE_BITS, LENGTH_SLOTS,
                        REBUILD_INTERVAL_SMALL);
    adaptive_code_start(&decoder->power, decoder->power_frequencies, decoder->power_sorted,
                        decoder->power_entries, POWER_TABLE_BITS, POWER_SYMBOLS,
                        REBUILD_INTERVAL_SMALL);
}

static size_t lzms_workspace_size(size_t chunk_size)
{
    return sizeof(union lzms_workspace);
}

static bool lzms_decompress(const void *in, size_t in_size, void *out, size_t out_size,
                            size_t chunk_size, void *workspace, struct decompress_failure *failure)
{
    union lzms_workspace *lzms = workspace;
    size_t consumed = 0, produced = 0;
    const char *reason;
    if (in_size < IN_SIZE_MIN || in_size % 2 > 0) {
        reason = "the size of the input is odd or less than four bytes";
    } else if (out_size < OUT_SIZE_MIN || out_size > CHUNK_SIZE_MAX) {
        reason = "the size of the output is less than three bytes or more than 1 GiB";
    } else {
        start(&lzms->decoder, out_size);
        reason = decode_items(&lzms->decoder, in, in_size, out, out_size, &consumed, &produced);
    }
    if (reason != NULL) {
        *failure = (struct decompress_failure){
            .input_offset = consumed, .output_offset = produced, .reason = reason};
        return false;
    }
    x86_filter_undo(&lzms->filter, out, out_size);
    return true;
}

PLUGIN(decompressor, lzms) = {
    .name = "lzms",
    .wim_flags = 0x80000,
    .wim_format = 3,
    .wim_chunk_size_min = CHUNK_SIZE_MIN,
    .wim_chunk_size_max = CHUNK_SIZE_MAX,
    .workspace_size = lzms_workspace_size,
    .decompress = lzms_decompress,
};
