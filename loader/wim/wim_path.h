/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths in an image.
 */
#ifndef LOADER_WIM_PATH_H
#define LOADER_WIM_PATH_H

#include "base/path.h"
#include "wim/wim.h"

/**
 * Read the next component of a path.
 *
 * @param units written: PATH_NAME_MAX units at most
 * @return units of the component; 0 at the end of the path; -1 for one that is not allowed
 */
int wim_path_next(const char **path, uint16_t units[PATH_NAME_MAX], struct error *error);

/** Put the names of a WIM and of a path in it in front of an error. @return -1 */
int wim_path_error(const char *wim_name, const char *path, struct error *error);

#endif
