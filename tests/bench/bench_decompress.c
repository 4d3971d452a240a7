/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Speed of the decompressors against independent ones on the same chunks, in turns in one run:
 * libwim's for XPRESS, LZX and LZMS, ntfs-3g's for LZNT1. Prints medians in MB (10^6 bytes of
 * output) per second, then the same chunks with the 32-bit code that the BIOS image has, run as a
 * Linux program, and the code sizes.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wimlib.h>

#include "compression/decompressor.h"
#include "tests/decompress/chunk_writer.h"
#include "tests/decompress/corpus.h"
#include "tests/decompress/i386.h"
#include "tests/decompress/lznt1_encoder.h"
#include "tests/decompress/ntfs_peer.h"

enum { CORPUS_SIZE = 64 << 20, ROUNDS = 9 };

#define CHUNK_FILE "build/bench-decompress.chunks"
#define RUN_CHUNKS "build/i386/run_chunks"

struct chunk {
    const uint8_t *in;
    size_t in_size;
    const uint8_t *plain;
    size_t plain_size;
};

struct series {
    const char *format;
    size_t chunk_size;
    int wimlib_type; /* 0: LZNT1 */
    unsigned level;
    size_t corpus_size; /* of which so much is used */
};

/* LZNT1 is measured by the unit of NTFS, 16 of its own chunks. */
static const struct series all_series[] = {
    {"lzx", 32 << 10, WIMLIB_COMPRESSION_TYPE_LZX, 50, CORPUS_SIZE},
    {"xpress", 32 << 10, WIMLIB_COMPRESSION_TYPE_XPRESS, 50, CORPUS_SIZE},
    {"lzms", 128 << 10, WIMLIB_COMPRESSION_TYPE_LZMS, 35, CORPUS_SIZE},
    {"lzms", 8 << 20, WIMLIB_COMPRESSION_TYPE_LZMS, 35, CORPUS_SIZE},
    {"lznt1", NTFS_UNIT, 0, 0, CORPUS_SIZE},
};

struct bench {
    const struct series *series;
    struct chunk *chunks;
    size_t count, plain_size;
    const struct decompressor *decompressor;
    void *workspace;
    struct wimlib_decompressor *wimlib;
    struct ntfs_peer ntfs;
    uint8_t *out;
};

static void die(const char *what)
{
    fprintf(stderr, "bench_decompress: %s\n", what);
    exit(EXIT_FAILURE);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values)
{
    double sorted[ROUNDS];
    memcpy(sorted, values, sizeof(sorted));
    qsort(sorted, ROUNDS, sizeof(sorted[0]), ascending);
    return sorted[ROUNDS / 2];
}

/* Compress the corpus; chunks that do not shrink are left out, as they are stored in files. */
static void compress(struct bench *bench, const struct corpus *corpus)
{
    const struct series *series = bench->series;
    size_t size = corpus->size < series->corpus_size ? corpus->size : series->corpus_size;
    size_t chunk_size = series->chunk_size;
    bench->chunks = calloc(size / chunk_size + 1, sizeof(*bench->chunks));
    uint8_t *buffer = malloc(lznt1_bound(chunk_size));
    struct wimlib_compressor *compressor = NULL;
    if (bench->chunks == NULL || buffer == NULL) {
        die("no memory");
    }
    if (series->wimlib_type && wimlib_create_compressor(series->wimlib_type, chunk_size,
                                                        series->level, &compressor) != 0) {
        die("libwim cannot compress");
    }
    for (size_t at = 0; size - at >= chunk_size; at += chunk_size) {
        size_t in_size = compressor != NULL
                             ? wimlib_compress(corpus->bytes + at, chunk_size, buffer,
                                               chunk_size - 1, compressor)
                             : lznt1_compress(corpus->bytes + at, chunk_size, buffer);
        if (in_size == 0 || (compressor == NULL && !ntfs_peer_add(&bench->ntfs, buffer, in_size))) {
            continue;
        }
        uint8_t *in = malloc(in_size);
        if (in == NULL) {
            die("no memory");
        }
        memcpy(in, buffer, in_size);
        bench->chunks[bench->count++] = (struct chunk){in, in_size, corpus->bytes + at, chunk_size};
        bench->plain_size += chunk_size;
    }
    wimlib_free_compressor(compressor);
    free(buffer);
}

static bool run_ours(struct bench *bench, const struct chunk *chunk)
{
    struct decompress_failure failure;
    return bench->decompressor->decompress(chunk->in, chunk->in_size, bench->out, chunk->plain_size,
                                           bench->series->chunk_size, bench->workspace, &failure);
}

