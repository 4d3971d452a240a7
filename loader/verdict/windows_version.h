/* SPDX-License-Identifier: BSD-2-Clause */
/* Versions of Windows, as images and programs state them: "10.0.26100.1742". */
#ifndef LOADER_WINDOWS_VERSION_H
#define LOADER_WINDOWS_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files/pe.h"

enum { WINDOWS_VERSION_SIZE = 24 };

struct windows_version {
    uint16_t major, minor, build, revision;
};

/** Parse "MAJOR.MINOR.BUILD" or "MAJOR.MINOR.BUILD.REVISION". @return false for anything else */
bool windows_version_parse(const char *text, struct windows_version *version);

/** The version of a program's file, from its version resource. @return false if it has none */
bool windows_version_of_program(const struct pe *pe, struct windows_version *version);

/** The version with all four numbers. @return `text` */
const char *windows_version_format(const struct windows_version *version,
                                   char text[WINDOWS_VERSION_SIZE]);

#endif
