/* SPDX-License-Identifier: BSD-2-Clause */
/* The x86 filter of LZMS, which makes the addresses in x86 code relative again. */
#ifndef LZMS_X86_FILTER_H
#define LZMS_X86_FILTER_H

#include <stddef.h>
#include <stdint.h>

/** Working memory. */
struct x86_filter {
    /** By the low half of a target: end of the last instruction with it. */
    uint32_t last_use[65536];
    /** By the value of a byte: what it may be the first, and the second byte of. */
    uint8_t first[256], second[256];
};

/** Undo the encoder's translation in a chunk. */
void x86_filter_undo(struct x86_filter *filter, uint8_t *data, size_t size);

#endif
