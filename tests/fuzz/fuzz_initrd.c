/* SPDX-License-Identifier: BSD-2-Clause */
/* Initrds of any bytes: what is found lies within them, and its name is a name. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "files/initrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {.text = ""};
    struct file_list list = {.pool = pool_create()};
    log_set_quiet(true);
    if (initrd_add_files(&list, data, size, INITRD_GIVEN, &error) < 0 && error.text[0] == '\0') {
        abort(); /* an error must say something */
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct file *file = list.files[i];
        if (file->name[0] == '\0' || strchr(file->name, '\\') != NULL ||
            strchr(file->name, '/') != NULL) {
            abort();
        }
        const uint8_t *bytes = file->size > 0 ? file_view(file, 0, (size_t)file->size) : data;
        if (bytes < data || file->size > size || (size_t)(bytes - data) > size - file->size) {
            abort();
        }
    }
    pool_destroy(list.pool);
    return 0;
}
