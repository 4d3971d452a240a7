/* SPDX-License-Identifier: BSD-2-Clause */
/* Inputs for compressors, of many kinds, made from a seed. */
#ifndef TESTS_DECOMPRESS_SAMPLES_H
#define TESTS_DECOMPRESS_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/** A random number below `limit`. */
uint32_t random_below(struct random *random, uint32_t limit);

/** A size from `least` to `most`: small ones as likely as large ones of each magnitude. */
size_t random_size(struct random *random, size_t least, size_t most);

/** Fill a buffer with data of a random kind: noise, runs, text, records, x86 code, mixtures. */
void sample_fill(struct random *random, uint8_t *to, size_t size);

#endif
