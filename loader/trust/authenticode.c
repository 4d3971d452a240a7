/* SPDX-License-Identifier: BSD-2-Clause */
/* Authenticode. See authenticode.h. */
#include "trust/authenticode.h"

#include <string.h>

#include "base/little_endian.h"
#include "digest/digest.h"

enum {
    /* WIN_CERTIFICATE */
    ENTRY_LENGTH = 0,
    ENTRY_TYPE = 6,
    ENTRY_HEADER_SIZE = 8,
    ENTRY_ALIGNMENT = 8,
    TYPE_PKCS_SIGNED_DATA = 2,

    TABLE_SIZE_MAX = 1 << 20,   /* real ones have about 10 KB */
    PROGRAM_SIZE_MAX = 1 << 28, /* real ones have a few MB */

    /* In the optional header. */
    CHECKSUM = 64,
    DIRECTORIES = 96,       /* PE32 */
    DIRECTORIES_PLUS = 112, /* PE32+ */
    DIRECTORY_SIZE = 8,
};

/* ---- the hash ---- */

struct hashing {
    const struct digest *digest;
    struct digest_state state;
    const struct file *file;
    struct error *error;
};

static void update(void *context, const void *bytes, size_t length)
{
    struct hashing *hashing = context;
    hashing->digest->update(&hashing->state, bytes, length);
}

/* Hash from one offset to another one, which is not smaller. */
static int hash_range(struct hashing *hashing, uint64_t from, uint64_t end)
{
    return end == from
               ? 0
               : file_visit(hashing->file, from, end - from, update, hashing, hashing->error);
}

/* The headers, without the checksum and the directory entry of the certificates. */
static int hash_headers(struct hashing *hashing, const struct pe *pe)
{
    uint64_t checksum = pe->optional_offset + CHECKSUM;
    uint64_t entry = pe->optional_offset +
                     (pe->format == PE_FORMAT_32_PLUS ? DIRECTORIES_PLUS : DIRECTORIES) +
                     (uint64_t)PE_DIRECTORY_CERTIFICATES * DIRECTORY_SIZE;
    if (pe->headers_size < entry + DIRECTORY_SIZE || pe->headers_size > pe->file->size) {
        return error_set(hashing->error, "%s: its PE headers are damaged", pe->file->name);
    }
    if (hash_range(hashing, 0, checksum) != 0 ||
        hash_range(hashing, checksum + sizeof(uint32_t), entry) != 0) {
        return -1;
    }
    return hash_range(hashing, entry + DIRECTORY_SIZE, pe->headers_size);
}

/* The index of the section with the smallest offset in the file that is at least `from`, among
 * those not used yet; the count if there is none. */
static unsigned next_section(const struct pe_section *sections, const bool *taken, unsigned count)
{
    unsigned best = count;
    for (unsigned i = 0; i < count; i++) {
        if (!taken[i] && sections[i].raw_size > 0 &&
            (best == count || sections[i].raw_offset < sections[best].raw_offset)) {
            best = i;
        }
    }
    return best;
}

/* Sections in the order in which they are in the file; `sum` counts what is hashed. That is never
 * more than the file: each of the many sections could be as long as that. */
static int hash_sections(struct hashing *hashing, const struct pe *pe, uint64_t *sum)
{
    struct pe_section sections[PE_SECTION_COUNT_MAX];
    bool taken[PE_SECTION_COUNT_MAX] = {false};
    for (unsigned i = 0; i < pe->section_count; i++) {
        if (pe_read_section(pe, i, &sections[i], hashing->error) != 0) {
            return -1;
        }
    }
    unsigned next;
    while ((next = next_section(sections, taken, pe->section_count)) < pe->section_count) {
        taken[next] = true;
        uint64_t from = sections[next].raw_offset, size = sections[next].raw_size;
        if (from > pe->file->size || size > pe->file->size - from) {
            return error_set(hashing->error, "%s: section %s goes beyond the end of the file",
                             pe->file->name, sections[next].name);
        }
        if (size > pe->file->size - *sum) {
            return error_set(hashing->error, "%s: its sections overlap", pe->file->name);
        }
        if (hash_range(hashing, from, from + size) != 0) {
            return -1;
        }
        *sum += size;
    }
    return 0;
}

static int hash_program(const struct pe *pe, uint8_t hash[AUTHENTICODE_HASH_SIZE],
                        struct error *error)
{
    const struct pe_directory *certificates = &pe->directories[PE_DIRECTORY_CERTIFICATES];
    struct hashing hashing = {.digest = digest_find("sha256"), .file = pe->file, .error = error};
    uint64_t sum = pe->headers_size;
    if (hashing.digest == NULL) {
        return error_set(error, "this build has no SHA-256 to hash %s with", pe->file->name);
    }
    if (pe->file->size > PROGRAM_SIZE_MAX) {
        return error_set(error, "%s: %llu bytes are too many for a program", pe->file->name,
                         (unsigned long long)pe->file->size);
    }
    hashing.digest->start(&hashing.state);
    if (hash_headers(&hashing, pe) != 0 || hash_sections(&hashing, pe, &sum) != 0) {
        return -1;
    }
    /* Bytes after the sections, without the certificates, which are last. */
    uint64_t end = pe->file->size;
    if (certificates->size > 0) {
        end = certificates->size <= end ? end - certificates->size : 0;
    }
    if (sum < end && hash_range(&hashing, sum, end) != 0) {
        return -1;
    }
    hashing.digest->finish(&hashing.state, hash);
    return 0;
}

/* ---- the signatures ---- */

