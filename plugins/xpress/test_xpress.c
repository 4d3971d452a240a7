/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the XPRESS decompressor. */
#include <wimlib.h>

#include "tests/decompress/suite.h"

int main(void)
{
    return decompressor_suite_run(&(struct subject){
        .name = "xpress",
        .wimlib_type = WIMLIB_COMPRESSION_TYPE_XPRESS,
        .sample_size_min = 32,
        .chunk_sizes = {1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16},
        .round_trips = 10000,
        .usual_sample_max = 4096,
        .whole_chunks = 500,
    });
}
