/* SPDX-License-Identifier: BSD-2-Clause */
/* Run the decompressors over a file of chunks (chunk_file.h): the part of run_chunks.c and
 * run_chunks_arm64.c that asks nothing of an operating system. */
#ifndef TESTS_DECOMPRESS_CHUNK_RUN_H
#define TESTS_DECOMPRESS_CHUNK_RUN_H

#include "tests/decompress/chunk_file.h"

struct run {
    uint64_t produced;   /* bytes */
    uint64_t hash;       /* of outputs and failures */
    const char *problem; /* why the run ended early, or NULL */
};

/**
 * Decompress all chunks, in buffers made for the largest.
 *
 * @param hash     make the hash; without it a chunk that cannot be decompressed ends the run
 * @param allocate gives memory that lives as long as the program; never NULL
 */
struct run chunks_run(const uint8_t *chunks, size_t size, bool hash,
                      void *(*allocate)(size_t size));

#endif
