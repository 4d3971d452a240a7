/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds the adaptive prefix codes of LZMS: see adaptive_code.h. */
#include "plugins/lzms/adaptive_code.h"

enum {
    /* Symbols less frequent than this are sorted by counting. The rest are few, as all frequencies
     * of a code add up to at most about 4000. */
    COMMON = 256,
};

/* Sort the symbols by frequency, then value: as frequency << 16 | symbol. */
static void sort_symbols(const uint16_t *frequencies, unsigned symbols, uint32_t *sorted)
{
    uint16_t place[COMMON + 1] = {0};
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        place[frequencies[symbol] < COMMON ? frequencies[symbol] : COMMON]++;
    }
    unsigned first = 0;
    for (unsigned frequency = 0; frequency <= COMMON; frequency++) {
        unsigned count = place[frequency];
        place[frequency] = first;
        first += count;
    }
    unsigned common = place[COMMON];
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        unsigned frequency = frequencies[symbol];
        sorted[place[frequency < COMMON ? frequency : COMMON]++] =
            (uint32_t)frequency << 16 | symbol;
    }
    for (unsigned i = common; i < symbols; i++) {
        uint32_t moved = sorted[i];
        unsigned to = i;
        for (; to > common && sorted[to - 1] > moved; to--) {
            sorted[to] = sorted[to - 1];
        }
        sorted[to] = moved;
    }
}

/*
 * Find each symbol's codeword length by Huffman's algorithm. Encoder and decoder must agree on
 * which of several optimal codes it is: symbols of the same frequency are taken in ascending order,
 * and a symbol before an inner node.
 */
static void find_lengths(const uint32_t *sorted, unsigned symbols, uint8_t *lengths)
{
    uint32_t weights[ADAPTIVE_CODE_SYMBOLS_MAX]; /* of the inner nodes, in the
                                                    order they are made */
    uint16_t leaf_parents[ADAPTIVE_CODE_SYMBOLS_MAX], parents[ADAPTIVE_CODE_SYMBOLS_MAX];
    const unsigned root = symbols - 2;
    for (unsigned made = 0, leaf = 0, inner = 0; made <= root; made++) {
        uint32_t weight = 0;
        for (unsigned child = 0; child < 2; child++) {
            if (leaf < symbols && (inner >= made || sorted[leaf] >> 16 <= weights[inner])) {
                weight += sorted[leaf] >> 16;
                leaf_parents[leaf++] = made;
            } else {
                weight += weights[inner];
                parents[inner++] = made;
            }
        }
        weights[made] = weight;
    }

    uint8_t depths[ADAPTIVE_CODE_SYMBOLS_MAX];
    depths[root] = 0;
    for (unsigned inner = root; inner-- > 0;) {
        depths[inner] = depths[parents[inner]] + 1;
    }
    for (unsigned leaf = 0; leaf < symbols; leaf++) {
        lengths[sorted[leaf] & 0xFFFF] = depths[leaf_parents[leaf]] + 1;
    }
}

static void build(struct adaptive_code *code)
{
    uint32_t sorted[ADAPTIVE_CODE_SYMBOLS_MAX];
    uint8_t lengths[ADAPTIVE_CODE_SYMBOLS_MAX];
    sort_symbols(code->frequencies, code->symbols, sorted);
    find_lengths(sorted, code->symbols, lengths);
    /* Huffman's algorithm makes complete codes. With the frequencies that these intervals allow,
     * their codewords have 15 bits at most. */
    huffman_build(&code->code, code->sorted, lengths, code->symbols);
    huffman_fill_plain(&code->code, code->sorted, code->entries, code->table_bits);
    code->left = code->interval;
}

void adaptive_code_start(struct adaptive_code *code, uint16_t *frequencies, uint16_t *sorted,
                         uint32_t *entries, unsigned table_bits, unsigned symbols,
                         unsigned interval)
{
    code->frequencies = frequencies;
    code->sorted = sorted;
    code->entries = entries;
    code->table_bits = table_bits;
    code->symbols = symbols;
    code->interval = interval;
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        frequencies[symbol] = 1;
    }
    build(code);
}

void adaptive_code_rebuild(struct adaptive_code *code)
{
    build(code);
    for (unsigned symbol = 0; symbol < code->symbols; symbol++) {
        code->frequencies[symbol] = code->frequencies[symbol] / 2 + 1;
    }
}
