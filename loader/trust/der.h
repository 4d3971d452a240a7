/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading DER, the encoding of certificates and signatures (ITU-T X.690). Only the parts that those
 * use: tags of one byte, definite lengths of up to four bytes.
 */
#ifndef LOADER_TRUST_DER_H
#define LOADER_TRUST_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that have another owner. */
struct span {
    const uint8_t *bytes;
    size_t size;
};

enum {
    DER_INTEGER = 0x02,
    DER_OCTET_STRING = 0x04,
    DER_OBJECT_ID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,      /* + number: [number], primitive */
    DER_CONTEXT_HOLDS = 0xA0 /* + number: [number], constructed */
};

/**
 * Read the next element.
 *
 * @param from     what is left to read; moved past the element
 * @param tag      written
 * @param contents written: what is in the element
 * @param whole    written: the element with its tag and length; may be NULL
 * @return false at the end, or if the next element is not valid
 */
bool der_take(struct span *from, uint8_t *tag, struct span *contents, struct span *whole);

/** der_take() of an element of this tag; otherwise false, and nothing is moved. */
bool der_expect(struct span *from, uint8_t tag, struct span *contents, struct span *whole);

bool span_equal(struct span left, struct span right);

#endif
