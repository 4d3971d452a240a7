/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry hives of real sizes: opening one, one edit, and the finished bytes; against a copy of
 * the hive. A SYSTEM of 16 MB and a SOFTWARE of 80 MB, with some 100 bytes for each value as
 * Windows' own have. Also the memory that it takes in addition to the hive that was given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hive/hive.h"
#include "hive/registry.h"
#include "hive/registry_file.h"

enum { ROUNDS = 9, VALUES = 4 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void require(int result, const struct error *error)
{
    if (result != 0) {
        fprintf(stderr, "%s\n", error->text);
        exit(1);
    }
}

/* A hive of about so many bytes, as malloc() has it. */
static void *make_hive(size_t wanted, size_t *size)
{
    struct pool *pool = pool_create();
    struct hive *hive = hive_create(pool, "root");
    struct error error;
    const void *bytes;
    char name[64];
    for (size_t made = 0, i = 0; made < wanted; i++) {
        struct hive_key *key = hive->root;
        snprintf(name, sizeof(name), "Group %zu", i % 40);
        key = hive_add_key(hive, key, name);
        snprintf(name, sizeof(name), "{%08zx-0000-4000-8000-%012zx}", i * 2654435761u, i);
        key = hive_add_key(hive, key, name);
        made += 180;
        for (int v = 0; v < VALUES; v++) {
            char data[60];
            memset(data, 'd', sizeof(data));
            snprintf(name, sizeof(name), "Value %d", v);
            hive_set_value(hive, key, name, HIVE_BINARY, data, sizeof(data));
            made += 100;
        }
    }
    require(hive_write(hive, &bytes, size, &error), &error);
    void *copy = malloc(*size);
    memcpy(copy, bytes, *size);
    pool_destroy(pool);
    return copy;
}

static int compare(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

static double median(double *times)
{
    qsort(times, ROUNDS, sizeof(*times), compare);
    return times[ROUNDS / 2] * 1000;
}

static void measure(const char *name, size_t wanted)
{
    static const char reg[] = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup\\LabConfig]\n"
                              "\"BypassTPMCheck\"=dword:00000001\n";
    double edits[ROUNDS], imports[ROUNDS], copies[ROUNDS];
    size_t size, total = 0;
    void *bytes = make_hive(wanted, &size);
    for (int i = 0; i < ROUNDS; i++) {
        struct registry_piece pieces[16];
        struct registry_import done;
        struct registry *registry;
        struct error error;
        uint32_t key, one = 1;
        struct pool *pool = pool_create();
        double start = now();
        require(registry_open(pool, bytes, size, NULL, 0, &registry, &error), &error);
        require(registry_make(registry, "Group 7\\New", &key, &error), &error);
        require(registry_set_value(registry, key, "x", HIVE_DWORD, &one, 4, &error), &error);
        size_t count = registry_pieces(registry, NULL);
        registry_pieces(registry, pieces);
        edits[i] = now() - start;
        for (size_t p = total = 0; p < count; p++) {
            total += pieces[p].size;
        }
        pool_destroy(pool);

        pool = pool_create();
        start = now();
        require(registry_open(pool, bytes, size, NULL, 0, &registry, &error), &error);
        require(registry_import(registry, "HKEY_LOCAL_MACHINE\\SYSTEM", reg, sizeof(reg) - 1, &done,
                                &error),
                &error);
        registry_pieces(registry, pieces);
        imports[i] = now() - start;
        pool_destroy(pool);

        start = now();
        void *copy = malloc(size);
        memcpy(copy, bytes, size);
        copies[i] = now() - start;
        if (((char *)copy)[0] != 'r') {
            abort();
        }
        free(copy);
    }
    printf(
        "%s of %.1f MB: open, edit, write %.1f ms; with a .reg file %.1f ms; a copy %.1f ms; %.2f "
        "of its size more memory\n",
        name, (double)size / 1e6, median(edits), median(imports), median(copies),
        (double)total / (double)size);
    free(bytes);
}

int main(void)
{
    measure("SYSTEM", 16 << 20);
    measure("SOFTWARE", 80 << 20);
    return 0;
}
