/* SPDX-License-Identifier: BSD-2-Clause */
/* A text as a file that is called net.inf. */
#ifndef TESTS_INF_FIXTURE_H
#define TESTS_INF_FIXTURE_H

#include <stddef.h>

#include "files/file.h"

static struct file file;
static struct extent extent;

static inline const struct file *file_of(const void *bytes, size_t size)
{
    file_on_memory(&file, &extent, "net.inf", bytes, size);
    return &file;
}

#endif
