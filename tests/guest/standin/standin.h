/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both stand-ins do once they have found the disk: look at it as a boot manager would, and
 * report. The platform parts (bios_*.c, efi_*.c) check what is theirs before and after.
 */
#ifndef STANDIN_H
#define STANDIN_H

#include <stdbool.h>
#include <stdint.h>

#include "fat.h"

/**
 * Read MBR and volume.
 *
 * @param partition_start bytes, as the loader told it; must be what the MBR says
 * @param signature       the same
 */
bool standin_open(struct disk *disk, struct fat *fat, uint64_t partition_start, uint32_t signature);

/** Report the whole tree with the size and CRC-32 of every file, and do what else is wished. */
void standin_look(struct fat *fat);

/** Report a store as a boot manager looks for it: the first of `paths` that is there. */
void standin_find_store(struct fat *fat, const char *const *paths);

#endif
