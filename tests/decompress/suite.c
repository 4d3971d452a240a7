/* SPDX-License-Identifier: BSD-2-Clause */
/* The tests that every decompressor goes through: see suite.h. */
#include "tests/decompress/suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

#include "compression/decompressor.h"
#include "digest/sha1.h"
#include "tests/decompress/chunk_writer.h"
#include "tests/decompress/i386.h"
#include "tests/decompress/samples.h"
#include "tests/decompress/vectors.h"
#include "tests/unit/unit.h"

#define RUN_CHUNKS       "build/i386/run_chunks"
#define RUN_CHUNKS_ARM64 "build/arm64/run_chunks"

enum {
    HUGE_OUTPUT = 1 << 20,   /* vectors with more are decompressed once, and not damaged */
    DAMAGE_OUTPUT = 3 << 20, /* bytes of output that the damage to one vector may cost */
    DAMAGES_MAX = 4000,      /* to one vector */
    STREAM_SLACK = 100000,   /* capacity beyond a stream's size */
    SAMPLES_FOR_OTHERS = 500,
};

static const struct subject *subject;
static const struct decompressor *decompressor;
static struct wimlib_decompressor *wimlib; /* for one chunk size at a time */
static const struct vector *vectors;
static size_t vector_count;
static FILE *chunks;         /* what the objects of other processors are to do */
static uint64_t chunks_hash; /* what the host's did */

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

/* Working memory for chunks of this size. It may have any contents: noise at first, then what the
 * chunk before left there. */
static void *workspace_for(size_t chunk_size)
{
    static void *workspace;
    static size_t workspace_size;
    size_t size =
        decompressor->workspace_size != NULL ? decompressor->workspace_size(chunk_size) : 0;
    if (size != workspace_size) {
        free(workspace);
        workspace = memset(allocate(size), 0xA5, size);
        workspace_size = size;
    }
    return workspace;
}

/* Decompress a chunk. The caller frees *out. */
static bool decompress(const uint8_t *in, size_t in_size, size_t out_size, size_t chunk_size,
                       uint8_t **out, struct decompress_failure *failure)
{
    *out = allocate(out_size);
    *failure = (struct decompress_failure){0};
    bool done = decompressor->decompress(in, in_size, *out, out_size, chunk_size,
                                         workspace_for(chunk_size), failure);
    if (!done) {
        ck_assert_ptr_nonnull(failure->reason);
        ck_assert_uint_le(failure->input_offset, in_size);
        ck_assert_uint_le(failure->output_offset, out_size);
    }
    return done;
}

/* The same, and have the objects of other processors do it later. */
static bool decompress_both(const uint8_t *in, size_t in_size, size_t out_size, size_t chunk_size,
                            uint8_t **out)
{
    struct decompress_failure failure;
    bool done = decompress(in, in_size, out_size, chunk_size, out, &failure);
    chunk_file_add(chunks, subject->name, chunk_size, in, in_size, out_size);
    chunks_hash = hash_outcome(chunks_hash, done, *out, out_size, &failure);
    return done;
}

static bool decompress_stream(const struct vector *vector, uint8_t *out, size_t capacity,
                              size_t *produced)
{
    struct decompress_failure failure;
    return decompressor->decompress_stream(vector->in, vector->in_size, out, capacity, produced,
                                           workspace_for(0), &failure);
}

static void check_output(const struct vector *vector, const uint8_t *out)
{
    struct sha1 sha1;
    uint8_t digest[SHA1_SIZE];
    char digits[2 * SHA1_SIZE + 1];
    sha1_start(&sha1);
    sha1_update(&sha1, out, vector->out_size);
    sha1_finish(&sha1, digest);
    for (unsigned i = 0; i < SHA1_SIZE; i++) {
        snprintf(digits + 2 * i, 3, "%02x", digest[i]);
    }
    ck_assert_msg(strcmp(digits, vector->result) == 0, "%s: wrong output", vector->name);
}

