/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests that every decompressor goes through:
 *  - vectors: inputs with a known output or a known error, plugins/NAME/vectors/
 *  - round trips: seeded inputs, compressed by an independent encoder
 *  - damage: the vectors with bits flipped and ends cut off
 *  - 32 bits: the objects of the BIOS image do the same as those of the host
 *
 * All buffers have exactly their size, for the address sanitizer to watch.
 */
#ifndef TESTS_DECOMPRESS_SUITE_H
#define TESTS_DECOMPRESS_SUITE_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

struct subject {
    const char *name; /* of the plugin */
    int wimlib_type;  /* libwim's number of the format, for its encoder and decoder; or 0 */
    /** Compress, where libwim cannot: returns the size, at most size + size / 8 + 1024. */
    size_t (*compress)(const uint8_t *in, size_t size, uint8_t *out);
    size_t sample_size_min;
    size_t chunk_sizes[10];  /* to go through, ended by 0 */
    unsigned round_trips;    /* for each chunk size */
    size_t usual_sample_max; /* bytes; one sample in `whole_chunks` is a whole chunk */
    unsigned whole_chunks;
};

/** Run the suite; returns main()'s result. */
int decompressor_suite_run(const struct subject *subject);

#endif
