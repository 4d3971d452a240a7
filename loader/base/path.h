/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Windows paths in UTF-8: components separated by '\' or '/'. Empty components and "." are
 * skipped; the caller must refuse "..".
 */
#ifndef LOADER_PATH_H
#define LOADER_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_NAME_MAX = 255 }; /* UTF-16 units that a name can have, in NTFS and FAT */

static inline bool path_is_separator(char character)
{
    return character == '\\' || character == '/';
}

/** The part after the last separator: the whole path if it has none, "" if it ends with one. */
const char *path_last_component(const char *path);

/**
 * Cut the next component off a path.
 *
 * @param path   moved to the end of the component
 * @param length written: bytes of the component
 * @return where the component starts, in the path; NULL at the path's end
 */
const char *path_next_component(const char **path, size_t *length);

/** Is this component ".."? */
bool path_is_parent(const char *component, size_t length);

/**
 * Normalise a path in place, to the form in which files are listed: '\' between components, none at
 * the start or the end, no ".". It never gets longer.
 */
void path_normalize(char *path);

/** Does Windows forbid this UTF-16 unit in names: control characters, and those of patterns,
 * streams and pipes? Separators are not included. */
bool path_forbids(uint16_t unit);

/** What to do about a path that Windows forbids, to be appended to a message; "" where that cannot
 * be told. */
const char *path_advice(const char *path);

#endif
