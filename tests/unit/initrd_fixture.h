/* SPDX-License-Identifier: BSD-2-Clause */
/* Initrds to read, built piece by piece, and what was read from them. */
#ifndef TESTS_INITRD_FIXTURE_H
#define TESTS_INITRD_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "files/initrd.h"
#include "host/host.h"
#include "tests/unit/unit.h"

enum { SIZE_MAX_HERE = 1 << 20 };

static struct pool *pool;
static struct file_list list;
static struct error error;
static uint8_t *initrd; /* exactly `size` bytes when read, so that the sanitizer sees overruns */
static size_t size;
static enum initrd_kind kind;

static inline void setup(void)
{
    pool = pool_create();
    list = (struct file_list){.pool = pool};
    initrd = calloc(1, SIZE_MAX_HERE);
    size = 0;
    kind = INITRD_GIVEN;
}

static inline void teardown(void)
{
    free(initrd);
    pool_destroy(pool);
}

static inline void put(const void *bytes, size_t length)
{
    memcpy(initrd + size, bytes, length);
    size += length;
}

static inline void pad_to(size_t alignment)
{
    while (size % alignment != 0) {
        initrd[size++] = 0;
    }
}

/* A newc header as it is printed, whatever is in it. */
static inline void put_header(unsigned mode, unsigned links, size_t file_size, size_t name_size)
{
    char header[111];
    snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
             0, mode, 0, 0, links, 0, (unsigned)file_size, 0, 0, 0, 0, (unsigned)name_size, 0);
    put(header, 110);
}

/* As iPXE writes it: aligned to 4096, the name's length with NUL, NULs up to a multiple of 4, and
 * nothing after the content. */
static inline void put_ipxe(const char *name, const void *bytes, size_t length)
{
    pad_to(4096);
    if (name != NULL) {
        put_header(0100644, 1, length, strlen(name) + 1);
        put(name, strlen(name));
        do {
            initrd[size++] = 0;
        } while (size % 4 != 0);
    }
    put(bytes, length);
}

static inline int read_initrd(void)
{
    uint8_t *exact = malloc(size);
    memcpy(exact, initrd, size);
    free(initrd);
    initrd = exact;
    error.text[0] = '\0';
    return initrd_add_files(&list, initrd, size, kind, &error);
}

static inline void read_well(void)
{
    int status = read_initrd();
    ck_assert_msg(status == 0, "%s", error.text);
}

static inline void check_file(size_t index, const char *name, const char *path, const void *bytes,
                              size_t length)
{
    static char content[SIZE_MAX_HERE];
    ck_assert_uint_lt(index, list.count);
    const struct file *file = list.files[index];
    ck_assert_str_eq(file->name, name);
    ck_assert_int_eq(file->path == NULL, path == NULL);
    if (path != NULL) {
        ck_assert_str_eq(file->path, path);
    }
    ck_assert_uint_eq(file->size, length);
    ck_assert_int_eq(file_read(file, 0, content, length, &error), 0);
    ck_assert_mem_eq(content, bytes, length);
}

static inline void check_text(size_t index, const char *name, const char *text)
{
    check_file(index, name, NULL, text, strlen(text));
}

/* The smallest images that say where they end. */

#endif
