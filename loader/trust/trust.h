/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Predicts what firmware with Secure Boot will say about a boot manager: which key of db trusts it,
 * or why it will be refused.
 *
 * This is only a prediction. No signature is verified and nothing is allowed here: the firmware
 * decides. If something cannot be understood, the result is TRUST_UNKNOWN, never a verdict.
 */
#ifndef LOADER_TRUST_TRUST_H
#define LOADER_TRUST_TRUST_H

#include "trust/authenticode.h"
#include "trust/security_version.h"

/** The firmware's lists, as the variables hold them. Of size 0 if there are none. */
struct trust_lists {
    struct span db, dbx;
    struct span mok; /* shim's list of the owner's keys: MokListRT */
};

enum trust_result {
    TRUST_UNKNOWN,         /* the lists or the file cannot be understood, or there is no db */
    TRUST_GIVEN,           /* will start */
    TRUST_UNSIGNED,        /* has no signature, and its hash is not in db */
    TRUST_KEY_MISSING,     /* its signature comes from no key in db */
    TRUST_CHANGED,         /* was changed after it was signed */
    TRUST_HASH_REVOKED,    /* dbx has its hash */
    TRUST_KEY_REVOKED,     /* dbx has a certificate of its signature */
    TRUST_VERSION_REVOKED, /* dbx asks for a later version: the boot manager will refuse itself */
};

struct trust_verdict {
    enum trust_result result;
    bool by_hash; /* trusted by its hash in db */
    bool by_mok;  /* trusted by a key of shim's list only */
    /** The key that it is trusted by, was revoked, or would have to be in db; "" without one. */
    char key[COMMON_NAME_SIZE];
    bool has_version, version_is_asked_for;
    struct security_version version, asked_version;
};

/**
 * Judge a program.
 *
 * @param verdict written
 * @return 0; -1 with the reason if it cannot be read or there is no memory
 */
int trust_judge(const struct file *program, const struct trust_lists *lists,
                struct trust_verdict *verdict, struct error *error);

/**
 * The verdict as a sentence without the file's name: "is trusted by Windows UEFI CA 2023", "…".
 *
 * @return as format_string()
 */
size_t trust_describe(const struct trust_verdict *verdict, char *text, size_t size);

/** Whether dbx asks for a security version of Windows' boot manager, and for which. */
bool trust_version_asked(struct span dbx, struct security_version *version);

#endif
