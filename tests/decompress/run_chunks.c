/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the decompressors over a file of chunks (chunk_file.h). Compiled for 32 bits it is linked
 * with the very objects that the BIOS image has.
 *
 *   run_chunks hash FILE   print a hash of what they do with each chunk: outputs and failures
 *   run_chunks time FILE   print their speed
 */
#include "tests/decompress/chunk_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 9 };

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "run_chunks: %s\n", what);
    exit(EXIT_FAILURE);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        die("no memory");
    }
    return memory;
}

static uint8_t *load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        die("cannot open the chunks");
    }
    *size = ftell(file);
    rewind(file);
    uint8_t *bytes = allocate(*size + 1);
    if (fread(bytes, 1, *size, file) != *size) {
        die("cannot read the chunks");
    }
    fclose(file);
    return bytes;
}

static struct run run(const uint8_t *chunks, size_t size, bool hash)
{
    struct run result = chunks_run(chunks, size, hash, allocate);
    if (result.problem != NULL) {
        die(result.problem);
    }
    return result;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        die("usage: run_chunks hash|time FILE");
    }
    size_t size;
    uint8_t *chunks = load(argv[2], &size);
    if (strcmp(argv[1], "hash") == 0) {
        printf("%016" PRIx64 "\n", run(chunks, size, true).hash);
        return EXIT_SUCCESS;
    }
    double speeds[ROUNDS];
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct timespec start, end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        uint64_t produced = run(chunks, size, false).produced;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        speeds[round] =
            produced / ((end.tv_sec - start.tv_sec) * 1e6 + (end.tv_nsec - start.tv_nsec) / 1e3);
    }
    qsort(speeds, ROUNDS, sizeof(speeds[0]), ascending);
    printf("%.1f MB/s\n", speeds[ROUNDS / 2]);
    return EXIT_SUCCESS;
}