/* A stream is measured, then decompressed into just enough and into more than enough memory. */
static void check_stream(const struct vector *vector)
{
    size_t produced;
    ck_assert_msg(decompress_stream(vector, NULL, SIZE_MAX, &produced) &&
                      produced == vector->out_size,
                  "%s: measured %zu bytes", vector->name, produced);
    for (unsigned slack = 0; slack <= STREAM_SLACK; slack += STREAM_SLACK) {
        uint8_t *out = allocate(vector->out_size + slack);
        ck_assert_msg(decompress_stream(vector, out, vector->out_size + slack, &produced) &&
                          produced == vector->out_size,
                      "%s: %zu bytes", vector->name, produced);
        check_output(vector, out);
        free(out);
    }
    uint8_t *out = allocate(vector->out_size - 1);
    ck_assert_msg(!decompress_stream(vector, out, vector->out_size - 1, &produced) ||
                      produced < vector->out_size,
                  "%s: more output than there is room for", vector->name);
    free(out);
}

START_TEST(decompresses_vectors)
{
    ck_assert_uint_gt(vector_count, 40);
    for (size_t i = 0; i < vector_count; i++) {
        const struct vector *vector = &vectors[i];
        if (vector->stream) {
            check_stream(vector);
            continue;
        }
        uint8_t *out;
        bool done = decompress_both(vector->in, vector->in_size, vector->out_size,
                                    vector->chunk_size, &out);
        ck_assert_msg(done == (strcmp(vector->result, "error") != 0), "%s: %s", vector->name,
                      done ? "decompressed" : "failed");
        if (done) {
            check_output(vector, out);
        }
        free(out);
    }
}
END_TEST

static size_t compress(struct wimlib_compressor *compressor, const uint8_t *in, size_t size,
                       uint8_t *out, size_t capacity)
{
    return compressor != NULL ? wimlib_compress(in, size, out, capacity, compressor)
                              : subject->compress(in, size, out);
}

START_TEST(decompresses_what_others_compress)
{
    for (const size_t *chunk_size = subject->chunk_sizes; *chunk_size > 0; chunk_size++) {
        struct random random = {*chunk_size};
        struct wimlib_compressor *compressor = NULL;
        if (subject->wimlib_type) {
            ck_assert_int_eq(
                wimlib_create_compressor(subject->wimlib_type, *chunk_size, 20, &compressor), 0);
        }
        for (unsigned i = 0; i < subject->round_trips; i++) {
            size_t most =
                *chunk_size < subject->usual_sample_max ? *chunk_size : subject->usual_sample_max;
            size_t size = i % subject->whole_chunks == 0
                              ? *chunk_size
                              : random_size(&random, subject->sample_size_min, most);
            size_t capacity = size + size / 8 + 1024;
            uint8_t *plain = allocate(size), *packed = allocate(capacity), *out;
            sample_fill(&random, plain, size);
            size_t packed_size = compress(compressor, plain, size, packed, capacity);
            ck_assert_uint_gt(packed_size, 0);
            packed = realloc(packed, packed_size);

            bool done;
            struct decompress_failure failure = {.reason = "wrong output"};
            if (i % (subject->round_trips / SAMPLES_FOR_OTHERS + 1) == 1) {
                done = decompress_both(packed, packed_size, size, *chunk_size, &out);
            } else {
                done = decompress(packed, packed_size, size, *chunk_size, &out, &failure);
            }
            ck_assert_msg(done && memcmp(out, plain, size) == 0,
                          "chunk size %zu, sample %u of %zu bytes: %s", *chunk_size, i, size,
                          failure.reason);
            free(plain);
            free(packed);
            free(out);
        }
        wimlib_free_compressor(compressor);
        printf("%s: %u round trips with chunks of %zu KiB\n", subject->name, subject->round_trips,
               *chunk_size >> 10);
    }
}
END_TEST

/* A damaged chunk may pass, as no format has a checksum; but then it is decompressed as libwim
 * does it. */
static void check_damaged(const uint8_t *in, size_t in_size, const struct vector *vector,
                          unsigned *passed)
{
    uint8_t *out;
    if (decompress_both(in, in_size, vector->out_size, vector->chunk_size, &out)) {
        ++*passed;
        uint8_t *expected = allocate(vector->out_size);
        if (wimlib != NULL &&
            wimlib_decompress(in, in_size, expected, vector->out_size, wimlib) == 0) {
            ck_assert_msg(memcmp(out, expected, vector->out_size) == 0,
                          "%s, damaged: not as libwim decompresses it", vector->name);
        }
        free(expected);
    }
    free(out);
}

