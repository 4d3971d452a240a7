/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzz targets of containers share: open an image of any bytes and read all that is in it.
 */
#ifndef TESTS_CONTAINER_FUZZ_H
#define TESTS_CONTAINER_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "container/container.h"

enum { FUZZ_DEPTH_MAX = 4, FUZZ_ENTRIES_MAX = 200 };

struct fuzz_walk {
    struct container_visitor visitor;
    struct container_volume *volume;
    int depth, entry_count;
};

static bool fuzz_visit(struct container_visitor *visitor, const struct container_entry *entry)
{
    struct fuzz_walk *walk = (struct fuzz_walk *)visitor;
    struct error error;
    struct file *file;
    uint8_t byte;
    if (++walk->entry_count > FUZZ_ENTRIES_MAX) {
        return false;
    }
    if (entry->is_directory) {
        if (walk->depth < FUZZ_DEPTH_MAX) {
            char path[2048];
            snprintf(path, sizeof(path), "%s", entry->path);
            walk->depth++;
            container_list(walk->volume, path, &walk->visitor, &error);
            walk->depth--;
        }
    } else if (container_file(walk->volume, entry, &file, &error) == 0 && file->size > 0 &&
               (file_read(file, 0, &byte, 1, &error) != 0 ||
                file_read(file, file->size - 1, &byte, 1, &error) != 0)) {
        abort(); /* what was checked must be there */
    }
    return true;
}

/* The image is `size` bytes after a run of zeros. Only one kind looks at it. */
static inline int fuzz_container(const char *kind_name, uint64_t zeros, const uint8_t *data,
                                 size_t size)
{
    struct pool *pool = pool_create();
    const struct file *bytes = file_from_memory(pool, "fuzz", data, size);
    struct file_range ranges[] = {{NULL, 0, zeros}, {bytes, 0, size}};
    struct file *image;
    struct error error;
    log_set_quiet(true);
    if (file_from_ranges(pool, "fuzz", ranges, 2, &image, &error) != 0) {
        abort();
    }
    PLUGIN_FOR_EACH(container, kind)
    {
        struct container_volume volume = {
            .kind = kind, .pool = pool, .file = image, .name = "fuzz", .label = ""};
        if (strcmp(kind->name, kind_name) != 0) {
            continue;
        }
        error.text[0] = '\0';
        int rc = kind->open(&volume, &error);
        if (rc < 0 && error.text[0] == '\0') {
            abort(); /* every failure has a message */
        }
        if (rc > 0) {
            struct fuzz_walk walk = {.visitor = {fuzz_visit}, .volume = &volume};
            container_list(&volume, "", &walk.visitor, &error);
        }
    }
    pool_destroy(pool);
    return 0;
}

#endif
