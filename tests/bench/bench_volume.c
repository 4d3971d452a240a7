/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast the virtual disk is read, beside memcpy() of the same bytes in the same pieces: a large
 * file as it came, and one of a thousand extents, on a disk with thousands of paths.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "volume/volume.h"

enum { FILE_SIZE = 256 << 20, ROUNDS = 7, PATCHES = 1000 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_volume: %s\n", what);
    exit(EXIT_FAILURE);
}

/* The best of some rounds, in seconds, of reading a whole file; by memcpy() if there is no volume.
 */
static double read_all(const struct volume *volume, uint32_t lba, const uint8_t *bytes,
                       uint8_t *buffer, size_t piece)
{
    struct error error;
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (size_t at = 0; at < FILE_SIZE; at += piece) {
            if (volume == NULL) {
                memcpy(buffer, bytes + at, piece);
                __asm__ volatile("" : : "r"(buffer) : "memory");
            } else if (volume_read(volume, lba + (uint32_t)(at / SECTOR_SIZE),
                                   (uint32_t)(piece / SECTOR_SIZE), buffer, &error) < 0) {
                fail(error.text);
            }
        }
        double took = seconds() - start;
        best = took < best ? took : best;
    }
    return best;
}

int main(void)
{
    static const char *const directories[] = {"", "\\Boot", "\\Sources", "\\EFI"};
    static const size_t pieces[] = {512, 4096, 32768, 65536};
    struct pool *pool = pool_create();
    struct tree *tree = tree_create(pool);
    struct error error;
    uint8_t *bytes = malloc(FILE_SIZE), *buffer = malloc(65536);
    if (bytes == NULL || buffer == NULL) {
        fail("no memory");
    }
    memset(bytes, 0x5A, FILE_SIZE);
    memset(buffer, 0, 65536);

    /* Patched: 250 KiB apart, a few bytes each, as file records of an injected directory are. */
    const struct file *whole = file_from_memory(pool, "whole.wim", bytes, FILE_SIZE);
    static const struct file *parts[2 * PATCHES];
    const size_t stride = FILE_SIZE / PATCHES;
    for (size_t i = 0; i < PATCHES; i++) {
        size_t end = i == PATCHES - 1 ? FILE_SIZE : (i + 1) * stride;
        parts[2 * i] = file_from_memory(pool, "patch", bytes + i, 100);
        parts[2 * i + 1] =
            file_from_memory(pool, "rest", bytes + i * stride + 100, end - i * stride - 100);
    }
    struct file *patched;
    if (file_join(pool, "patched.wim", parts, 2 * PATCHES, &patched, &error) < 0) {
        fail(error.text);
    }
    for (int d = 0; d < 4; d++) {
        char path[100];
        for (int i = 0; i < 4096; i++) {
            snprintf(path, sizeof(path), "%s\\driver %d.sys", directories[d], i);
            if (tree_add(tree, path, file_from_memory(pool, "x", bytes, 40000), &error) < 0) {
                fail(error.text);
            }
        }
    }
    struct volume_options options = {.signature = 1};
    struct volume *volume;
    if (tree_add(tree, "\\whole.wim", whole, &error) < 0 ||
        tree_add(tree, "\\patched.wim", patched, &error) < 0) {
        fail(error.text);
    }
    double start = seconds();
    if (volume_build(pool, tree, &options, &volume, &error) < 0) {
        fail(error.text);
    }
    printf("volume: %zu paths laid out in %.1f ms, tables and directories %zu bytes\n",
           tree_count(tree), (seconds() - start) * 1e3, volume->size);

    uint32_t lba[2];
    for (int i = 0; i < 2; i++) {
        const char *path = i ? "\\patched.wim" : "\\whole.wim";
        lba[i] = volume->data_lba + (tree_find(tree, path)->first_cluster - VOLUME_FIRST_CLUSTER) *
                                        VOLUME_CLUSTER_SECTORS;
    }
    printf("%8s %14s %21s %21s\n", "bytes", "memcpy GB/s", "whole GB/s (ratio)",
           "patched GB/s (ratio)");
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        size_t piece = pieces[i];
        double plain = read_all(NULL, 0, bytes, buffer, piece);
        double first = read_all(volume, lba[0], NULL, buffer, piece);
        double second = read_all(volume, lba[1], NULL, buffer, piece);
        printf("%8zu %14.1f %14.1f (%.2f) %14.1f (%.2f)\n", piece, FILE_SIZE / plain / 1e9,
               FILE_SIZE / first / 1e9, plain / first, FILE_SIZE / second / 1e9, plain / second);
    }
    pool_destroy(pool);
    free(bytes);
    free(buffer);
    return 0;
}
