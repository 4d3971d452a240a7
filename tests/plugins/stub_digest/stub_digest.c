/* SPDX-License-Identifier: BSD-2-Clause */
/* A digest: how many bytes there were, modulo 256. Its name comes from its makefile. */
#include "digest/digest.h"

static void start(struct digest_state *state)
{
    state->bytes[0] = 0;
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    state->bytes[0] = (uint8_t)(state->bytes[0] + length);
}

static void finish(struct digest_state *state, uint8_t *result)
{
    result[0] = state->bytes[0];
}

PLUGIN(digest, stub_digest) = {
    .name = STUB_DIGEST_NAME,
    .size = 1,
    .start = start,
    .update = update,
    .finish = finish,
};
