/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signatures inside a program, and its hash (Microsoft, "Windows Authenticode Portable
 * Executable Signature Format").
 *
 * Signatures are not verified here: no key is used and nothing is decided; the firmware does that.
 * This only predicts what it will find.
 */
#ifndef LOADER_TRUST_AUTHENTICODE_H
#define LOADER_TRUST_AUTHENTICODE_H

#include "base/error.h"
#include "base/memory.h"
#include "files/pe.h"
#include "trust/certificate.h"

enum {
    AUTHENTICODE_HASH_SIZE = 32, /* SHA-256 */
    SIGNATURES_MAX = 8,          /* in one program */
    CERTIFICATES_MAX = 16,       /* in one signature */
};

/** One signature: who signed, and the certificates that came with it. */
struct authenticode_signature {
    struct certificate signer;
    size_t certificate_count;
    struct certificate certificates[CERTIFICATES_MAX];
    struct span digest; /* the signed hash of the program */
    bool is_sha256;     /* the digest's kind */
};

struct authenticode {
    uint8_t hash[AUTHENTICODE_HASH_SIZE]; /* of the program as it is */
    size_t signature_count;
    struct authenticode_signature signatures[SIGNATURES_MAX];
    bool damaged; /* there are signatures that could not be read */
};

/**
 * Hash a program and read its signatures.
 *
 * @param pool        keeps the bytes that the signatures point into
 * @param authenticode written
 * @return 0, or -1 with the reason: the program cannot be read, or there is no memory. Damaged
 *         signatures are not an error: see `damaged`.
 */
int authenticode_read(struct pool *pool, const struct pe *pe, struct authenticode *authenticode,
                      struct error *error);

#endif
