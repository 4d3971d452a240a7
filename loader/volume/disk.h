/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract of a disk plugin: how the boot manager gets to see the volume. */
#ifndef LOADER_DISK_H
#define LOADER_DISK_H

#include "base/error.h"
#include "plugin.h"
#include "volume/volume.h"

enum { DISK_VERSION = 1 };

struct disk {
    unsigned version; /* DISK_VERSION */
    const char *name; /* "int13" */
    const char *summary;
    /**
     * Show the volume. Allocates and computes all it will ever need; answering reads afterwards
     * takes nothing but volume_read().
     *
     * @param description written: what the person should know it by ("INT 13 drive 0x80"); `size`
     *                    bytes
     */
    int (*attach)(struct volume *volume, char *description, size_t size, struct error *error);
    /** Undo attach(). */
    void (*detach)(void);
};

PLUGIN_TABLE(disk);

#endif
