/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract of a disk plugin, which shows the volume to the boot manager. */
#ifndef LOADER_DISK_H
#define LOADER_DISK_H

#include "base/error.h"
#include "base/plugin.h"
#include "volume/volume.h"

struct disk {
    const char *name; /* "int13" */
    /** Who sees the volume: the boot managers of a firmware, as struct machine calls it ("bios",
     * "efi"), or whoever looks into a file ("file"). */
    const char *serves;
    /**
     * Show the volume. Allocates and computes everything that it will need; afterwards, reads
     * need only volume_read().
     *
     * @param description written: what the user knows it by ("INT 13 drive 0x80"); `size`
     *                    bytes
     */
    int (*attach)(struct volume *volume, char *description, size_t size, struct error *error);
    /** Undo attach(). */
    void (*detach)(void);
};

PLUGIN_TABLE(disk);

/** The disk that serves; NULL, and an error that says so, if none is in this build. */
const struct disk *disk_find(const char *serves, struct error *error);

#endif
