/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the decompressors' fuzz targets share. An input begins with a byte that chooses the chunk
 * size and three bytes that are the size of the output; the rest is decompressed.
 */
#ifndef TESTS_DECOMPRESS_FUZZ_H
#define TESTS_DECOMPRESS_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compression/decompressor.h"

enum { FUZZ_HEADER = 4, FUZZ_OUTPUT_MAX = 200000 };

/* Memory of exactly this size, of any contents. */
static inline void *fuzz_allocate(size_t size)
{
    void *memory = malloc(size);
    if (!memory) {
        abort();
    }
    return memory;
}

static inline void fuzz_check(bool done, const struct decompress_failure *failure, size_t in_size,
                              size_t out_size)
{
    if (!done && (!failure->reason || failure->input_offset > in_size ||
                  failure->output_offset > out_size)) {
        abort();
    }
}

/** Decompress an input in every way that the decompressor has. */
static inline int fuzz_decompressor(const char *name, unsigned chunk_order_min,
                                    unsigned chunk_order_max, const uint8_t *data, size_t size)
{
    static const struct decompressor *decompressor;
    if (!decompressor) {
        decompressor = decompressor_find(name);
    }
    if (size < FUZZ_HEADER) {
        return 0;
    }
    size_t chunk_size =
        (size_t)1 << (chunk_order_min + data[0] % (chunk_order_max - chunk_order_min + 1));
    size_t out_size = (data[1] | data[2] << 8 | data[3] << 16) % FUZZ_OUTPUT_MAX;
    size_t in_size = size - FUZZ_HEADER, produced = 0, measured = 0;
    uint8_t *in = fuzz_allocate(in_size), *out = fuzz_allocate(out_size);
    void *workspace =
        fuzz_allocate(decompressor->workspace_size ? decompressor->workspace_size(chunk_size) : 0);
    memcpy(in, data + FUZZ_HEADER, in_size);

    struct decompress_failure failure = {0};
    bool done =
        decompressor->decompress(in, in_size, out, out_size, chunk_size, workspace, &failure);
    fuzz_check(done, &failure, in_size, out_size);
    if (decompressor->decompress_stream) {
        failure = (struct decompress_failure){0};
        done = decompressor->decompress_stream(in, in_size, out, out_size, &produced, workspace,
                                               &failure);
        fuzz_check(done, &failure, in_size, out_size);
        failure = (struct decompress_failure){0};
        bool again = decompressor->decompress_stream(in, in_size, NULL, out_size, &measured,
                                                     workspace, &failure);
        fuzz_check(again, &failure, in_size, out_size);
        if (done != again || produced != measured) {
            abort(); /* measuring is decompressing without an output */
        }
    }
    free(in);
    free(out);
    free(workspace);
    return 0;
}

#endif
