/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that iPXE's images were given.
 *
 * Under UEFI, iPXE's file system lists its images by their image names (from --name or the URL);
 * under BIOS, the loader sees the names of the second argument, in CPIO headers. The hidden file
 * initrd.magic has those headers under UEFI too: with them, a file has the same name everywhere.
 */
#ifndef EFI_FS_IPXE_INITRD_H
#define EFI_FS_IPXE_INITRD_H

#include "base/error.h"
#include "files/file.h"

/** A file that iPXE lists, and what initrd.magic says about it. */
struct ipxe_image {
    const struct file *listed;
    const struct file *named; /* written: the file with name and path of its header, or NULL */
};

/**
 * Find the headers of images.
 *
 * @param initrd the whole of initrd.magic
 * @param images in the order listed, without the running image, which is not in initrd.magic
 * @return 0; -1 if it cannot be read, or the images are not those in it
 */
int ipxe_name_images(struct pool *pool, const struct file *initrd, struct ipxe_image *images,
                     size_t count, struct error *error);

#endif
