/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a given file what its name promises, and did all of it arrive? A boot manager that is handed a
 * web server's error page for boot.sdi ends with a number and names another file.
 */
#ifndef LOADER_SOUNDNESS_H
#define LOADER_SOUNDNESS_H

#include "base/error.h"
#include "files/file.h"
#include "files/sniff.h"

/**
 * Check a file by its content: its kind, that it has the length that its own headers say, and the
 * damage that file transfers do.
 *
 * @param expected what it should be
 * @param error    says what is wrong, in a sentence that starts with the file's name
 * @return 0; -1 if it is something else, or damaged
 */
int file_check_soundness(const struct file *file, enum content expected, struct error *error);

#endif
