/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a given file what its name promises, and is it complete? If boot.sdi is a web server's error
 * page, the boot manager shows only a number and names another file.
 */
#ifndef LOADER_SOUNDNESS_H
#define LOADER_SOUNDNESS_H

#include "base/error.h"
#include "files/file.h"
#include "files/sniff.h"

/**
 * Check a file's content: its kind, its length according to its own headers, and typical damage by
 * file transfers.
 *
 * @param expected what it should be
 * @param error    says what is wrong, in a sentence that starts with the file's name
 * @return 0; -1 if it is something else, or damaged
 */
int file_check_soundness(const struct file *file, enum content expected, struct error *error);

#endif
