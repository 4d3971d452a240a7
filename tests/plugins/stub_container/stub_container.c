/* SPDX-License-Identifier: BSD-2-Clause */
/* A container that begins with "STUB" and has one file: all that follows. */
#include "container/container.h"

#include <string.h>

enum { SIGNATURE_SIZE = 4 };

static int open_volume(struct container_volume *volume, struct error *error)
{
    char signature[SIGNATURE_SIZE];
    if (volume->file->size < sizeof(signature)) {
        return 0;
    }
    if (file_read(volume->file, 0, signature, sizeof(signature), error) != 0) {
        return -1;
    }
    volume->label = "the stub";
    return memcmp(signature, "STUB", sizeof(signature)) == 0;
}

static int list(struct container_volume *volume, const struct container_entry *directory,
                struct container_visitor *visitor, struct error *error)
{
    struct container_entry entry = {.name = "inside.txt"};
    visitor->visit(visitor, &entry);
    return 0;
}

static int make_file(struct container_volume *volume, const struct container_entry *entry,
                     struct file **file, struct error *error)
{
    struct file_range range = {volume->file, SIGNATURE_SIZE, volume->file->size - SIGNATURE_SIZE};
    return file_from_ranges(volume->pool, entry->name, &range, 1, file, error);
}

PLUGIN(container,
       stub_container) = {.name = "stub", .open = open_volume, .list = list, .file = make_file};
