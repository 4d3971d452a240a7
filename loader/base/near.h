/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that are probably meant: for "did you mean". */
#ifndef LOADER_NEAR_H
#define LOADER_NEAR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Whether two names differ in case only, or by one letter that is missing, added, changed or has
 * changed places with the next.
 *
 * @param left_length bytes of `left`; `right` ends with NUL
 */
bool names_are_near(const char *left, size_t left_length, const char *right);

#endif
