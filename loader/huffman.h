/*
 * Canonical prefix codes, as XPRESS, LZX and LZMS use them: a code is given by the length of each
 * symbol's codeword, and codewords are looked up by their first bits in a table.
 *
 * A codeword longer than the table's index is found by comparing with the last codeword of each
 * length, which needs no second-level tables and so no bound on their size.
 */
#ifndef LOADER_HUFFMAN_H
#define LOADER_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

enum { HUFFMAN_LENGTH_MAX = 16 };

/** A code; its entries are kept beside it because their number differs from code to code. */
struct huffman_code {
    /** By length: the end of the codewords up to this length, as a 16-bit number with the codeword
     * in its upper bits. */
    uint32_t end[HUFFMAN_LENGTH_MAX + 1];
    /** By length: what to add to a codeword of this length to get the rank of its symbol among
     * those sorted by length and value. */
    int32_t rank[HUFFMAN_LENGTH_MAX + 1];
};

/**
 * The size of a code's array of entries: first the table, an entry being symbol << 5 | length or 0
 * for codewords longer than table_bits; then the symbols, sorted by length and value.
 */
#define HUFFMAN_ENTRIES(table_bits, symbols) ((1 << (table_bits)) + (symbols))

enum huffman_result {
    HUFFMAN_COMPLETE,
    HUFFMAN_EMPTY,          /* no symbol has a codeword; decoding from it is not allowed */
    HUFFMAN_INCOMPLETE,     /* there are bit strings without a symbol */
    HUFFMAN_OVERSUBSCRIBED, /* the codewords would not be distinct */
};

/**
 * Build a code from codeword lengths.
 *
 * @param entries    HUFFMAN_ENTRIES(table_bits, symbols) of them
 * @param table_bits 3 to 12
 * @param lengths    of each symbol's codeword, 0 to HUFFMAN_LENGTH_MAX bits; 0: it has none
 * @param symbols    their number, at most 2048
 */
enum huffman_result huffman_build(struct huffman_code *code, uint16_t *entries, unsigned table_bits,
                                  const uint8_t *lengths, unsigned symbols);

/** What is wrong with a code, for failures; `what` names it: "main code". */
#define HUFFMAN_REASON(result, what)                                                               \
    ((result) == HUFFMAN_EMPTY        ? what " is empty"                                           \
     : (result) == HUFFMAN_INCOMPLETE ? what " is incomplete"                                      \
                                      : what " is over-subscribed")

/** The part of huffman_decode() for codewords that the table does not hold; returns an entry. */
unsigned huffman_decode_long(const struct huffman_code *code, const uint16_t *sorted,
                             unsigned table_bits, unsigned next);

/**
 * Find the symbol that a bit string begins with. The code must be complete.
 *
 * @param next   the next 16 bits of the input
 * @param length written: bits of the codeword
 */
static inline __attribute__((always_inline)) unsigned
huffman_decode(const struct huffman_code *code, const uint16_t *entries, unsigned table_bits,
               unsigned next, unsigned *length)
{
    unsigned entry = entries[next >> (16 - table_bits)];
    if (__builtin_expect(entry == 0, 0))
        entry = huffman_decode_long(code, entries + (1u << table_bits), table_bits, next);
    *length = entry & 31;
    return entry >> 5;
}

#endif
