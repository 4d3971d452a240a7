/* The digest plugin "xxh64": XXH64 with seed 0, as `xxhsum -H64` prints it. */
#include "plugins/xxh3/xxhash_inline.h"

#include <string.h>

#include "digest.h"

_Static_assert(sizeof(XXH64_state_t) <= DIGEST_STATE_SIZE_MAX, "the state must fit");
_Static_assert(_Alignof(XXH64_state_t) <= _Alignof(struct digest_state),
               "the state must be aligned");

static void start(struct digest_state *state)
{
    XXH64_reset((XXH64_state_t *)state, 0);
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    XXH64_update((XXH64_state_t *)state, bytes, length);
}

static void finish(struct digest_state *state, uint8_t *result)
{
    XXH64_canonical_t canonical; /* big endian: the order in which it is printed */

    XXH64_canonicalFromHash(&canonical, XXH64_digest((const XXH64_state_t *)state));
    memcpy(result, canonical.digest, sizeof(canonical.digest));
}

PLUGIN(digest, xxh64) = {
    .version = DIGEST_VERSION,
    .name = "xxh64",
    .size = sizeof(XXH64_canonical_t),
    .start = start,
    .update = update,
    .finish = finish,
};
