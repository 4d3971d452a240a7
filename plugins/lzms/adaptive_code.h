/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The adaptive prefix codes of LZMS: rebuilt from the frequencies of their
 * symbols each time a number of symbols has been decoded.
 */
#ifndef LZMS_ADAPTIVE_CODE_H
#define LZMS_ADAPTIVE_CODE_H

#include "compression/huffman.h"

enum { ADAPTIVE_CODE_SYMBOLS_MAX = 799 };

struct adaptive_code {
    struct huffman_code code;
    uint16_t *frequencies, *sorted;
    uint32_t *entries;
    uint16_t table_bits, symbols;
    uint16_t interval, left; /* symbols between two builds, and until the next */
};

/**
 * Make a code in which all symbols are equally frequent.
 *
 * @param frequencies of each symbol; the code uses them from here on
 * @param sorted      memory for the symbols; likewise
 * @param entries     2^table_bits, the table; likewise
 * @param symbols     2 to ADAPTIVE_CODE_SYMBOLS_MAX
 * @param interval    decoded symbols between two builds, at most 1024
 */
void adaptive_code_start(struct adaptive_code *code, uint16_t *frequencies, uint16_t *sorted,
                         uint32_t *entries, unsigned table_bits, unsigned symbols,
                         unsigned interval);

/** Build the code from its frequencies, then halve them. */
void adaptive_code_rebuild(struct adaptive_code *code);

/** Count a symbol that has been decoded. */
static inline __attribute__((always_inline)) void adaptive_code_count(struct adaptive_code *code,
                                                                      unsigned symbol)
{
    code->frequencies[symbol]++;
    if (__builtin_expect(--code->left == 0, 0)) {
        adaptive_code_rebuild(code);
    }
}

#endif
