/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict on a boot manager. See trust.h. */
#include "trust/trust.h"

#include <string.h>

#include "base/format.h"
#include "digest/digest.h"

enum { CHAIN_MAX = 8 }; /* certificates from the signer up */

/* ---- looking into lists ---- */

static bool has_hash(struct span list, const uint8_t *hash)
{
    struct signature_walk walk = {.rest = list};
    struct signature signature;
    while (signature_next(&walk, &signature)) {
        if (signature.kind == SIGNATURE_SHA256 &&
            memcmp(signature.data.bytes, hash, AUTHENTICODE_HASH_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

/* A certificate of a list that is `certificate`, or has issued it. */
static bool find_key(struct span list, const struct certificate *certificate,
                     struct certificate *found)
{
    struct signature_walk walk = {.rest = list};
    struct signature signature;
    while (signature_next(&walk, &signature)) {
        struct span bytes = signature.data;
        if (signature.kind == SIGNATURE_CERTIFICATE && certificate_take(&bytes, found) &&
            (span_equal(found->whole, certificate->whole) ||
             certificate_is_issued_by(certificate, found))) {
            return true;
        }
    }
    return false;
}

static bool has_certificate(struct span list, const struct certificate *certificate)
{
    struct signature_walk walk = {.rest = list};
    struct signature signature;
    struct certificate found;
    const struct digest *digest = digest_find("sha256");
    struct digest_state state;
    uint8_t hash[DIGEST_SIZE_MAX];
    digest->start(&state);
    digest->update(&state, certificate->signed_part.bytes, certificate->signed_part.size);
    digest->finish(&state, hash);
    while (signature_next(&walk, &signature)) {
        struct span bytes = signature.data;
        if ((signature.kind == SIGNATURE_CERTIFICATE && certificate_take(&bytes, &found) &&
             span_equal(found.whole, certificate->whole)) ||
            (signature.kind == SIGNATURE_CERTIFICATE_HASH &&
             memcmp(signature.data.bytes, hash, digest->size) == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_damaged(struct span list)
{
    struct signature_walk walk = {.rest = list};
    struct signature signature;
    while (signature_next(&walk, &signature)) {
    }
    return walk.damaged;
}

bool trust_version_asked(struct span dbx, struct security_version *version)
{
    struct signature_walk walk = {.rest = dbx};
    struct signature signature;
    struct security_version found;
    bool is_asked = false;
    while (signature_next(&walk, &signature)) {
        if (security_version_of_signature(&signature, &found) &&
            (!is_asked || security_version_is_less(*version, found))) {
            *version = found;
            is_asked = true;
        }
    }
    return is_asked;
}

/* ---- one signature ---- */

/* The result of a signature; better results are larger. */
struct judgement {
    enum trust_result result;
    bool by_mok;
    char key[COMMON_NAME_SIZE];
};

static struct judgement judge_chain(const struct authenticode_signature *signature,
                                    const struct trust_lists *lists)
{
    struct judgement judgement = {.result = TRUST_KEY_MISSING};
    struct certificate link = signature->signer, key;
    for (unsigned i = 0; i < CHAIN_MAX; i++) {
        if (has_certificate(lists->dbx, &link)) {
            judgement.result = TRUST_KEY_REVOKED;
            certificate_name(link.subject, judgement.key);
            return judgement;
        }
        bool in_db = find_key(lists->db, &link, &key);
        if (in_db || find_key(lists->mok, &link, &key)) {
            bool revoked = has_certificate(lists->dbx, &key);
            judgement.result = revoked ? TRUST_KEY_REVOKED : TRUST_GIVEN;
            judgement.by_mok = !in_db;
            certificate_name(key.subject, judgement.key);
            return judgement;
        }
        certificate_name(link.issuer, judgement.key);
        size_t next = 0;
        while (next < signature->certificate_count &&
               !certificate_is_issued_by(&link, &signature->certificates[next])) {
            next++;
        }
        if (next == signature->certificate_count ||
            span_equal(signature->certificates[next].whole, link.whole)) {
            break; /* its issuer is not in the file, or it is self-signed */
        }
        link = signature->certificates[next];
    }
    return judgement;
}

static struct judgement judge_signature(const struct authenticode *program,
                                        const struct authenticode_signature *signature,
                                        const struct trust_lists *lists)
{
    const struct span hash = {program->hash, sizeof(program->hash)};
    if (signature->is_sha256 && !span_equal(signature->digest, hash)) {
        return (struct judgement){.result = TRUST_CHANGED};
    }
    return judge_chain(signature, lists);
}

/* ---- the program ---- */

/* The best of its signatures: one that is trusted is enough, but dbx takes precedence. */
static void judge_signatures(const struct authenticode *program, const struct trust_lists *lists,
                             struct trust_verdict *verdict)
{
    for (size_t i = 0; i < program->signature_count; i++) {
        struct judgement judgement = judge_signature(program, &program->signatures[i], lists);
        bool is_better = verdict->result == TRUST_UNSIGNED ||
                         judgement.result == TRUST_KEY_REVOKED ||
                         (verdict->result != TRUST_KEY_REVOKED && judgement.result == TRUST_GIVEN);
        if (is_better) {
            verdict->result = judgement.result;
            verdict->by_mok = judgement.by_mok;
            memcpy(verdict->key, judgement.key, sizeof(verdict->key));
        }
    }
    if (verdict->result == TRUST_UNSIGNED && program->damaged) {
        verdict->result = TRUST_UNKNOWN;
    }
}

static int judge(struct pool *pool, const struct file *file, const struct trust_lists *lists,
                 struct trust_verdict *verdict, struct error *error)
{
    struct pe pe;
    struct authenticode *program = pool_allocate(pool, sizeof(*program));
    if (program == NULL) {
        return error_no_memory(error, "the signatures of %s", file->name);
    }
    if (pe_read(file, &pe, error) != 0 || authenticode_read(pool, &pe, program, error) != 0) {
        return -1;
    }
    verdict->has_version = security_version_of_program(&pe, &verdict->version);
    verdict->version_is_asked_for = trust_version_asked(lists->dbx, &verdict->asked_version);
    if (lists->db.size == 0 || is_damaged(lists->db) || is_damaged(lists->dbx)) {
        return 0; /* unknown */
    }
    if (has_hash(lists->dbx, program->hash)) {
        verdict->result = TRUST_HASH_REVOKED;
        return 0;
    }
    verdict->result = TRUST_UNSIGNED;
    judge_signatures(program, lists, verdict);
    if (verdict->result != TRUST_GIVEN && verdict->result != TRUST_KEY_REVOKED &&
        (has_hash(lists->db, program->hash) || has_hash(lists->mok, program->hash))) {
        verdict->result = TRUST_GIVEN;
        verdict->by_hash = true;
    }
    if (verdict->result == TRUST_GIVEN && verdict->has_version && verdict->version_is_asked_for &&
        security_version_is_less(verdict->version, verdict->asked_version)) {
        verdict->result = TRUST_VERSION_REVOKED;
    }
    return 0;
}

int trust_judge(const struct file *program, const struct trust_lists *lists,
                struct trust_verdict *verdict, struct error *error)
{
    memset(verdict, 0, sizeof(*verdict));
    struct pool *pool = pool_create();
    if (pool == NULL) {
        return error_no_memory(error, "the signatures of %s", program->name);
    }
    int result = judge(pool, program, lists, verdict, error);
    pool_destroy(pool);
    return result;
}

size_t trust_describe(const struct trust_verdict *verdict, char *text, size_t size)
{
    switch (verdict->result) {
    case TRUST_GIVEN:
        return verdict->by_hash ? format_string(text, size, "is trusted by its hash")
                                : format_string(text, size, "is trusted by %s%s", verdict->key,
                                                verdict->by_mok ? " (shim's MOK list)" : "");
    case TRUST_UNSIGNED:
        return format_string(text, size, "is not signed");
    case TRUST_KEY_MISSING:
        return format_string(text, size,
                             "is not trusted: it is signed under %s, which this firmware does not "
                             "trust",
                             verdict->key);
    case TRUST_CHANGED:
        return format_string(text, size, "was changed after it was signed");
    case TRUST_HASH_REVOKED:
        return format_string(text, size, "is revoked: its hash is in dbx");
    case TRUST_KEY_REVOKED:
        return format_string(text, size, "is revoked: %s is in dbx", verdict->key);
    case TRUST_VERSION_REVOKED:
        return format_string(text, size,
                             "is revoked: dbx asks for security version %u.%u, and it has %u.%u",
                             verdict->asked_version.major, verdict->asked_version.minor,
                             verdict->version.major, verdict->version.minor);
    default:
        return format_string(text, size, "cannot be judged");
    }
}
