/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long it takes to open, edit and write a BCD store of the usual size, to do what a boot does
 * to it, and to read and write hives up to 16 MB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bcd/bcd.h"

enum { STORE_SIZE = 28 << 10, ROUNDS = 2001 };

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare_times(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

static void require(int result, const struct error *error)
{
    if (result < 0) {
        fprintf(stderr, "bench_bcd: %s\n", error->text);
        exit(1);
    }
}

/* A store with so many bytes at least, grown from the sample with a menu. To be freed. */
static uint8_t *make_store(size_t size, size_t *made)
{
    struct error error;
    struct pool *pool = pool_create();
    uint8_t bytes[64 << 10];
    FILE *stream = fopen("tests/data/bcd/BCD.menu", "rb");
    struct file *file =
        file_from_memory(pool, "BCD", bytes, fread(bytes, 1, sizeof(bytes), stream));
    struct bcd *bcd;
    struct hive_key *copy;
    char guid[GUID_TEXT_SIZE];
    const void *written;
    fclose(stream);
    require(bcd_open(pool, file, &bcd, &error), &error);
    size_t copies = 0, target = 0;
    do {
        for (target += 1 + target / 8; copies < target; copies++) {
            bcd_make_guid(bcd, guid);
            require(bcd_copy_object(bcd, bcd_find_object(bcd, "{default}"), guid, &copy, &error),
                    &error);
        }
        require(hive_write(bcd->hive, &written, made, &error), &error);
    } while (*made < size);
    uint8_t *result = malloc(*made);
    memcpy(result, written, *made);
    pool_destroy(pool);
    return result;
}

/* Open, edit, write. */
static void edit(struct pool *pool, const uint8_t *store, size_t size)
{
    struct error error;
    struct bcd *bcd;
    const struct file *file;
    require(bcd_open(pool, file_from_memory(pool, "BCD", store, size), &bcd, &error), &error);
    struct hive_key *entry = bcd_find_object(bcd, "{default}");
    require(bcd_set_string(bcd, entry, BCD_DESCRIPTION, "Other title", &error), &error);
    require(bcd_set_integer(bcd, bcd_find_object(bcd, "{bootmgr}"), 0x25000004, 5, &error), &error);
    require(bcd_file(bcd, &file, &error), &error);
}

/* What the loader does at every boot under UEFI. */
static void boot(struct pool *pool, const uint8_t *store, size_t size)
{
    struct error error;
    struct bcd *bcd;
    struct bcd_reference *references;
    const struct file *file;
    require(bcd_open(pool, file_from_memory(pool, "BCD", store, size), &bcd, &error), &error);
    require(bcd_convert(bcd, true, &error), &error);
    require(bcd_references(bcd, true, &references, &error), &error);
    require(bcd_file(bcd, &file, &error), &error);
}

/* Only read and write. */
static void copy(struct pool *pool, const uint8_t *store, size_t size)
{
    struct error error;
    struct hive *hive;
    const void *written;
    size_t written_size;
    require(hive_read(pool, store, size, &hive, &error), &error);
    require(hive_write(hive, &written, &written_size, &error), &error);
}

static void measure(const char *what, void (*work)(struct pool *, const uint8_t *, size_t),
                    size_t store_size, unsigned rounds)
{
    static double times[ROUNDS];
    size_t size;
    uint8_t *store = make_store(store_size, &size);
    for (unsigned round = 0; round < rounds; round++) {
        double start = now_us();
        struct pool *pool = pool_create();
        work(pool, store, size);
        pool_destroy(pool);
        times[round] = now_us() - start;
    }
    qsort(times, rounds, sizeof(times[0]), compare_times);
    printf("bcd: %s, %zu bytes: %.1f us (median of %u)\n", what, size, times[rounds / 2], rounds);
    free(store);
}

int main(void)
{
    measure("open, edit, write", edit, STORE_SIZE, ROUNDS);
    measure("open, convert, find references, write", boot, STORE_SIZE, ROUNDS);
    measure("read and write a hive", copy, 1 << 20, 31);
    measure("read and write a hive", copy, 16 << 20, 7);
    return 0;
}
