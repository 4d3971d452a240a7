/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variables db and dbx: lists of signatures (UEFI 2.10, 32.4.1). The firmware and the author of
 * the variables are not trusted: a list that does not fit ends the walk.
 */
#ifndef LOADER_TRUST_SIGNATURE_LIST_H
#define LOADER_TRUST_SIGNATURE_LIST_H

#include "trust/der.h"

enum signature_kind {
    SIGNATURE_OTHER,
    SIGNATURE_CERTIFICATE,      /* an X.509 certificate */
    SIGNATURE_SHA256,           /* the hash of a program */
    SIGNATURE_CERTIFICATE_HASH, /* the SHA-256 of a certificate's signed part */
};

struct signature {
    enum signature_kind kind;
    const uint8_t *owner; /* a GUID of 16 bytes */
    struct span data;
};

/** A walk over a variable. Start with its bytes in `rest`, all else zero. */
struct signature_walk {
    struct span rest;    /* lists to come */
    struct span entries; /* of the list that is being read */
    size_t entry_size;
    enum signature_kind kind;
    bool damaged; /* the walk ended at a list that does not fit */
};

/** The next signature; false at the end. */
bool signature_next(struct signature_walk *walk, struct signature *signature);

#endif
