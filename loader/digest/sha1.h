/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-1 (FIPS 180-4). In the core and not only in a plugin, because every resource of a WIM is
 * checked with it.
 */
#ifndef LOADER_SHA1_H
#define LOADER_SHA1_H

#include <stddef.h>
#include <stdint.h>

#include "digest/sha_blocks.h"

enum { SHA1_SIZE = 20 };

struct sha1 {
    uint32_t h[5];
    struct sha_blocks blocks;
};

void sha1_start(struct sha1 *sha1);
void sha1_update(struct sha1 *sha1, const void *bytes, size_t length);
void sha1_finish(struct sha1 *sha1, uint8_t result[SHA1_SIZE]);

/** Hash whole blocks into `h`, in C for every processor. */
void sha1_compress_portable(uint32_t *h, const uint8_t *bytes, size_t block_count);

#endif
