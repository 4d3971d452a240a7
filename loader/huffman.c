/* Canonical prefix codes: see huffman.h. */
#include "huffman.h"

#include <stddef.h>

enum huffman_result huffman_build(struct huffman_code *code, uint16_t *entries, unsigned table_bits,
                                  const uint8_t *lengths, unsigned symbols)
{
    unsigned count[HUFFMAN_LENGTH_MAX + 1] = {0};
    for (unsigned symbol = 0; symbol < symbols; symbol++)
        count[lengths[symbol]]++;
    if (count[0] == symbols)
        return HUFFMAN_EMPTY;

    /* Codewords of one length follow each other, and each length follows the shorter ones. */
    uint16_t place[HUFFMAN_LENGTH_MAX + 1];
    uint32_t end = 0, rank = 0;
    for (unsigned length = 1; length <= HUFFMAN_LENGTH_MAX; length++) {
        unsigned shift = HUFFMAN_LENGTH_MAX - length;
        place[length] = rank;
        code->rank[length] = (int32_t)rank - (int32_t)(end >> shift);
        end += (uint32_t)count[length] << shift;
        rank += count[length];
        code->end[length] = end;
    }
    if (end != 1u << HUFFMAN_LENGTH_MAX)
        return end < 1u << HUFFMAN_LENGTH_MAX ? HUFFMAN_INCOMPLETE : HUFFMAN_OVERSUBSCRIBED;

    place[0] = 0;
    uint16_t *sorted = entries + ((size_t)1 << table_bits);
    for (unsigned symbol = 0; symbol < symbols; symbol++)
        if (lengths[symbol] > 0)
            sorted[place[lengths[symbol]]++] = symbol;

    /* A codeword fills the table's entries for every continuation of it: two of them at a time,
     * but for the longest that fit, which have one entry each. */
    uint16_t *entry = entries;
    const uint16_t *symbol = sorted;
    for (unsigned length = 1; length <= table_bits; length++) {
        unsigned pairs = (1u << (table_bits - length)) / 2;
        for (unsigned i = 0; i < count[length]; i++) {
            uint16_t value = *symbol++ << 5 | length;
            uint32_t pair = value * 0x10001u;
            for (unsigned j = 0; j < pairs; j++, entry += 2)
                __builtin_memcpy(entry, &pair, sizeof(pair));
            if (pairs == 0)
                *entry++ = value;
        }
    }
    while (entry < sorted)
        *entry++ = 0;
    return HUFFMAN_COMPLETE;
}

unsigned huffman_decode_long(const struct huffman_code *code, const uint16_t *sorted,
                             unsigned table_bits, unsigned next)
{
    unsigned length = table_bits + 1;
    while (length < HUFFMAN_LENGTH_MAX && next >= code->end[length])
        length++;
    unsigned codeword = next >> (HUFFMAN_LENGTH_MAX - length);
    return (unsigned)sorted[(int32_t)codeword + code->rank[length]] << 5 | length;
}
