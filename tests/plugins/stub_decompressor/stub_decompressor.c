/* SPDX-License-Identifier: BSD-2-Clause */
/* A compression that no WIM has yet: each byte stands for two. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compression/decompressor.h"

static bool decompress(const void *in, size_t in_size, void *out, size_t out_size,
                       size_t chunk_size, void *workspace, struct decompress_failure *failure)
{
    const uint8_t *from = in;
    uint8_t *to = out;
    if (out_size / 2 > in_size || out_size % 2 != 0) {
        *failure = (struct decompress_failure){.reason = "the input ends early"};
        return false;
    }
    for (size_t i = 0; i < out_size; i++) {
        to[i] = from[i / 2];
    }
    return true;
}

PLUGIN(decompressor, stub_decompressor) = {
    .name = "doubled",
    .wim_flags = 0x800000,
    .wim_format = 200,
    .wim_chunk_size_min = 4096,
    .wim_chunk_size_max = 32768,
    .decompress = decompress,
};
