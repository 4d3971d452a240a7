/* SPDX-License-Identifier: BSD-2-Clause */
/* A WIM that is compressed with the stub. */
#include "tests/unit/unit.h"

#include "digest/digest.h"
#include "digest/sha1.h"
#include "tests/wim/builder.h"

START_TEST(a_wim_has_it)
{
    static struct builder builder;
    struct pool *pool = pool_create();
    struct wim *wim;
    struct file *found;
    struct error error;
    uint8_t sha1[SHA1_SIZE];
    builder_start(&builder);
    builder.header.flags = WIM_FLAG_COMPRESSION | 0x800000;
    builder.header.chunk_size = 4096;
    struct wim_lookup_disk *entry = builder_add_blob(&builder, "abc", sha1);
    entry->resource.size_and_flags |= (uint64_t)WIM_RESOURCE_COMPRESSED << 56;
    entry->resource.original_size = 6;
    sha1_of_bytes("aabbcc", 6, sha1);
    memcpy(entry->sha1, sha1, sizeof(sha1));
    builder_list(&builder, builder.root);
    builder_add(&builder, "file.txt", NULL, WIM_ATTRIBUTE_NORMAL, sha1);
    builder_end_list(&builder);
    builder_finish(&builder);

    const struct file *file = file_from_memory(pool, "stub.wim", builder.bytes, builder.size);
    ck_assert_msg(wim_open(pool, &file, 1, &wim, &error) == 0, "%s", error.text);
    ck_assert_str_eq(wim_compression(wim), "doubled");
    ck_assert_msg(wim_find(wim, 1, "file.txt", &found, &error) == 0, "%s", error.text);
    ck_assert_ptr_nonnull(found);
    const void *bytes = file_load(pool, found, &error);
    ck_assert_msg(bytes != NULL, "%s", error.text);
    ck_assert_mem_eq(bytes, "aabbcc", 6);
    pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_decompressor");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, a_wim_has_it);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
