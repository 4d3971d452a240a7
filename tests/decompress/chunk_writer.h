/* SPDX-License-Identifier: BSD-2-Clause */
/* Write a file of chunks (chunk_file.h). */
#ifndef TESTS_DECOMPRESS_CHUNK_WRITER_H
#define TESTS_DECOMPRESS_CHUNK_WRITER_H

#include <stdio.h>

#include "tests/decompress/chunk_file.h"

static inline void chunk_file_add(FILE *file, const char *decompressor, size_t chunk_size,
                                  const void *in, size_t in_size, size_t out_size)
{
    struct chunk_record record = {
        .chunk_size = chunk_size, .in_size = in_size, .out_size = out_size};
    strncpy(record.decompressor, decompressor, sizeof(record.decompressor) - 1);
    fwrite(&record, sizeof(record), 1, file);
    fwrite(in, 1, in_size, file);
}

#endif
