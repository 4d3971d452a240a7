/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of compressed chunks, which tests and benchmarks hand to run_chunks.c: the same
 * decompressors compiled for another machine, in a program of its own.
 *
 * Numbers are in the machine's byte order: little-endian on all sides.
 */
#ifndef TESTS_DECOMPRESS_CHUNK_FILE_H
#define TESTS_DECOMPRESS_CHUNK_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "compression/decompressor.h"

/** Before the bytes of each chunk. */
struct chunk_record {
    char decompressor[8];
    uint32_t chunk_size, in_size, out_size;
};

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *next = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ next[i]) * 0x100000001B3; /* FNV-1a */
    }
    return hash;
}

/** Add to a hash what a decompressor did: its output, or how it failed. */
static inline uint64_t hash_outcome(uint64_t hash, bool done, const void *out, size_t out_size,
                                    const struct decompress_failure *failure)
{
    if (done) {
        return hash_bytes(hash, out, out_size);
    }
    uint64_t where[2] = {failure->input_offset, failure->output_offset};
    hash = hash_bytes(hash, where, sizeof(where));
    return hash_bytes(hash, failure->reason, strlen(failure->reason));
}

#endif
