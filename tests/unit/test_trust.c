/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict on signed programs: keys and signatures of openssl and sbsign, lists made here. */
#include "trust/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "tests/unit/pool_fixture.h"
#include "tests/unit/unit.h"

#define SAMPLES "build/test-trust/"

static const uint8_t certificate_guid[16] = {0xA1, 0x59, 0xC0, 0xA5, 0xE4, 0x94, 0xA7, 0x4A,
                                             0x87, 0xB5, 0xAB, 0x15, 0x5C, 0x2B, 0xF0, 0x72};
static const uint8_t hash_guid[16] = {0x26, 0x16, 0xC4, 0xC1, 0x4C, 0x50, 0x92, 0x40,
                                      0xAC, 0xA9, 0x41, 0xF9, 0x36, 0x93, 0x43, 0x28};
static const uint8_t certificate_hash_guid[16] = {0x92, 0xA4, 0xD2, 0x3B, 0xC0, 0x96, 0x79, 0x40,
                                                  0xB4, 0x20, 0xFC, 0xF9, 0x8E, 0xF1, 0x03, 0xED};
static const uint8_t version_owner[16] = {0x6C, 0x2B, 0x13, 0x9D, 0xD5, 0x59, 0x88, 0x43,
                                          0xAB, 0x1C, 0x18, 0x5C, 0x3C, 0xB2, 0xEB, 0x92};

static struct trust_verdict verdict;

static void put32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static struct span load(const char *name)
{
    char path[100];
    snprintf(path, sizeof(path), SAMPLES "%s", name);
    FILE *stream = fopen(path, "rb");
    ck_assert_msg(stream != NULL, "%s: cannot be opened", path);
    uint8_t *bytes = pool_allocate(pool, 1 << 16);
    struct span span = {bytes, fread(bytes, 1, 1 << 16, stream)};
    fclose(stream);
    return span;
}

static const struct file *program(const char *name)
{
    struct span bytes = load(name);
    return file_from_memory(pool, name, bytes.bytes, bytes.size);
}

/* A list with one entry, after what `lists` has. */
static struct span add(struct span lists, const uint8_t *guid, const uint8_t *owner,
                       struct span data)
{
    static const uint8_t nobody[16];
    size_t size = 28 + 16 + data.size;
    uint8_t *bytes = pool_allocate(pool, lists.size + size), *list = bytes + lists.size;
    if (lists.size > 0) {
        memcpy(bytes, lists.bytes, lists.size);
    }
    memcpy(list, guid, 16);
    put32(list + 16, (uint32_t)size);
    put32(list + 20, 0);
    put32(list + 24, (uint32_t)(16 + data.size));
    memcpy(list + 28, owner != NULL ? owner : nobody, 16);
    memcpy(list + 44, data.bytes, data.size);
    return (struct span){bytes, lists.size + size};
}

static struct span add_certificate(struct span lists, const char *name)
{
    return add(lists, certificate_guid, NULL, load(name));
}

static struct span db_of(const char *name)
{
    return add_certificate((struct span){0}, name);
}

/* What dbx has for a version of the boot manager. */
static struct span version_asked(struct span lists, unsigned major, unsigned minor)
{
    uint8_t *data = pool_allocate(pool, 32);
    data[0] = 1;
    memcpy(data + 1, version_owner, 16);
    data[1] = 0x61;
    data[17] = (uint8_t)minor;
    data[19] = (uint8_t)major;
    return add(lists, hash_guid, version_owner, (struct span){data, 32});
}

static struct span hash_of(const char *name)
{
    struct pe pe;
    struct authenticode *read = pool_allocate(pool, sizeof(*read));
    ck_assert_int_eq(pe_read(program(name), &pe, &error), 0);
    ck_assert_msg(authenticode_read(pool, &pe, read, &error) == 0, "%s", error.text);
    return (struct span){read->hash, sizeof(read->hash)};
}

static const char *judge(const struct file *file, struct trust_lists lists)
{
    char *text = pool_allocate(pool, 300);
    ck_assert_msg(trust_judge(file, &lists, &verdict, &error) == 0, "%s", error.text);
    trust_describe(&verdict, text, 300);
    return text;
}

