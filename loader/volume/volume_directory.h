/* SPDX-License-Identifier: BSD-2-Clause */
/* The directories of a volume: entries with long and short names. */
#ifndef LOADER_VOLUME_DIRECTORY_H
#define LOADER_VOLUME_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/tree.h"

enum {
    DIRECTORY_ENTRY_SIZE = 32, /* bytes */
    /** A directory may have 2 MiB. */
    DIRECTORY_ENTRIES_MAX = 65535,
};

/** The most entries that a directory needs; the root has one for the label. */
size_t directory_entries_needed(const struct tree_node *directory);

/**
 * Write a directory's entries. Every node's first_cluster is set.
 *
 * @param label   of the volume, for the root: VOLUME_LABEL_SIZE bytes
 * @param entries directory_entries_needed() entries, cleared
 * @return 0; -1 without memory
 */
int directory_write(const struct tree_node *directory, const uint8_t *label, uint8_t *entries,
                    struct error *error);

#endif
