/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the preview's own files are, such as programs that it starts. */
#ifndef HOST_INSTALLED_H
#define HOST_INSTALLED_H

#include "base/memory.h"

/**
 * Find a file that is built, or installed, together with this program.
 *
 * @param built     where the build puts it, seen from the source's folder
 * @param installed where it is installed, seen from the folder of bin/
 * @return its path, in the pool; NULL if it is in neither place
 */
const char *installed_find(struct pool *pool, const char *built, const char *installed);

#endif
