/* SPDX-License-Identifier: BSD-2-Clause */
/* wim_verify() on libwim's WIMs: a sound one is, and damage anywhere in the contents is found. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "tests/wim/samples.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

static const struct sample compressions[] = {
    {.name = "verify-none", .compression = WIMLIB_COMPRESSION_TYPE_NONE},
    {.name = "verify-xpress", .compression = WIMLIB_COMPRESSION_TYPE_XPRESS},
    {.name = "verify-lzx", .compression = WIMLIB_COMPRESSION_TYPE_LZX},
    {.name = "verify-solid",
     .compression = WIMLIB_COMPRESSION_TYPE_LZX,
     .write_flags = WIMLIB_WRITE_FLAG_SOLID,
     .solid_compression = WIMLIB_COMPRESSION_TYPE_LZMS,
     .solid_chunk_size = 1 << 17},
};

/* Open a WIM and check both images; the message of the first failure is in `error`. */
static int verify_bytes(const void *bytes, size_t size, struct error *error)
{
    struct pool *pool = pool_create();
    const struct file *file = file_from_memory(pool, "made.wim", bytes, size);
    struct wim *wim;
    int rc = wim_open(pool, &file, 1, &wim, error);

    for (uint32_t index = 1; rc == 0 && index <= 2; index++) {
        rc = wim_verify(wim, index, error);
    }
    pool_destroy(pool);
    return rc;
}

START_TEST(damage_is_found)
{
    enum { FLIPS = 60 };
    const struct sample *sample = &compressions[_i];
    struct error error = {.text = ""};
    size_t size;
    uint8_t *bytes = sample_read(sample_make(sample, false), &size);
    const struct wim_header_disk *header = (const void *)bytes;
    /* Contents and metadata are between the header and the lookup table. */
    size_t start = sizeof(*header), end = (size_t)header->lookup_table.offset;
    unsigned found = 0, named = 0;

    ck_assert_msg(verify_bytes(bytes, size, &error) == 0, "%s", error.text);
    for (size_t i = 0; i < FLIPS; i++) {
        size_t at = start + (end - start) * i / FLIPS;

        bytes[at] ^= 0x10;
        bool is_found = verify_bytes(bytes, size, &error) != 0;
        found += is_found;
        named += is_found && strncmp(error.text, "made.wim: ", 10) == 0;
        bytes[at] ^= 0x10;
    }
    /* The last bits of a compressed chunk may mean nothing. */
    ck_assert_uint_ge(found, _i == 0 ? FLIPS : FLIPS - 3);
    ck_assert_uint_eq(named, found);
    free(bytes);
}
END_TEST

START_TEST(what_is_checked_once_stays)
{
    struct error error;
    struct pool *pool = pool_create();
    const struct file *file = sample_open(pool, sample_make(&compressions[2], false));
    struct wim *wim;
    uint64_t first, second, after;

    ck_assert_int_eq(wim_open(pool, &file, 1, &wim, &error), 0);
    ck_assert_int_eq(wim_verify_size(wim, 1, &first, &error), 0);
    ck_assert_int_eq(wim_verify_size(wim, 2, &second, &error), 0);
    ck_assert_uint_gt(first, second); /* image 2 is a part of image 1 */
    ck_assert_uint_gt(second, 0);
    ck_assert_int_eq(wim_verify(wim, 1, &error), 0);
    ck_assert_int_eq(wim_verify_size(wim, 1, &after, &error), 0);
    ck_assert_uint_eq(after, 0);
    ck_assert_int_eq(wim_verify_size(wim, 2, &after, &error), 0);
    ck_assert_uint_eq(after, 0);
    /* What was injected is not from the WIM. */
    ck_assert_int_eq(
        wim_inject(wim, 1, "new.txt", file_from_memory(pool, "new.txt", "x", 1), &error), 0);
    ck_assert_int_eq(wim_verify(wim, 1, &error), 0);
    ck_assert_int_eq(wim_verify(wim, 3, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "has no image 3"));
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wim_verify");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, damage_is_found, 0, sizeof(compressions) / sizeof(compressions[0]));
    tcase_add_test(tests, what_is_checked_once_stays);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
