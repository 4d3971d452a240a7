/* SPDX-License-Identifier: BSD-2-Clause */
/* The source plugin "cpio": the initrd that the boot loader put into memory. */
#include "bios/boot_parameters.h"
#include "bios/real_mode.h"
#include "files/initrd.h"
#include "files/source.h"

enum { LOADER_TYPE_IPXE = 4 }; /* Linux/x86 boot protocol, type_of_loader: 0x46 */

static int enumerate(struct file_list *list, struct error *error)
{
    /* iPXE fetches each image from wherever its script says, and puts headers before those that
     * were given a name. Other boot loaders have all files, and the list of them, from one place.
     */
    enum initrd_kind kind =
        boot_parameters.loader_type >> 4 == LOADER_TYPE_IPXE ? INITRD_JOINED : INITRD_GIVEN;
    return initrd_add_files(list, physical(boot_parameters.initrd), boot_parameters.initrd_size,
                            kind, error);
}

PLUGIN(source, cpio) = {
    .name = "cpio",
    .enumerate = enumerate,
};
