/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract of a digest plugin: a hash, computed piece by piece. */
#ifndef LOADER_DIGEST_H
#define LOADER_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/plugin.h"
#include "digest/sha1.h"
#include "files/file.h"

enum {
    DIGEST_SIZE_MAX = 32,       /* bytes of the largest digest (SHA-256) */
    DIGEST_STATE_SIZE_MAX = 640 /* bytes of the largest state (XXH3) */
};

/** A digest in progress; opaque. */
struct digest_state {
    _Alignas(64) uint8_t bytes[DIGEST_STATE_SIZE_MAX];
};

struct digest {
    const char *name; /* "sha1" */
    size_t size;      /* bytes of the result */
    void (*start)(struct digest_state *state);
    void (*update)(struct digest_state *state, const void *bytes, size_t length);
    /** Writes `size` bytes, in the order in which the digest is usually printed. */
    void (*finish)(struct digest_state *state, uint8_t *result);
};

PLUGIN_TABLE(digest);

/** The digest of this name; NULL if it is not in this build. */
const struct digest *digest_find(const char *name);

/**
 * Digest a part of a file without loading all of it.
 *
 * @param progress called from time to time with the bytes done so far; may be NULL
 */
int digest_file(const struct digest *digest, const struct file *file, uint64_t offset,
                uint64_t length, uint8_t *result, void (*progress)(void *context, uint64_t done),
                void *context, struct error *error);

/**
 * Pass a part of a file to a visitor, piece by piece and in order: in place if it is in memory,
 * else read into a buffer. -1 if it does not exist or cannot be read.
 */
int file_visit(const struct file *file, uint64_t offset, uint64_t length,
               void (*visit)(void *context, const void *bytes, size_t length), void *context,
               struct error *error);

/** SHA-1 of bytes in memory: every WIM resource needs it, so it is always in the build. */
void sha1_of_bytes(const void *bytes, size_t length, uint8_t result[SHA1_SIZE]);

#endif
