/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface to the resident half of the INT 13 disk, for attach(). */
#ifndef PLUGINS_INT13_INT13_H
#define PLUGINS_INT13_INT13_H

#include "bios/callback.h"
#include "volume/volume.h"

/** The disk's answers (int13_call.c). */
extern const struct disk_callback int13_callback;

/** Set the data for the answers. The volume must stay where it is. */
void int13_show(const struct volume *volume, uint8_t drive);

#endif
