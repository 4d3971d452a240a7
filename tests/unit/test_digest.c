/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests: published vectors, the same bytes given in pieces of every size, and files checked
 * against the distribution's own tools.
 */
#include "digest/digest.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* Bytes that differ from position to position, the same in every run. */
static void fill(uint8_t *bytes, size_t length, uint32_t seed)
{
    for (size_t i = 0; i < length; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

static void to_hex(const uint8_t *bytes, size_t length, char *text)
{
    for (size_t i = 0; i < length; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
}

static void digest_bytes(const char *name, const void *bytes, size_t length, char *hex)
{
    const struct digest *digest = digest_find(name);
    struct digest_state state;
    uint8_t result[DIGEST_SIZE_MAX];
    ck_assert_ptr_nonnull(digest);
    ck_assert_uint_le(digest->size, DIGEST_SIZE_MAX);
    digest->start(&state);
    digest->update(&state, bytes, length);
    digest->finish(&state, result);
    to_hex(result, digest->size, hex);
}

START_TEST(published_vectors)
{
    static const struct {
        const char *name, *text, *digest;
    } vectors[] = {
        /* FIPS 180-4's examples. */
        {"sha1", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"sha1", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"sha256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        /* The check value of the CRC catalogues. */
        {"crc32", "123456789", "cbf43926"},
        {"crc32", "", "00000000"},
        /* xxHash's specification. */
        {"xxh64", "", "ef46db3751d8e999"},
        {"xxh3", "", "2d06800538d394c2"},
    };
    char hex[2 * DIGEST_SIZE_MAX + 1];

    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        digest_bytes(vectors[i].name, vectors[i].text, strlen(vectors[i].text), hex);
        ck_assert_str_eq(hex, vectors[i].digest);
    }
}
END_TEST

START_TEST(pieces_of_every_size)
{
    static uint8_t bytes[2100];
    char whole[2 * DIGEST_SIZE_MAX + 1], pieces[2 * DIGEST_SIZE_MAX + 1];
    uint8_t result[DIGEST_SIZE_MAX];
    fill(bytes, sizeof(bytes), 1);
    PLUGIN_FOR_EACH(digest, digest)
    {
        digest_bytes(digest->name, bytes, sizeof(bytes), whole);
        for (size_t step = 1; step < sizeof(bytes); step += step < 140 ? 1 : 97) {
            struct digest_state state;
            digest->start(&state);
            for (size_t at = 0; at < sizeof(bytes); at += step) {
                size_t left = sizeof(bytes) - at;
                digest->update(&state, bytes + at, left < step ? left : step);
            }
            digest->finish(&state, result);
            to_hex(result, digest->size, pieces);
            ck_assert_str_eq(pieces, whole);
        }
    }
}
END_TEST

/* What a tool of the distribution prints for these bytes on its standard input: one word among
 * names and signs. */
static void digest_by_tool(const char *command, const void *bytes, size_t length, char *text)
{
    char path[] = "/tmp/test_digest.XXXXXX", line[200];
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
    snprintf(line, sizeof(line), "%s < %s", command, path);
    file = popen(line, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, 100, file));
    ck_assert_int_eq(pclose(file), 0);
    remove(path);
}

START_TEST(agree_with_the_tools)
{
    static const struct {
        const char *name, *command;
    } tools[] = {
        {"sha1", "sha1sum"},
        {"sha256", "sha256sum"},
        {"xxh64", "xxhsum -q -H64"},
        {"xxh3", "xxhsum -q -H3"},
        {"crc32", "/usr/bin/python3 -c 'import sys, zlib; "
                  "print(\"%08x\" % zlib.crc32(sys.stdin.buffer.read()))'"},
    };
    /* Around the sizes at which the algorithms change their way. */
    static const size_t lengths[] = {1, 16, 55, 56, 63, 64, 65, 119, 240, 241, 4096, 1000003};
    static uint8_t bytes[1000003];
    char ours[2 * DIGEST_SIZE_MAX + 1], theirs[100];

    fill(bytes, sizeof(bytes), 2);
    for (size_t t = 0; t < sizeof(tools) / sizeof(tools[0]); t++) {
        for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++) {
            digest_bytes(tools[t].name, bytes, lengths[l], ours);
            digest_by_tool(tools[t].command, bytes, lengths[l], theirs);
            ck_assert_msg(strstr(theirs, ours) != NULL, "%s of %zu bytes: %s, but %s",
                          tools[t].name, lengths[l], ours, theirs);
        }
    }
}
END_TEST

START_TEST(sha1_in_one_call)
{
    uint8_t result[20];
    char hex[41];
    sha1_of_bytes("abc", 3, result);
    to_hex(result, 20, hex);
    ck_assert_str_eq(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
}
END_TEST

/* A reader over memory, to have a file that is not in memory. */
struct memory_reader {
    struct reader reader;
    const uint8_t *bytes;
    bool broken;
};

static int memory_reader_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                              struct error *error)
{
    struct memory_reader *memory = (struct memory_reader *)reader;
    if (memory->broken) {
        return error_set(error, "the disk broke");
    }
    memcpy(buffer, memory->bytes + offset, length);
    return 0;
}

static void count_progress(void *context, uint64_t done)
{
    uint64_t *last = context;
    ck_assert_uint_gt(done, *last);
    *last = done;
}

START_TEST(files_of_several_extents)
{
    static uint8_t bytes[3 * 300000];
    struct pool *pool = pool_create();
    struct memory_reader reader = {.reader.read = memory_reader_read, .bytes = bytes + 300000};
    const struct digest *digest = digest_find("sha256");
    uint8_t result[DIGEST_SIZE_MAX];
    char ours[65], expected[65];
    struct error error;
    struct file *file;
    uint64_t done = 0;
    fill(bytes, sizeof(bytes), 3);
    memset(bytes + 600000, 0, 300000);
    const struct file *parts[] = {
        file_from_memory(pool, "a", bytes, 300000),
        file_from_reader(pool, "b", &reader.reader, 300000),
        file_from_zeros(pool, "c", 300000),
    };
    ck_assert_int_eq(file_join(pool, "joined", parts, 3, &file, &error), 0);

    ck_assert_int_eq(
        digest_file(digest, file, 0, file->size, result, count_progress, &done, &error), 0);
    ck_assert_uint_eq(done, file->size);
    to_hex(result, 32, ours);
    digest_bytes("sha256", bytes, sizeof(bytes), expected);
    ck_assert_str_eq(ours, expected);

    ck_assert_int_eq(digest_file(digest, file, 299999, 300002, result, NULL, NULL, &error), 0);
    to_hex(result, 32, ours);
    digest_bytes("sha256", bytes + 299999, 300002, expected);
    ck_assert_str_eq(ours, expected);

    ck_assert_int_eq(digest_file(digest, file, 1, file->size, result, NULL, NULL, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "joined"));
    ck_assert_int_eq(digest_file(digest, file, 2, UINT64_MAX, result, NULL, NULL, &error), -1);
    reader.broken = true;
    ck_assert_int_eq(digest_file(digest, file, 0, file->size, result, NULL, NULL, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "the disk broke"));
    pool_destroy(pool);
}
END_TEST

START_TEST(unknown_name)
{
    ck_assert_ptr_null(digest_find("md5"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tests = tcase_create("digest");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, published_vectors);
    tcase_add_test(tests, pieces_of_every_size);
    tcase_add_test(tests, agree_with_the_tools);
    tcase_add_test(tests, sha1_in_one_call);
    tcase_add_test(tests, files_of_several_extents);
    tcase_add_test(tests, unknown_name);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
