/* SPDX-License-Identifier: BSD-2-Clause */
/* The files in an initrd: CPIO archives and images without a header, in any order. */
#ifndef LOADER_INITRD_H
#define LOADER_INITRD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/source.h"

/**
 * Add all files of an initrd to a list. Their bytes stay where they are, and must outlive the list.
 *
 * @return 0; -1 if something in it is cut short or damaged, giving the offset
 */
int initrd_add_files(struct file_list *list, const uint8_t *bytes, size_t size,
                     struct error *error);

/**
 * A file with the name and path that a CPIO header gives it.
 *
 * @param content the bytes, under any name
 * @param name    need not be NUL-terminated
 * @return NULL without memory; its name is "" if the header has none
 */
struct file *initrd_name_file(struct pool *pool, const struct file *content, const char *name,
                              size_t name_length);

/**
 * The name that an image gets which was handed over without one: by its content, and unlike those
 * in the list.
 *
 * @return NULL if its content does not say
 */
const char *initrd_guess_name(const struct file_list *list, const struct file *image);

#endif
