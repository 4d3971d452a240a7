/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of the synthesised volume share: a tree of files, and the volume made of it. */
#ifndef TESTS_VOLUME_FIXTURE_H
#define TESTS_VOLUME_FIXTURE_H

#include <check.h>

#include "volume/volume.h"

static struct pool *pool;
static struct tree *tree;
static struct volume *volume;
static struct error error;
static uint8_t content[300000];
static const struct volume_options options = {.signature = 0x1A2B3C4D};

static inline void start(void)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof(content); i++) {
        seed = seed * 1664525 + 1013904223;
        content[i] = (uint8_t)(seed >> 24);
    }
    pool = pool_create();
    tree = tree_create(pool);
    volume = NULL;
}

static inline void finish(void)
{
    pool_destroy(pool);
}

static inline void add(const char *path, const struct file *file)
{
    ck_assert_msg(tree_add(tree, path, file, &error) == 0, "%s: %s", path, error.text);
}

/* A file of some bytes that differ from those of files with another start. */
static inline struct file *file_of(size_t start, size_t size)
{
    return file_from_memory(pool, "file", content + start, size);
}

static inline void build(void)
{
    int status = volume_build(pool, tree, &options, &volume, &error);
    ck_assert_msg(status == 0, "%s", error.text);
}

/* The sector of the disk where a cluster starts. */
static inline uint32_t cluster_lba(uint32_t cluster)
{
    return volume->data_lba + (cluster - 2) * VOLUME_CLUSTER_SECTORS;
}

#endif
