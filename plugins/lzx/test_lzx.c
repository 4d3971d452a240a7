/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the LZX decompressor. */
#include <wimlib.h>

#include "tests/decompress/suite.h"

int main(void)
{
    return decompressor_suite_run(&(struct subject){
        .name = "lzx",
        .wimlib_type = WIMLIB_COMPRESSION_TYPE_LZX,
        .sample_size_min = 100,
        .chunk_sizes = {1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20, 1 << 21},
        .round_trips = 10000,
        .usual_sample_max = 4096,
        .whole_chunks = 5000,
    });
}
