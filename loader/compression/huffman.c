/* SPDX-License-Identifier: BSD-2-Clause */
/* Canonical prefix codes: see huffman.h. */
#include "compression/huffman.h"

enum huffman_result huffman_build(struct huffman_code *code, uint16_t *sorted,
                                  const uint8_t *lengths, unsigned symbols)
{
    unsigned count[HUFFMAN_LENGTH_MAX + 1] = {0};
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        count[lengths[symbol]]++;
    }
    if (count[0] == symbols) {
        return HUFFMAN_EMPTY;
    }

    /* Codewords of one length follow each other, and each length follows the shorter ones. */
    unsigned place[HUFFMAN_LENGTH_MAX + 1];
    uint32_t end = 0, rank = 0;
    for (unsigned length = 1; length <= HUFFMAN_LENGTH_MAX; length++) {
        unsigned shift = HUFFMAN_LENGTH_MAX - length;
        place[length] = rank;
        code->rank[length] = (int32_t)rank - (int32_t)(end >> shift);
        end += (uint32_t)count[length] << shift;
        rank += count[length];
        code->end[length] = end;
    }
    if (end != 1u << HUFFMAN_LENGTH_MAX) {
        return end < 1u << HUFFMAN_LENGTH_MAX ? HUFFMAN_INCOMPLETE : HUFFMAN_OVERSUBSCRIBED;
    }

    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        if (lengths[symbol] > 0) {
            sorted[place[lengths[symbol]]++] = symbol;
        }
    }
    return HUFFMAN_COMPLETE;
}

void huffman_fill_plain(const struct huffman_code *code, const uint16_t *sorted, uint32_t *entries,
                        unsigned table_bits)
{
    huffman_fill(code, sorted, entries, table_bits, huffman_plain_entry, 0);
}

uint32_t huffman_decode_long(const struct huffman_code *code, const uint16_t *sorted,
                             unsigned table_bits, unsigned next)
{
    unsigned length = table_bits + 1;
    while (length < HUFFMAN_LENGTH_MAX && next >= code->end[length]) {
        length++;
    }
    unsigned codeword = next >> (HUFFMAN_LENGTH_MAX - length);
    return huffman_plain_entry(sorted[(int32_t)codeword + code->rank[length]], length, 0);
}
