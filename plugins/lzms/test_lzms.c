/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the LZMS decompressor. */
#include <wimlib.h>

#include "tests/decompress/suite.h"

int main(void)
{
    return decompressor_suite_run(&(struct subject){
        .name = "lzms",
        .wimlib_type = WIMLIB_COMPRESSION_TYPE_LZMS,
        .sample_size_min = 4,
        .chunk_sizes = {1 << 15, 1 << 17, 1 << 20, 1 << 23},
        .round_trips = 10000,
        .usual_sample_max = 4096,
        .whole_chunks = 5000,
    });
}
