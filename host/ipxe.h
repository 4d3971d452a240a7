/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iPXE scripts: what files an iPXE script gives the loader, and under which names.
 *
 * Understands `set`, `${…}`, `kernel`, `initrd`, `imgfetch` and `module`, with --name; takes the
 * lines in order, and does not follow `goto` and conditions: of a menu, all branches are taken.
 */
#ifndef HOST_IPXE_H
#define HOST_IPXE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

/** A file that the script fetches, with the two names that it gets. */
struct ipxe_image {
    unsigned line;         /* of the script */
    const char *uri;       /* as written, variables replaced */
    const char *path;      /* the local file */
    const char *bios_name; /* the CPIO name: the second argument; NULL: handed over without name */
    const char *efi_name;  /* --name, else the last part of the URI */
};

struct ipxe_script {
    const char *command_line; /* of the kernel line */
    size_t image_count;
    struct ipxe_image *images;
};

/**
 * Read a script.
 *
 * @param root folder that http://server/ stands for; relative URIs are relative to the script
 * @return -1 if it cannot be read or has no kernel line, naming it
 */
int ipxe_read(struct pool *pool, const char *path, const char *root, struct ipxe_script *script,
              struct error *error);

#endif
