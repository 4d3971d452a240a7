/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digest plugins "xxh3" and "xxh64": XXH3 with 64 bits and XXH64 with seed 0, as `xxhsum -H3`
 * and `xxhsum -H64` print them. The code is the distribution's (libxxhash-dev), compiled into this
 * file; xxhash.mk puts its one header where freestanding code finds it.
 */
#include <stddef.h>
#include <string.h>

#include "digest/digest.h"

/* Used by functions of the header that are not called here, and that the compiler drops. */
void *malloc(size_t size);
void free(void *memory);

#define XXH_INLINE_ALL
#define XXH_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#include <xxhash.h>

union state {
    XXH3_state_t xxh3;
    XXH64_state_t xxh64;
};

_Static_assert(sizeof(union state) <= DIGEST_STATE_SIZE_MAX, "the state must fit");
_Static_assert(_Alignof(union state) <= _Alignof(struct digest_state), "the state must be aligned");

/* Big endian: the order in which it is printed. */
static void write_result(uint8_t *result, XXH64_hash_t hash)
{
    XXH64_canonical_t canonical;
    XXH64_canonicalFromHash(&canonical, hash);
    memcpy(result, canonical.digest, sizeof(canonical.digest));
}

static void start_xxh3(struct digest_state *state)
{
    XXH3_64bits_reset((XXH3_state_t *)state);
}

static void update_xxh3(struct digest_state *state, const void *bytes, size_t length)
{
    XXH3_64bits_update((XXH3_state_t *)state, bytes, length);
}

static void finish_xxh3(struct digest_state *state, uint8_t *result)
{
    write_result(result, XXH3_64bits_digest((const XXH3_state_t *)state));
}

static void start_xxh64(struct digest_state *state)
{
    XXH64_reset((XXH64_state_t *)state, 0);
}

static void update_xxh64(struct digest_state *state, const void *bytes, size_t length)
{
    XXH64_update((XXH64_state_t *)state, bytes, length);
}

static void finish_xxh64(struct digest_state *state, uint8_t *result)
{
    write_result(result, XXH64_digest((const XXH64_state_t *)state));
}

PLUGIN(digest, xxh3) = {
    .name = "xxh3",
    .size = sizeof(XXH64_canonical_t),
    .start = start_xxh3,
    .update = update_xxh3,
    .finish = finish_xxh3,
};

PLUGIN(digest, xxh64) = {
    .name = "xxh64",
    .size = sizeof(XXH64_canonical_t),
    .start = start_xxh64,
    .update = update_xxh64,
    .finish = finish_xxh64,
};
