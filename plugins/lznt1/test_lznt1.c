/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the LZNT1 decompressor. No library has an encoder: round trips go through the one in
 * tests/decompress/, whose output ntfs-3g reads in the benchmark.
 */
#include "tests/decompress/lznt1_encoder.h"
#include "tests/decompress/suite.h"

int main(void)
{
    return decompressor_suite_run(&(struct subject){
        .name = "lznt1",
        .compress = lznt1_compress,
        .sample_size_min = 1,
        .chunk_sizes = {1 << 16},
        .round_trips = 10000,
        .usual_sample_max = 20000,
        .whole_chunks = 100,
    });
}
