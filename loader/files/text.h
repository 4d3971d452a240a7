/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a file in any of Windows' encodings. */
#ifndef LOADER_TEXT_H
#define LOADER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/file.h"

/** Whether bytes at the start of a file are UTF-16LE: with a byte order mark, or without one if the
 * first character is ASCII. */
bool text_is_utf16(const uint8_t *bytes, size_t size);

/** The length of the byte order mark at the start, of UTF-16LE or UTF-8; 0 if there is none. */
size_t text_mark_length(const uint8_t *bytes, size_t size);

/** Bytes that text_decode() may write for `size` bytes, with the NUL. */
static inline size_t text_decoded_size(size_t size)
{
    return 2 * size + 1;
}

/**
 * Decode bytes as UTF-8.
 *
 * @param bytes    may be the last ones of the text_decoded_size() bytes at `text`
 * @param is_utf16 they are UTF-16LE; else UTF-8, or Latin-1 if that is ill-formed
 * @param text     written: text_decoded_size() bytes at most, NUL-terminated
 * @return bytes of the text, without the NUL
 */
size_t text_decode(const uint8_t *bytes, size_t size, bool is_utf16, char *text);

/**
 * Read a file and decode it.
 *
 * @param text   text_decoded_size() bytes of the file's size
 * @param length written: bytes of the text
 * @return 0; -1 naming the file
 */
int text_read(const struct file *file, char *text, size_t *length, struct error *error);

#endif
