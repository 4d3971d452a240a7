/* SPDX-License-Identifier: BSD-2-Clause */
/* The vectors of a decompressor: plugins/NAME/vectors/vectors.txt and the files it names. */
#ifndef TESTS_DECOMPRESS_VECTORS_H
#define TESTS_DECOMPRESS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vector {
    char name[64];
    uint8_t *in; /* exactly in_size bytes */
    size_t in_size;
    bool stream; /* its end must be found */
    size_t chunk_size, out_size;
    char result[48]; /* SHA-1 of the output in hexadecimal digits, or "error" */
};

/** Load all vectors of a plugin; ends the program if they cannot be read. Freed by nobody. */
const struct vector *vectors_load(const char *plugin, size_t *count);

#endif
