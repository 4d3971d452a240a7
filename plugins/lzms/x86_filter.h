/* The x86 filter of LZMS, which makes the addresses in x86 code relative again.
 */
#ifndef LZMS_X86_FILTER_H
#define LZMS_X86_FILTER_H

#include <stddef.h>
#include <stdint.h>

/** Working memory. */
struct x86_filter {
    int32_t last_use[65536]; /* by the low half of a target: end of the last
                                instruction with it */
    uint8_t roles[256];      /* of the values of bytes in instructions */
};

/** Undo the encoder's translation in a chunk. */
void x86_filter_undo(struct x86_filter *filter, uint8_t *data, size_t size);

#endif
