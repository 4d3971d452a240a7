/* The digest plugin "xxh3": XXH3 with 64 bits, as `xxhsum -H3` prints it. */
#include "xxhash_inline.h"

#include <string.h>

#include "digest.h"

_Static_assert(sizeof(XXH3_state_t) <= DIGEST_STATE_SIZE_MAX, "the state must fit");
_Static_assert(_Alignof(XXH3_state_t) <= _Alignof(struct digest_state),
               "the state must be aligned");

static void start(struct digest_state *state)
{
    XXH3_64bits_reset((XXH3_state_t *)state);
}

static void update(struct digest_state *state, const void *bytes, size_t length)
{
    XXH3_64bits_update((XXH3_state_t *)state, bytes, length);
}

static void finish(struct digest_state *state, uint8_t *result)
{
    XXH64_canonical_t canonical; /* big endian: the order in which it is printed */

    XXH64_canonicalFromHash(&canonical, XXH3_64bits_digest((const XXH3_state_t *)state));
    memcpy(result, canonical.digest, sizeof(canonical.digest));
}

PLUGIN(digest, xxh3) = {
    .version = DIGEST_VERSION,
    .name = "xxh3",
    .size = sizeof(XXH64_canonical_t),
    .start = start,
    .update = update,
    .finish = finish,
};
