/* SPDX-License-Identifier: BSD-2-Clause */
/* The source plugin "cpio": the initrd that the boot loader put into memory. */
#include "bios/boot_parameters.h"
#include "bios/real_mode.h"
#include "files/initrd.h"
#include "files/source.h"

static int enumerate(struct file_list *list, struct error *error)
{
    return initrd_add_files(list, physical(boot_parameters.initrd), boot_parameters.initrd_size,
                            error);
}

PLUGIN(source, cpio) = {
    .name = "cpio",
    .enumerate = enumerate,
};
