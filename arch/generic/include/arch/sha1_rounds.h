/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eighty rounds of SHA-1 (FIPS 180-4, 6.1.2) for block functions that differ in where they take
 * the message schedule from.
 *
 * The five working variables change their names from round to round instead of their values. A is
 * rotated by 5 bits where it stands, and as B, a round later, by the 25 that are missing to the
 * standard's 30: so a round makes one copy, not two. The copy is what the variable was before, and
 * is used up by the next round's function of B, C and D.
 */
#ifndef ARCH_SHA1_ROUNDS_H
#define ARCH_SHA1_ROUNDS_H

#include <stdint.h>

#include "arch/sha1_order.h"

static inline uint32_t sha1_rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/*
 * The standard's Ch, Parity and Maj of b, c and d, in place of b. C ^ D takes the place of C or D
 * until it is not needed any more: i386 has no register for it.
 */
#define SHA1_CHOOSE(b, c, d)                                                                       \
    do {                                                                                           \
        (c) ^= (d);                                                                                \
        SHA1_FINISH(c);                                                                            \
        (b) = ((b) & (c)) ^ (d);                                                                   \
        SHA1_FINISH(b);                                                                            \
        (c) ^= (d);                                                                                \
        SHA1_FINISH(c);                                                                            \
    } while (0)
#define SHA1_PARITY(b, c, d) ((b) ^= (c) ^ (d))
#define SHA1_MAJORITY(b, c, d)                                                                     \
    do {                                                                                           \
        (d) ^= (c);                                                                                \
        SHA1_FINISH(d);                                                                            \
        (b) = (((b) ^ (c)) & (d)) ^ (c);                                                           \
        SHA1_FINISH(b);                                                                            \
        (d) ^= (c);                                                                                \
        SHA1_FINISH(d);                                                                            \
    } while (0)

#define SHA1_ROUND(a, b, c, d, e, function, constant, word)                                        \
    do {                                                                                           \
        (e) += (word);                                                                             \
        SHA1_FINISH(e);                                                                            \
        function(copy, c, d);                                                                      \
        SHA1_FINISH(copy);                                                                         \
        (e) += copy + (constant);                                                                  \
        SHA1_FINISH(e);                                                                            \
        copy = (a);                                                                                \
        SHA1_FINISH(copy);                                                                         \
        (a) = sha1_rotate(a, 5);                                                                   \
        SHA1_FINISH(a);                                                                            \
        (e) += (a);                                                                                \
        SHA1_FINISH(e);                                                                            \
        (b) = sha1_rotate(b, 25);                                                                  \
        SHA1_FINISH(b);                                                                            \
    } while (0)

/* Five rounds, after which each variable has its own name again. */
#define SHA1_FIVE_ROUNDS(t, function, constant, word)                                              \
    do {                                                                                           \
        SHA1_ROUND(a, b, c, d, e, function, constant, word(t));                                    \
        SHA1_ROUND(e, a, b, c, d, function, constant, word((t) + 1));                              \
        SHA1_ROUND(d, e, a, b, c, function, constant, word((t) + 2));                              \
        SHA1_ROUND(c, d, e, a, b, function, constant, word((t) + 3));                              \
        SHA1_ROUND(b, c, d, e, a, function, constant, word((t) + 4));                              \
    } while (0)

#define SHA1_TWENTY_ROUNDS(t, function, constant, word)                                            \
    do {                                                                                           \
        SHA1_FIVE_ROUNDS(t, function, constant, word);                                             \
        SHA1_FIVE_ROUNDS((t) + 5, function, constant, word);                                       \
        SHA1_FIVE_ROUNDS((t) + 10, function, constant, word);                                      \
        SHA1_FIVE_ROUNDS((t) + 15, function, constant, word);                                      \
    } while (0)

/**
 * Take one block into the hash value `h`.
 *
 * @param word           macro: word t of the message schedule, each t once and in order
 * @param k1, k2, k3, k4 the standard's constants, or zeros where the words have them already
 */
#define SHA1_BLOCK(h, word, k1, k2, k3, k4)                                                        \
    do {                                                                                           \
        uint32_t a = (h)[0], b = (h)[1], c = (h)[2], d = (h)[3], e = (h)[4], copy = b;             \
        SHA1_FINISH(copy);                                                                         \
        b = sha1_rotate(b, 5);                                                                     \
        SHA1_TWENTY_ROUNDS(0, SHA1_CHOOSE, k1, word);                                              \
        SHA1_TWENTY_ROUNDS(20, SHA1_PARITY, k2, word);                                             \
        SHA1_TWENTY_ROUNDS(40, SHA1_MAJORITY, k3, word);                                           \
        SHA1_TWENTY_ROUNDS(60, SHA1_PARITY, k4, word);                                             \
        (h)[0] += a;                                                                               \
        (h)[1] += copy;                                                                            \
        (h)[2] += c;                                                                               \
        (h)[3] += d;                                                                               \
        (h)[4] += e;                                                                               \
    } while (0)

#endif