static bool run_peer(struct bench *bench, const struct chunk *chunk)
{
    if (bench->wimlib != NULL) {
        return wimlib_decompress(chunk->in, chunk->in_size, bench->out, chunk->plain_size,
                                 bench->wimlib) == 0;
    }
    return ntfs_peer_read(&bench->ntfs, chunk - bench->chunks, bench->out);
}

static double time_pass(struct bench *bench, bool (*run)(struct bench *, const struct chunk *))
{
    double start = seconds();
    for (size_t i = 0; i < bench->count; i++) {
        run(bench, &bench->chunks[i]);
    }
    return bench->plain_size / (seconds() - start) / 1e6;
}

static void write_chunks(const struct bench *bench, FILE *file)
{
    for (size_t i = 0; i < bench->count; i++) {
        const struct chunk *chunk = &bench->chunks[i];
        struct chunk_record record = {.chunk_size = bench->series->chunk_size,
                                      .in_size = chunk->in_size,
                                      .out_size = chunk->plain_size};
        strcpy(record.decompressor, bench->series->format);
        fwrite(&record, sizeof(record), 1, file);
        fwrite(chunk->in, 1, chunk->in_size, file);
    }
}

static void run_series(const struct series *series, const struct corpus *corpus)
{
    struct bench bench = {.series = series, .decompressor = decompressor_find(series->format)};
    if (bench.decompressor == NULL) {
        return; /* built without this plugin */
    }
    if (series->wimlib_type == 0) {
        ntfs_peer_open(&bench.ntfs, corpus->size / NTFS_UNIT);
    } else if (wimlib_create_decompressor(series->wimlib_type, series->chunk_size, &bench.wimlib) !=
               0) {
        die("libwim cannot decompress");
    }
    bench.out = malloc(series->chunk_size);
    if (bench.decompressor->workspace_size != NULL) {
        bench.workspace = aligned_alloc(
            16, (bench.decompressor->workspace_size(series->chunk_size) + 15) / 16 * 16);
    }
    compress(&bench, corpus);

    for (size_t i = 0; i < bench.count; i++) { /* and warm up */
        const struct chunk *chunk = &bench.chunks[i];
        memset(bench.out, 0, chunk->plain_size);
        if (!run_peer(&bench, chunk) || memcmp(bench.out, chunk->plain, chunk->plain_size) != 0) {
            die("the peer does not give back what was compressed");
        }
        memset(bench.out, 0, chunk->plain_size);
        if (!run_ours(&bench, chunk) || memcmp(bench.out, chunk->plain, chunk->plain_size) != 0) {
            die("the decompressor does not give back what was compressed");
        }
    }
    double ours[ROUNDS], peers[ROUNDS], ratios[ROUNDS];
    for (unsigned round = 0; round < ROUNDS; round++) {
        ours[round] = time_pass(&bench, run_ours);
        peers[round] = time_pass(&bench, run_peer);
        ratios[round] = ours[round] / peers[round];
    }
    printf("%-6s %5zu KiB chunks, %3zu MB: %6.1f MB/s, %s %6.1f MB/s, ratio %.3f\n", series->format,
           series->chunk_size >> 10, bench.plain_size / 1000000, median(ours),
           series->wimlib_type ? "libwim " : "ntfs-3g", median(peers), median(ratios));

    FILE *file = fopen(CHUNK_FILE, "wb");
    if (file == NULL) {
        die("cannot write " CHUNK_FILE);
    }
    write_chunks(&bench, file);
    fclose(file);
    printf("       the BIOS image's code, as a 32-bit program: ");
    fflush(stdout);
    const char *runner = i386_runner(RUN_CHUNKS);
    if (runner == NULL || *runner != '\0') {
        puts("skipped: this kernel runs no i386 programs");
    } else if (system(RUN_CHUNKS " time " CHUNK_FILE) != 0) {
        die(RUN_CHUNKS " failed");
    }
    remove(CHUNK_FILE);

    for (size_t i = 0; i < bench.count; i++) {
        free((void *)bench.chunks[i].in);
    }
    free(bench.chunks);
    free(bench.out);
    free(bench.workspace);
    wimlib_free_decompressor(bench.wimlib);
    if (series->wimlib_type == 0) {
        ntfs_peer_close(&bench.ntfs);
    }
}

int main(int argc, char **argv)
{
    struct corpus corpus = corpus_build(CORPUS_SIZE);
    printf("decompressors: %u files, %.1f MB\n", corpus.files, corpus.size / 1e6);
    for (size_t i = 0; i < sizeof(all_series) / sizeof(all_series[0]); i++) {
        if (argc < 2 || strcmp(argv[1], all_series[i].format) == 0) {
            run_series(&all_series[i], &corpus);
        }
    }
    free(corpus.bytes);
    return system("tests/decompress/code-size.sh") == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
