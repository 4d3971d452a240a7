/* SPDX-License-Identifier: BSD-2-Clause */
/* The WIM that a test makes by hand, and what opening it says. */
#ifndef TESTS_WIM_MADE_H
#define TESTS_WIM_MADE_H

#include <check.h>
#include <string.h>

#include "tests/wim/builder.h"
#include "wim/wim.h"
#include "wim/wim_format.h"

static struct builder builder;

static inline struct wim *open_made(struct pool *pool, struct error *error)
{
    const struct file *file = file_from_memory(pool, "made.wim", builder.bytes, builder.size);
    struct wim *wim = NULL;
    error->text[0] = 0;
    return wim_open(pool, &file, 1, &wim, error) ? NULL : wim;
}

static inline bool visit_all(void *context, const struct wim_entry *entry)
{
    return true;
}

/** Open the made WIM and use it; the first error must say `message`. */
static inline void expect(const char *message)
{
    struct pool *pool = pool_create();
    struct error error;
    struct file *file;
    struct wim *wim = open_made(pool, &error);
    if (wim && !wim_list(wim, 1, "", visit_all, NULL, &error) &&
        !wim_list(wim, 1, "dir", visit_all, NULL, &error) &&
        !wim_find(wim, 1, "file.txt", &file, &error) && file) {
        file_load(pool, file, &error);
    }
    ck_assert_msg(strstr(error.text, message), "expected '%s', got '%s'", message, error.text);
    pool_destroy(pool);
}

/** Start a WIM with \dir\inside and \file.txt. */
static inline size_t start_sample(void)
{
    uint8_t sha1[20];
    builder_start(&builder);
    builder_add_blob(&builder, "contents", sha1);
    builder_list(&builder, builder.root);
    size_t directory = builder_add(&builder, "dir", NULL, 0x10, NULL);
    builder_add(&builder, "file.txt", "FILE~1.TXT", 0x80, sha1);
    builder_end_list(&builder);
    builder_list(&builder, directory);
    builder_add(&builder, "inside", NULL, 0x80, sha1);
    builder_end_list(&builder);
    return directory;
}

/** Bytes of the finished WIM. */
static inline struct wim_header_disk *header(void)
{
    return (struct wim_header_disk *)builder.bytes;
}

#endif
