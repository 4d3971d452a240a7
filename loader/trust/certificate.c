/* SPDX-License-Identifier: BSD-2-Clause */
/* X.509 certificates. See certificate.h. */
#include "trust/certificate.h"

#include <string.h>

enum {
    VERSION = DER_CONTEXT_HOLDS + 0,
    EXTENSIONS = DER_CONTEXT_HOLDS + 3,
    KEY_IDENTIFIER = DER_CONTEXT + 0, /* in the extension that names the issuer's key */

    BMP_STRING = 0x1E,
    NAME_PARTS_MAX = 32,
};

/* id-ce-subjectKeyIdentifier, id-ce-authorityKeyIdentifier; id-at-commonName, -organizationName */
static const uint8_t subject_key_id[] = {0x55, 0x1D, 0x0E};
static const uint8_t authority_key_id[] = {0x55, 0x1D, 0x23};
static const uint8_t common_name_id[] = {0x55, 0x04, 0x03};
static const uint8_t organization_id[] = {0x55, 0x04, 0x0A};

static bool is_id(struct span id, const uint8_t *known)
{
    return id.size == 3 && memcmp(id.bytes, known, 3) == 0;
}

static void read_extension(struct span extension, struct certificate *certificate)
{
    struct span id, critical, value, inner;
    if (!der_expect(&extension, DER_OBJECT_ID, &id, NULL)) {
        return;
    }
    enum { BOOLEAN = 1 };
    (void)der_expect(&extension, BOOLEAN, &critical, NULL);
    if (!der_expect(&extension, DER_OCTET_STRING, &value, NULL)) {
        return;
    }
    if (is_id(id, subject_key_id) && der_expect(&value, DER_OCTET_STRING, &inner, NULL)) {
        certificate->subject_key = inner;
    } else if (is_id(id, authority_key_id) && der_expect(&value, DER_SEQUENCE, &inner, NULL)) {
        struct span key;
        if (der_expect(&inner, KEY_IDENTIFIER, &key, NULL)) {
            certificate->issuer_key = key;
        }
    }
}

static void read_extensions(struct span fields, struct certificate *certificate)
{
    struct span contents, list, extension;
    uint8_t tag;
    while (der_take(&fields, &tag, &contents, NULL)) {
        if (tag == EXTENSIONS && der_expect(&contents, DER_SEQUENCE, &list, NULL)) {
            while (der_expect(&list, DER_SEQUENCE, &extension, NULL)) {
                read_extension(extension, certificate);
            }
        }
    }
}

bool certificate_take(struct span *from, struct certificate *certificate)
{
    struct span rest = *from, outer, fields, ignored;
    memset(certificate, 0, sizeof(*certificate));
    if (!der_expect(&rest, DER_SEQUENCE, &outer, &certificate->whole) ||
        !der_expect(&outer, DER_SEQUENCE, &fields, &certificate->signed_part)) {
        return false;
    }
    (void)der_expect(&fields, VERSION, &ignored, NULL);
    if (!der_expect(&fields, DER_INTEGER, &certificate->serial, NULL) ||
        !der_expect(&fields, DER_SEQUENCE, &ignored, NULL) || /* the algorithm */
        !der_expect(&fields, DER_SEQUENCE, &ignored, &certificate->issuer) ||
        !der_expect(&fields, DER_SEQUENCE, &ignored, NULL) || /* validity: firmware ignores it */
        !der_expect(&fields, DER_SEQUENCE, &ignored, &certificate->subject) ||
        !der_expect(&fields, DER_SEQUENCE, &ignored, NULL)) { /* the key */
        return false;
    }
    read_extensions(fields, certificate);
    *from = rest;
    return true;
}

bool certificate_is_issued_by(const struct certificate *certificate,
                              const struct certificate *issuer)
{
    bool keys_tell = certificate->issuer_key.size > 0 && issuer->subject_key.size > 0;
    return span_equal(certificate->issuer, issuer->subject) &&
           (!keys_tell || span_equal(certificate->issuer_key, issuer->subject_key));
}

/* ---- names ---- */

/* Names of certificate authorities are ASCII; other characters are shown as '?'. */
static void copy_text(uint8_t tag, struct span value, char text[COMMON_NAME_SIZE])
{
    size_t used = 0, step = tag == BMP_STRING ? 2 : 1; /* UTF-16, most significant byte first */
    for (size_t i = step - 1; i < value.size && used < COMMON_NAME_SIZE - 1; i += step) {
        uint8_t byte = step == 2 && value.bytes[i - 1] != 0 ? 0 : value.bytes[i];
        text[used++] = byte >= ' ' && byte < 0x7F ? (char)byte : '?';
    }
    text[used] = '\0';
}

void certificate_name(struct span name, char text[COMMON_NAME_SIZE])
{
    struct span parts, part, pair, id, value;
    bool has_common_name = false;
    strcpy(text, "?");
    if (!der_expect(&name, DER_SEQUENCE, &parts, NULL)) {
        return;
    }
    for (int i = 0; i < NAME_PARTS_MAX && der_expect(&parts, DER_SET, &part, NULL); i++) {
        uint8_t tag;
        if (!der_expect(&part, DER_SEQUENCE, &pair, NULL) ||
            !der_expect(&pair, DER_OBJECT_ID, &id, NULL) || !der_take(&pair, &tag, &value, NULL)) {
            continue;
        }
        if (is_id(id, common_name_id) || (is_id(id, organization_id) && !has_common_name)) {
            has_common_name = is_id(id, common_name_id);
            copy_text(tag, value, text);
        }
    }
}
