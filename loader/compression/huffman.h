/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Canonical prefix codes, as XPRESS, LZX and LZMS use them: a code is given by the length of each
 * symbol's codeword, and codewords are looked up by their first bits in a table.
 *
 * A codeword longer than the table's index is found by comparing with the last codeword of each
 * length, which needs no second-level tables and so no bound on their size.
 */
#ifndef LOADER_HUFFMAN_H
#define LOADER_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_LENGTH_MAX = 16 };

struct huffman_code {
    /** By length: the end of the codewords up to this length, as a 16-bit number with the codeword
     * in its upper bits. */
    uint32_t end[HUFFMAN_LENGTH_MAX + 1];
    /** By length: what to add to a codeword of this length to get the rank of its symbol among
     * those sorted by length and value. */
    int32_t rank[HUFFMAN_LENGTH_MAX + 1];
};

/** A code with its table and with its symbols, sorted by length and value. */
#define HUFFMAN_TABLE(table_bits, symbols)                                                         \
    struct {                                                                                       \
        struct huffman_code code;                                                                  \
        uint32_t entries[1 << (table_bits)];                                                       \
        uint16_t sorted[symbols];                                                                  \
    }

enum huffman_result {
    HUFFMAN_COMPLETE,
    HUFFMAN_EMPTY,          /* no symbol has a codeword; decoding from it is not allowed */
    HUFFMAN_INCOMPLETE,     /* there are bit strings without a symbol */
    HUFFMAN_OVERSUBSCRIBED, /* the codewords would not be distinct */
};

/** What is wrong with a code, for failures; `what` names it: "the main code". */
#define HUFFMAN_REASON(result, what)                                                               \
    ((result) == HUFFMAN_EMPTY        ? what " is empty"                                           \
     : (result) == HUFFMAN_INCOMPLETE ? what " is incomplete"                                      \
                                      : what " is over-subscribed")

/**
 * Make a code from codeword lengths; its table is filled by huffman_fill() or huffman_fill_plain().
 *
 * @param sorted  written: the symbols that have codewords
 * @param lengths of each symbol's codeword, 0 to HUFFMAN_LENGTH_MAX bits; 0: it has none
 * @param symbols their number, at most 65535
 */
enum huffman_result huffman_build(struct huffman_code *code, uint16_t *sorted,
                                  const uint8_t *lengths, unsigned symbols);

/** A table's usual entry. A decoder may have its own entries, but an entry is never 0. */
static inline uint32_t huffman_plain_entry(unsigned symbol, unsigned length, unsigned context)
{
    return symbol << 8 | length;
}

/** Fill the table of a complete code; `entry_of` makes the entry of a symbol.
 * It also gets `context`. */
static inline __attribute__((always_inline)) void huffman_fill(
    const struct huffman_code *code, const uint16_t *sorted, uint32_t *entries, unsigned table_bits,
    uint32_t (*entry_of)(unsigned symbol, unsigned length, unsigned context), unsigned context)
{
    /* A codeword fills the entries of all its continuations: two of them at a time, except for the
     * longest that fit, which have one entry each. */
    uint32_t *const end = entries + ((uintptr_t)1 << table_bits);
    for (unsigned length = 1; length <= table_bits; length++) {
        unsigned pairs = (1u << (table_bits - length)) / 2;
        uint32_t *length_end = end - (((1u << 16) - code->end[length]) >> (16 - table_bits));
        while (entries < length_end) {
            uint32_t entry = entry_of(*sorted++, length, context);
            uint64_t pair = (uint64_t)entry << 32 | entry;
            for (unsigned i = 0; i < pairs; i++, entries += 2) {
                __builtin_memcpy(entries, &pair, sizeof(pair));
            }
            if (pairs == 0) {
                *entries++ = entry;
            }
        }
    }
    while (entries < end) { /* begin longer codewords */
        *entries++ = 0;
    }
}

/** huffman_fill() with plain entries. */
void huffman_fill_plain(const struct huffman_code *code, const uint16_t *sorted, uint32_t *entries,
                        unsigned table_bits);

/**
 * Find the plain entry of the codeword that a bit string begins with, where the table's is 0.
 *
 * @param next the next 16 bits of the input
 */
uint32_t huffman_decode_long(const struct huffman_code *code, const uint16_t *sorted,
                             unsigned table_bits, unsigned next);

#endif