/* pkcs7-signedData, SPC_INDIRECT_DATA_OBJID, id-sha256 */
static const uint8_t signed_data_id[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
static const uint8_t indirect_data_id[] = {0x2B, 0x06, 0x01, 0x04, 0x01,
                                           0x82, 0x37, 0x02, 0x01, 0x04};
static const uint8_t sha256_id[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};

static bool expect_id(struct span *from, const uint8_t *id, size_t size)
{
    struct span found;
    return der_expect(from, DER_OBJECT_ID, &found, NULL) &&
           span_equal(found, (struct span){id, size});
}

/* SpcIndirectDataContent: what the signature is about, then the hash. */
static bool read_digest(struct span info, struct authenticode_signature *signature)
{
    struct span holder, content, about, digest, algorithm;
    if (!expect_id(&info, indirect_data_id, sizeof(indirect_data_id)) ||
        !der_expect(&info, DER_CONTEXT_HOLDS, &holder, NULL) ||
        !der_expect(&holder, DER_SEQUENCE, &content, NULL) ||
        !der_expect(&content, DER_SEQUENCE, &about, NULL) ||
        !der_expect(&content, DER_SEQUENCE, &digest, NULL) ||
        !der_expect(&digest, DER_SEQUENCE, &algorithm, NULL)) {
        return false;
    }
    signature->is_sha256 = expect_id(&algorithm, sha256_id, sizeof(sha256_id));
    return der_expect(&digest, DER_OCTET_STRING, &signature->digest, NULL);
}

/* SignerInfo names the signer's certificate by its issuer and its number. */
static bool find_signer(struct span infos, struct authenticode_signature *signature)
{
    struct span info, version, identity, issuer, serial;
    if (!der_expect(&infos, DER_SEQUENCE, &info, NULL) ||
        !der_expect(&info, DER_INTEGER, &version, NULL) ||
        !der_expect(&info, DER_SEQUENCE, &identity, NULL) ||
        !der_expect(&identity, DER_SEQUENCE, &version, &issuer) ||
        !der_expect(&identity, DER_INTEGER, &serial, NULL)) {
        return false;
    }
    for (size_t i = 0; i < signature->certificate_count; i++) {
        const struct certificate *certificate = &signature->certificates[i];
        if (span_equal(certificate->issuer, issuer) && span_equal(certificate->serial, serial)) {
            signature->signer = *certificate;
            return true;
        }
    }
    return false;
}

/* ContentInfo with SignedData (RFC 2315). */
static bool read_signature(struct span bytes, struct authenticode_signature *signature)
{
    struct span outer, holder, data, ignored, content, certificates, infos;
    memset(signature, 0, sizeof(*signature));
    if (!der_expect(&bytes, DER_SEQUENCE, &outer, NULL) ||
        !expect_id(&outer, signed_data_id, sizeof(signed_data_id)) ||
        !der_expect(&outer, DER_CONTEXT_HOLDS, &holder, NULL) ||
        !der_expect(&holder, DER_SEQUENCE, &data, NULL) ||
        !der_expect(&data, DER_INTEGER, &ignored, NULL) ||
        !der_expect(&data, DER_SET, &ignored, NULL) ||
        !der_expect(&data, DER_SEQUENCE, &content, NULL) || !read_digest(content, signature) ||
        !der_expect(&data, DER_CONTEXT_HOLDS, &certificates, NULL)) {
        return false;
    }
    while (
        signature->certificate_count < CERTIFICATES_MAX &&
        certificate_take(&certificates, &signature->certificates[signature->certificate_count])) {
        signature->certificate_count++;
    }
    (void)der_expect(&data, DER_CONTEXT_HOLDS + 1, &ignored, NULL); /* revocation lists */
    return der_expect(&data, DER_SET, &infos, NULL) && find_signer(infos, signature);
}

static void read_table(const uint8_t *table, size_t size, struct authenticode *authenticode)
{
    size_t offset = 0;
    while (size - offset >= ENTRY_HEADER_SIZE) {
        size_t length = get_u32(table + offset + ENTRY_LENGTH);
        if (length < ENTRY_HEADER_SIZE || length > size - offset ||
            authenticode->signature_count == SIGNATURES_MAX) {
            authenticode->damaged = true;
            return;
        }
        struct span bytes = {table + offset + ENTRY_HEADER_SIZE, length - ENTRY_HEADER_SIZE};
        if (get_u16(table + offset + ENTRY_TYPE) == TYPE_PKCS_SIGNED_DATA) {
            if (read_signature(bytes, &authenticode->signatures[authenticode->signature_count])) {
                authenticode->signature_count++;
            } else {
                authenticode->damaged = true;
            }
        }
        size_t padding = (ENTRY_ALIGNMENT - length % ENTRY_ALIGNMENT) % ENTRY_ALIGNMENT;
        offset += length;
        offset += padding < size - offset ? padding : size - offset;
    }
}

int authenticode_read(struct pool *pool, const struct pe *pe, struct authenticode *authenticode,
                      struct error *error)
{
    const struct pe_directory *place = &pe->directories[PE_DIRECTORY_CERTIFICATES];
    memset(authenticode, 0, sizeof(*authenticode));
    if (hash_program(pe, authenticode->hash, error) != 0) {
        return -1;
    }
    if (place->size == 0) {
        return 0;
    }
    if (place->size > TABLE_SIZE_MAX || place->address > pe->file->size ||
        place->size > pe->file->size - place->address) {
        authenticode->damaged = true;
        return 0;
    }
    uint8_t *table = pool_allocate(pool, place->size);
    if (table == NULL) {
        return error_no_memory(error, "the signatures of %s", pe->file->name);
    }
    if (file_read(pe->file, place->address, table, place->size, error) != 0) {
        return -1;
    }
    read_table(table, place->size, authenticode);
    return 0;
}
