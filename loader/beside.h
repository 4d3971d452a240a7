/* SPDX-License-Identifier: BSD-2-Clause */
/* What is beside the loader on the server that it came from. */
#ifndef LOADER_BESIDE_H
#define LOADER_BESIDE_H

#include "base/error.h"
#include "files/source.h"

/** Fetch wimboot.cmd (words.h), if it is there. */
int beside_fetch_words(struct file_list *list, struct error *error);

/**
 * Fetch what a boot needs from beside the loader: its script, which fetches the rest, or, where
 * there is none, the files by their usual names. For a loader that was given none. Nothing is added
 * where it is not known where the loader came from.
 */
int beside_fetch(struct file_list *list, struct error *error);

#endif
