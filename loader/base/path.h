/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Windows paths in UTF-8: components separated by '\' or '/'. Empty components and "." mean
 * nothing; ".." is for the caller to refuse.
 */
#ifndef LOADER_PATH_H
#define LOADER_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_NAME_MAX = 255 }; /* UTF-16 units that a name has at most, in NTFS as in FAT */

static inline bool path_is_separator(char character)
{
    return character == '\\' || character == '/';
}

/** What follows the last separator: all of the path if it has none, "" if it ends with one. */
const char *path_last_component(const char *path);

/**
 * Cut the next component off a path.
 *
 * @param path   moved on to the end of the component
 * @param length written: bytes of the component
 * @return where the component starts, in the path; NULL at the path's end
 */
const char *path_next_component(const char **path, size_t *length);

/** Is this component ".."? */
bool path_is_parent(const char *component, size_t length);

/**
 * Bring a path into the form in which files are listed: '\' between components, none in front or
 * at the end, no ".". In place: it only gets shorter.
 */
void path_normalize(char *path);

/** Does Windows allow this UTF-16 unit in no name: control characters, and those of patterns,
 * streams and pipes? Separators are not meant. */
bool path_forbids(uint16_t unit);

#endif
