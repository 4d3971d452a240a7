/* SPDX-License-Identifier: BSD-2-Clause */
/* The files given to the preview tool. */
#ifndef HOST_INPUTS_H
#define HOST_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/file.h"

struct input {
    const char *name; /* by which the loader would know it, perhaps with directories; NULL: the
                         path's last component */
    const char *path; /* on this computer */
    bool unnamed;     /* handed over without a name: the loader names it after its content */
    bool is_joined;   /* by iPXE in BIOS: its name is doubtful (files/initrd.h) */
};

/** Set the files that the source gives; the list must stay valid. */
void inputs_set(const struct input *list, size_t count);

/** A file of this computer, named after its path's last component. NULL with the reason. */
const struct file *inputs_map(struct pool *pool, const char *path, struct error *error);

/** Bytes of those that the core has asked for. */
uint64_t inputs_size(void);

/** The files that were set. */
const struct input *inputs_get(size_t *count);

#endif