START_TEST(hashes_are_those_that_were_signed)
{
    static const char *const names[] = {"signed-old.efi", "signed-new.efi", "signed-both.efi",
                                        "signed-seven.efi"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct pe pe;
        struct authenticode *read = pool_allocate(pool, sizeof(*read));
        ck_assert_int_eq(pe_read(program(names[i]), &pe, &error), 0);
        ck_assert_int_eq(authenticode_read(pool, &pe, read, &error), 0);
        ck_assert_uint_eq(read->signature_count, i == 2 ? 2 : 1);
        ck_assert(!read->damaged);
        for (size_t j = 0; j < read->signature_count; j++) {
            ck_assert(read->signatures[j].is_sha256);
            ck_assert_uint_eq(read->signatures[j].digest.size, AUTHENTICODE_HASH_SIZE);
            ck_assert_mem_eq(read->signatures[j].digest.bytes, read->hash, AUTHENTICODE_HASH_SIZE);
        }
    }
    ck_assert(span_equal(hash_of("plain.efi"), hash_of("plain.efi")));
}
END_TEST

START_TEST(keys_of_db_give_trust)
{
    const struct trust_lists old = {.db = db_of("old.der")}, new = {.db = db_of("new.der")};
    const struct trust_lists both = {.db = add_certificate(db_of("old.der"), "new.der")};
    ck_assert_str_eq(judge(program("signed-old.efi"), old),
                     "is trusted by Test Production PCA 2011");
    ck_assert_str_eq(judge(program("signed-new.efi"), new), "is trusted by Test UEFI CA 2023");
    ck_assert_str_eq(judge(program("signed-both.efi"), old),
                     "is trusted by Test Production PCA 2011");
    ck_assert_str_eq(judge(program("signed-both.efi"), new), "is trusted by Test UEFI CA 2023");
    ck_assert_str_eq(judge(program("signed-new.efi"), both), "is trusted by Test UEFI CA 2023");
    ck_assert_str_eq(judge(program("signed-old.efi"), new),
                     "is not trusted: it is signed under Test Production PCA 2011, which this "
                     "firmware does not trust");
    ck_assert_str_eq(judge(program("signed-new.efi"), old),
                     "is not trusted: it is signed under Test UEFI CA 2023, which this firmware "
                     "does not trust");
    /* The signer's own certificate in db, and a key of shim's. */
    ck_assert_str_eq(
        judge(program("signed-new.efi"), (struct trust_lists){.db = db_of("leaf-new.der")}),
        "is trusted by Test Windows 2023");
    ck_assert_str_eq(judge(program("signed-new.efi"),
                           (struct trust_lists){.db = db_of("old.der"), .mok = db_of("new.der")}),
                     "is trusted by Test UEFI CA 2023 (shim's MOK list)");
    ck_assert_str_eq(judge(program("plain.efi"), both), "is not signed");
    ck_assert_str_eq(
        judge(program("plain.efi"),
              (struct trust_lists){.db = add(both.db, hash_guid, NULL, hash_of("plain.efi"))}),
        "is trusted by its hash");
}
END_TEST

START_TEST(dbx_wins)
{
    struct trust_lists lists = {.db = add_certificate(db_of("old.der"), "new.der")};
    lists.dbx = add((struct span){0}, hash_guid, NULL, hash_of("signed-old.efi"));
    ck_assert_str_eq(judge(program("signed-old.efi"), lists), "is revoked: its hash is in dbx");
    ck_assert_int_eq(verdict.result, TRUST_HASH_REVOKED);
    lists.dbx = db_of("old.der");
    ck_assert_str_eq(judge(program("signed-old.efi"), lists),
                     "is revoked: Test Production PCA 2011 is in dbx");
    ck_assert_str_eq(judge(program("signed-both.efi"), lists),
                     "is revoked: Test Production PCA 2011 is in dbx");
    lists.dbx = db_of("middle.der");
    ck_assert_str_eq(judge(program("signed-new.efi"), lists),
                     "is revoked: Test Intermediate is in dbx");

    /* By the hash of a certificate's signed part, with a time after it. */
    struct span bytes = load("leaf-old.der");
    struct certificate certificate;
    ck_assert(certificate_take(&bytes, &certificate));
    const struct digest *digest = digest_find("sha256");
    struct digest_state state;
    uint8_t entry[48] = {0};
    digest->start(&state);
    digest->update(&state, certificate.signed_part.bytes, certificate.signed_part.size);
    digest->finish(&state, entry);
    lists.dbx = add((struct span){0}, certificate_hash_guid, NULL, (struct span){entry, 48});
    ck_assert_str_eq(judge(program("signed-old.efi"), lists), "is revoked: Test Windows is in dbx");
}
END_TEST

