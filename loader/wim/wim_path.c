/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows paths, component by component. */
#include "wim/wim_path.h"

#include "base/path.h"
#include "base/unicode.h"

int wim_path_next(const char **path, uint16_t units[PATH_NAME_MAX], struct error *error)
{
    size_t length;
    const char *start = path_next_component(path, &length);
    if (start == NULL) {
        return 0;
    }
    if (path_is_parent(start, length)) {
        return error_set(error, "'..' is not allowed in a path");
    }
    size_t count = utf16_from_utf8(start, length, units, PATH_NAME_MAX);
    if (count > PATH_NAME_MAX) {
        return error_set(error, "'%.*s...' is longer than the 255 characters that Windows allows",
                         40, start);
    }
    return (int)count;
}

int wim_path_error(const char *wim_name, const char *path, struct error *error)
{
    enum { LENGTH_MAX = 200 };

    return error_prefix(error, "%s: %.*s: ", wim_name, LENGTH_MAX, *path ? path : "\\");
}
