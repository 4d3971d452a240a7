/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognising the loader's own file among the inputs. */
#ifndef EFI_FS_OWN_IMAGE_H
#define EFI_FS_OWN_IMAGE_H

#include <stdbool.h>

#include "files/file.h"

/**
 * Is this file the program that is running, under whatever name? Older versions of iPXE list it
 * among its images, and on a USB stick it may be next to the others.
 */
bool is_own_image(const struct file *file);

#endif
