/* SPDX-License-Identifier: BSD-2-Clause */
/* A source that always has one file. */
#include "files/source.h"

static int enumerate(struct file_list *list, struct error *error)
{
    const struct file *file = file_from_memory(list->pool, "stub.txt", "given", 5);
    if (file == NULL) {
        return error_set(error, "stub.txt: out of memory");
    }
    return file_list_add(list, file, error);
}

PLUGIN(source, stub_source) = {.name = "stub_source", .enumerate = enumerate};
