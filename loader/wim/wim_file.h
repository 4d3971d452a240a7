/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files out of an image.
 */
#ifndef LOADER_WIM_FILE_H
#define LOADER_WIM_FILE_H

#include "wim/wim.h"

/** Free what files that were found hold outside of the pool. */
void wim_file_release(struct wim *wim);

#endif
