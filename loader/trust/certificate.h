/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of an X.509 certificate (RFC 5280) that are needed: its names and keys. */
#ifndef LOADER_TRUST_CERTIFICATE_H
#define LOADER_TRUST_CERTIFICATE_H

#include "trust/der.h"

enum { COMMON_NAME_SIZE = 96 };

/** All within the bytes that the certificate was read from; missing parts are of size 0. */
struct certificate {
    struct span whole;
    struct span
        signed_part; /* tbsCertificate, whose hash revokes it (UEFI: EFI_CERT_X509_SHA256) */
    struct span serial;
    struct span issuer, subject;         /* names, as they are encoded */
    struct span issuer_key, subject_key; /* key identifiers */
};

/** Read the certificate at the start of `from`, which is moved past it; false if there is none. */
bool certificate_take(struct span *from, struct certificate *certificate);

/** Whether `issuer` has issued `certificate`, by name and key identifier. */
bool certificate_is_issued_by(const struct certificate *certificate,
                              const struct certificate *issuer);

/** The common name in a name, else its organization; ASCII, cut to fit; "?" without either. */
void certificate_name(struct span name, char text[COMMON_NAME_SIZE]);

#endif
