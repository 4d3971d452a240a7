/* SPDX-License-Identifier: BSD-2-Clause */
/* DER. See der.h. */
#include "trust/der.h"

#include <string.h>

enum {
    TAG_NUMBER_FOLLOWS = 0x1F, /* in the low bits of a tag: it continues in the next bytes */
    LENGTH_IS_LONG = 0x80,     /* the low bits say how many bytes of length follow */
    LENGTH_BYTES_MAX = 4,
};

bool der_take(struct span *from, uint8_t *tag, struct span *contents, struct span *whole)
{
    const uint8_t *bytes = from->bytes;
    size_t size = from->size, used = 2;
    if (size < used || (bytes[0] & TAG_NUMBER_FOLLOWS) == TAG_NUMBER_FOLLOWS) {
        return false;
    }
    size_t length = bytes[1];
    if (length >= LENGTH_IS_LONG) {
        size_t count = length & ~(size_t)LENGTH_IS_LONG;
        if (count == 0 || count > LENGTH_BYTES_MAX || size - used < count) {
            return false;
        }
        length = 0;
        for (size_t i = 0; i < count; i++) {
            length = length << 8 | bytes[used + i];
        }
        used += count;
    }
    if (size - used < length) {
        return false;
    }
    *tag = bytes[0];
    *contents = (struct span){bytes + used, length};
    if (whole != NULL) {
        *whole = (struct span){bytes, used + length};
    }
    from->bytes += used + length;
    from->size -= used + length;
    return true;
}

bool der_expect(struct span *from, uint8_t tag, struct span *contents, struct span *whole)
{
    struct span rest = *from;
    uint8_t found;
    if (!der_take(&rest, &found, contents, whole) || found != tag) {
        return false;
    }
    *from = rest;
    return true;
}

bool span_equal(struct span left, struct span right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.bytes, right.bytes, left.size) == 0);
}
