/* SPDX-License-Identifier: BSD-2-Clause */
/* WIMs made by libwim, for the tests of the WIM engine. Everything is in build/test-wim. */
#ifndef TESTS_WIM_SAMPLES_H
#define TESTS_WIM_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wimlib.h>

#include "base/memory.h"
#include "files/file.h"

#define SAMPLE_FOLDER "build/test-wim"

/** How a WIM is to be written. */
struct sample {
    const char *name; /* of the file, without .wim */
    enum wimlib_compression_type compression;
    uint32_t chunk_size; /* 0: libwim's default */
    int write_flags;     /* WIMLIB_WRITE_FLAG_* */
    enum wimlib_compression_type solid_compression;
    uint32_t solid_chunk_size; /* 0: not solid */
};

/** Make the directory tree that the WIMs are captured from; @return its path. `large` has files of
 * all sizes around those of chunks. */
const char *sample_tree(bool large);

/**
 * Write a WIM of two images: the tree, and its Windows directory, which is marked to boot.
 *
 * @return its path, valid until the next call
 */
const char *sample_make(const struct sample *sample, bool large);

/** Fail the test if a function of libwim failed. */
void sample_check(int code, const char *what);

/** All bytes of a file on disk; to be freed. */
uint8_t *sample_read(const char *path, size_t *size);

void sample_write(const char *path, const void *bytes, size_t size);

/** A file of the disk, in memory in one piece. */
const struct file *sample_open(struct pool *pool, const char *path);

/** Bytes that are read on demand, and how often they were. */
struct counting_reader {
    struct reader reader;
    const uint8_t *bytes;
    unsigned reads;
};

/** The same bytes, read on demand. */
const struct file *sample_on_demand(struct pool *pool, struct counting_reader *reader,
                                    const struct file *file);

/** Write a file of the core to the disk. */
void sample_save(const struct file *file, const char *path);

/** A reproducible random number. */
uint32_t sample_random(void);
void sample_seed(uint32_t seed);

#endif
