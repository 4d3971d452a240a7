/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a file in any of Windows' encodings. */
#ifndef LOADER_TEXT_H
#define LOADER_TEXT_H

#include <stddef.h>

#include "base/error.h"
#include "files/file.h"

/**
 * Read a text as UTF-8: from UTF-16LE with or without a byte order mark, UTF-8, or else Latin-1.
 *
 * @param size_max a longer file is an error
 * @param text     written: scratch memory with a NUL at its end, to be freed with memory_free()
 * @param length   written: bytes of the text
 * @return 0; -1 naming the file
 */
int text_read(const struct file *file, uint64_t size_max, char **text, size_t *length,
              struct error *error);

#endif
