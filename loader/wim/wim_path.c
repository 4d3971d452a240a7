/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows paths, taken apart component by component. */
#include "wim/wim_internal.h"

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

int wim_path_next(const char **path, uint16_t units[WIM_NAME_MAX], struct error *error)
{
    const char *start = *path;
    size_t length;

    do {
        while (is_separator(*start)) {
            start++;
        }
        for (length = 0; start[length] && !is_separator(start[length]); length++) {
            ;
        }
        *path = start + length;
        if (length == 1 && *start == '.') {
            start++;
        } else {
            break;
        }
    } while (true);
    if (!length) {
        return 0;
    }
    if (length == 2 && start[0] == '.' && start[1] == '.') {
        return error_set(error, "'..' is not allowed in a path");
    }
    size_t count = utf16_from_utf8(start, length, units, WIM_NAME_MAX);
    if (count > WIM_NAME_MAX) {
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
