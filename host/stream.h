/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the preview that can be read once only: pipes and standard input. */
#ifndef HOST_STREAM_H
#define HOST_STREAM_H

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

/** Whether a path names a stream: "-", which is standard input, a pipe or a terminal. */
bool stream_is(const char *path);

/** Read a stream to its end. @return the path of a copy that lasts as long as the process; or NULL
 */
const char *stream_copy(struct pool *pool, const char *path, struct error *error);

#endif
