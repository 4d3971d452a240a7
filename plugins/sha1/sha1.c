/* SPDX-License-Identifier: BSD-2-Clause */
/* The digest plugin "sha1". The algorithm is in the core (digest/sha1.c), which needs it for WIMs.
 */
#include "digest/sha1.h"

#include "digest/digest.h"

_Static_assert(sizeof(struct sha1) <= DIGEST_STATE_SIZE_MAX, "the state must fit");

static void start(struct digest_state *state)
{
    sha1_start((struct sha1 *)state);
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    sha1_update((struct sha1 *)state, bytes, length);
}

static void finish(struct digest_state *state, uint8_t *result)
{
    sha1_finish((struct sha1 *)state, result);
}

PLUGIN(digest, sha1) = {
    .name = "sha1",
    .size = SHA1_SIZE,
    .start = start,
    .update = update,
    .finish = finish,
};
