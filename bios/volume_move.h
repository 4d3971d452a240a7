/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving the bytes of a volume's files before the hand-over. Pure.
 *
 * The volume's own tables and directories (volume->size bytes from it on) stay where they are:
 * winload reads them when it can no longer reach memory above 4 GB.
 */
#ifndef BIOS_VOLUME_MOVE_H
#define BIOS_VOLUME_MOVE_H

#include <stddef.h>

#include "base/error.h"
#include "bios/memory_map.h"
#include "volume/volume.h"

/**
 * Copy what will not outlive the hand-over (bytes in scratch memory, and the loader's own) into one
 * piece of memory, and let the extents show it there.
 *
 * @param lasting  regions whose bytes outlive the hand-over
 * @param allocate gives memory that does, too; NULL if there is none
 */
int volume_gather(struct volume *volume, const struct memory_region *lasting, size_t lasting_count,
                  void *(*allocate)(size_t size), struct error *error);

/** The bytes of a region are now at `target`: correct the extents. */
void volume_moved(struct volume *volume, struct memory_region region, uint64_t target);

#endif
