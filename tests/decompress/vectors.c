/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads vectors: see vectors.h. */
#include "tests/decompress/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VECTORS_MAX = 256 };

static void die(const char *what)
{
    fprintf(stderr, "%s: cannot be read\n", what);
    exit(EXIT_FAILURE);
}

static uint8_t *load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        die(path);
    }
    *size = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size) {
        die(path);
    }
    fclose(file);
    return bytes;
}

const struct vector *vectors_load(const char *plugin, size_t *count)
{
    static struct vector vectors[VECTORS_MAX];
    char path[160], line[512];
    snprintf(path, sizeof(path), "plugins/%s/vectors/vectors.txt", plugin);
    FILE *list = fopen(path, "r");
    if (list == NULL) {
        die(path);
    }
    *count = 0;
    while (fgets(line, sizeof(line), list) != NULL) {
        struct vector *vector = &vectors[*count];
        char file[64], kind[16];
        if (line[0] == '#') {
            continue;
        }
        if (*count == VECTORS_MAX ||
            sscanf(line, "%63s %63s %15s %zu %zu %47s", vector->name, file, kind,
                   &vector->chunk_size, &vector->out_size, vector->result) != 6) {
            die(path);
        }
        vector->stream = strcmp(kind, "stream") == 0;
        snprintf(path, sizeof(path), "plugins/%s/vectors/%s.in", plugin, file);
        vector->in = load(path, &vector->in_size);
        ++*count;
    }
    fclose(list);
    return vectors;
}