START_TEST(survives_damage)
{
    unsigned damages = 0, passed = 0;
    for (size_t i = 0; i < vector_count; i++) {
        const struct vector *vector = &vectors[i];
        if (vector->out_size > HUGE_OUTPUT || vector->in_size == 0 || vector->stream) {
            continue;
        }
        wimlib = NULL;
        if (subject->wimlib_type && vector->chunk_size > 0) {
            ck_assert_int_eq(
                wimlib_create_decompressor(subject->wimlib_type, vector->chunk_size, &wimlib), 0);
        }
        size_t most = DAMAGE_OUTPUT / (vector->out_size + 1);
        most = most > DAMAGES_MAX ? DAMAGES_MAX : most;
        uint8_t *in = allocate(vector->in_size);
        memcpy(in, vector->in, vector->in_size);
        size_t bit_step = vector->in_size * 8 / most + 1;
        for (size_t bit = 0; bit < vector->in_size * 8; bit += bit_step, damages++) {
            in[bit / 8] ^= 1 << bit % 8;
            check_damaged(in, vector->in_size, vector, &passed);
            in[bit / 8] ^= 1 << bit % 8;
        }
        free(in);
        size_t size_step = vector->in_size / most + 1;
        for (size_t size = 0; size < vector->in_size; size += size_step, damages++) {
            in = allocate(size);
            memcpy(in, vector->in, size);
            check_damaged(in, size, vector, &passed);
            free(in);
        }
        wimlib_free_decompressor(wimlib);
    }
    printf("%s: %u damaged vectors, %u found out\n", subject->name, damages, damages - passed);
    ck_assert_uint_gt(damages, 10000);
}
END_TEST

/* A command that prints the hash of what it did with the chunks, which it is given as input. */
static void check_other(const char *command)
{
    char whole[256], hash[17] = "", expected[17];
    snprintf(whole, sizeof(whole), "%s <build/test-%s.chunks", command, subject->name);
    ck_assert_int_eq(fflush(chunks), 0);
    FILE *run = popen(whole, "r");
    ck_assert_ptr_nonnull(run);
    ck_assert_msg(fscanf(run, "%16s", hash) == 1, "%s failed", command);
    ck_assert_int_eq(pclose(run), 0);
    snprintf(expected, sizeof(expected), "%016" PRIx64, chunks_hash);
    ck_assert_str_eq(hash, expected);
}

START_TEST(does_the_same_in_32_bits)
{
    char command[64];
    const char *runner = i386_runner(RUN_CHUNKS);
    if (runner == NULL) {
        printf("skipped: does_the_same_in_32_bits (%s): " I386_MISSING "\n", subject->name);
        return;
    }
    snprintf(command, sizeof(command), "%s" RUN_CHUNKS " hash /dev/stdin", runner);
    check_other(command);
}
END_TEST

START_TEST(does_the_same_on_arm64)
{
    if (system("command -v qemu-aarch64 >/dev/null") != 0) {
        printf("skipped: does_the_same_on_arm64 (%s): no qemu-aarch64: apt-get install qemu-user\n",
               subject->name);
        return;
    }
    check_other("qemu-aarch64 " RUN_CHUNKS_ARM64);
}
END_TEST

int decompressor_suite_run(const struct subject *tested)
{
    char path[64];
    subject = tested;
    decompressor = decompressor_find(subject->name);
    vectors = vectors_load(subject->name, &vector_count);
    snprintf(path, sizeof(path), "build/test-%s.chunks", subject->name);
    chunks = fopen(path, "wb");
    if (decompressor == NULL || chunks == NULL) {
        abort();
    }

    Suite *suite = suite_create(subject->name);
    TCase *cases = tcase_create(subject->name);
    tcase_set_timeout(cases, 0);
    tcase_add_test(cases, decompresses_vectors);
    tcase_add_test(cases, decompresses_what_others_compress);
    tcase_add_test(cases, survives_damage);
    /* Last: of all that the others have done. */
    tcase_add_test(cases, does_the_same_in_32_bits);
    tcase_add_test(cases, does_the_same_on_arm64);
    suite_add_tcase(suite, cases);
    int result = unit_run(suite);
    fclose(chunks);
    remove(path);
    return result;
}