START_TEST(boot_managers_refuse_old_versions)
{
    struct trust_lists lists = {.db = db_of("old.der")};
    lists.dbx = version_asked(version_asked((struct span){0}, 8, 0), 11, 2);
    ck_assert_str_eq(judge(program("signed-seven.efi"), lists),
                     "is revoked: dbx asks for security version 11.2, and it has 7.0");
    lists.dbx = version_asked((struct span){0}, 7, 0);
    ck_assert_str_eq(judge(program("signed-seven.efi"), lists),
                     "is trusted by Test Production PCA 2011");
    judge(program("eleven.efi"), lists);
    ck_assert(verdict.has_version && verdict.version.major == 11 && verdict.version.minor == 3);
    judge(program("plain.efi"), lists);
    ck_assert(!verdict.has_version && verdict.version_is_asked_for);
}
END_TEST

START_TEST(changed_programs_are_seen)
{
    const struct trust_lists lists = {.db = db_of("old.der")};
    struct span bytes = load("signed-old.efi");
    uint8_t *changed = pool_allocate(pool, bytes.size);
    memcpy(changed, bytes.bytes, bytes.size);
    changed[0x400] ^= 1;
    const struct file *file = file_from_memory(pool, "changed", changed, bytes.size);
    ck_assert_str_eq(judge(file, lists), "was changed after it was signed");
    changed[0x400] ^= 1;
    struct pe pe;
    ck_assert_int_eq(pe_read(file, &pe, &error), 0);
    changed[pe.optional_offset + 64] ^= 1; /* the checksum is no part of what is signed */
    ck_assert_int_eq(trust_judge(file, &lists, &verdict, &error), 0);
    ck_assert_int_eq(verdict.result, TRUST_GIVEN);
}
END_TEST

START_TEST(malformed_lists_are_no_verdict)
{
    struct span db = db_of("old.der");
    const struct file *file = program("signed-old.efi");
    uint8_t *copy = pool_allocate(pool, db.size);
    ck_assert_str_eq(judge(file, (struct trust_lists){0}), "cannot be judged");
    for (size_t cut = 1; cut < db.size; cut += 7) {
        uint8_t *exact = malloc(cut);
        memcpy(exact, db.bytes, cut);
        ck_assert_str_eq(judge(file, (struct trust_lists){.db = {exact, cut}}), "cannot be judged");
        ck_assert_str_eq(judge(file, (struct trust_lists){.db = db, .dbx = {exact, cut}}),
                         "cannot be judged");
        free(exact);
    }
    for (size_t at = 16; at < 28; at++) { /* the three sizes */
        memcpy(copy, db.bytes, db.size);
        copy[at] ^= 0x40;
        ck_assert_msg(strcmp(judge(file, (struct trust_lists){.db = {copy, db.size}}),
                             "is trusted by Test Production PCA 2011") != 0,
                      "byte %zu does not matter", at);
    }
}
END_TEST

START_TEST(damaged_signatures_are_no_verdict)
{
    const struct trust_lists lists = {.db = db_of("old.der")};
    struct span bytes = load("signed-old.efi");
    struct pe pe;
    ck_assert_int_eq(pe_read(program("signed-old.efi"), &pe, &error), 0);
    size_t table = pe.directories[PE_DIRECTORY_CERTIFICATES].address;
    unsigned unknown = 0;
    for (size_t at = table; at < bytes.size; at++) {
        uint8_t *exact = malloc(bytes.size);
        memcpy(exact, bytes.bytes, bytes.size);
        exact[at] ^= 0x81;
        const struct file *file = file_from_memory(pool, "damaged", exact, bytes.size);
        ck_assert_int_eq(trust_judge(file, &lists, &verdict, &error), 0);
        unknown += verdict.result == TRUST_UNKNOWN;
        free(exact);
    }
    ck_assert_uint_gt(unknown, 50); /* lengths and tags; the rest are names, keys, numbers */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trust");
    TCase *tests = tcase_create("trust");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, hashes_are_those_that_were_signed);
    tcase_add_test(tests, keys_of_db_give_trust);
    tcase_add_test(tests, dbx_wins);
    tcase_add_test(tests, boot_managers_refuse_old_versions);
    tcase_add_test(tests, changed_programs_are_seen);
    tcase_add_test(tests, malformed_lists_are_no_verdict);
    tcase_add_test(tests, damaged_signatures_are_no_verdict);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
