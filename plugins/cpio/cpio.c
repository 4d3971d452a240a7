/* SPDX-License-Identifier: BSD-2-Clause */
/* The source plugin "cpio": what the boot loader put into memory, as the platform knows it. */
#include "files/initrd.h"
#include "files/source.h"
#include "platform.h"

static int enumerate(struct file_list *list, struct error *error)
{
    size_t size;
    const uint8_t *bytes = platform_initrd(&size);
    if (bytes == NULL) {
        return 0;
    }
    return initrd_add_files(list, bytes, size, error);
}

PLUGIN(source, cpio) = {
    .version = SOURCE_VERSION,
    .name = "cpio",
    .summary = "files that a boot loader left in memory",
    .enumerate = enumerate,
};
