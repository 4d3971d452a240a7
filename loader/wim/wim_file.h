/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of an image.
 */
#ifndef LOADER_WIM_FILE_H
#define LOADER_WIM_FILE_H

#include "wim/wim.h"

/** Free the memory outside the pool that found files hold. */
void wim_file_release(struct wim *wim);

/** Say that contents are not what their SHA-1 says. @return -1 */
int wim_sha1_mismatch(struct error *error);

#endif
