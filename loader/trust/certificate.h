/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read of an X.509 certificate (RFC 5280): who it is, and who vouches for it. */
#ifndef LOADER_TRUST_CERTIFICATE_H
#define LOADER_TRUST_CERTIFICATE_H

#include "trust/der.h"

enum { COMMON_NAME_SIZE = 96 };

/** All within the bytes that the certificate was read from; what it does not have is of size 0. */
struct certificate {
    struct span whole;
    struct span
        signed_part; /* tbsCertificate, whose hash revokes it (UEFI: EFI_CERT_X509_SHA256) */
    struct span serial;
    struct span issuer, subject;         /* names, as they are encoded */
    struct span issuer_key, subject_key; /* key identifiers */
};

/** Take the certificate at the front of `from`, which is moved past it; false if there is none. */
bool certificate_take(struct span *from, struct certificate *certificate);

/** Whether `issuer` is the one that vouches for `certificate`, by name and key identifier. */
bool certificate_is_issued_by(const struct certificate *certificate,
                              const struct certificate *issuer);

/** The common name in a name, else its organization; ASCII, cut to fit; "?" without either. */
void certificate_name(struct span name, char text[COMMON_NAME_SIZE]);

#endif
