/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding files that were installed with the program, whatever PREFIX was. See installed.h. */
#include "host/installed.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"

const char *installed_find(struct pool *pool, const char *built, const char *installed)
{
    char program[PATH_MAX] = "", path[PATH_MAX];
    if (access(built, R_OK) == 0) {
        return built;
    }
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    for (int up = 0; length > 0 && up < 2; up++) { /* PREFIX/bin/wimboot-preview */
        char *slash = strrchr(program, '/');
        if (slash == NULL) {
            return NULL;
        }
        *slash = '\0';
    }
    size_t size = format_string(path, sizeof(path), "%s/%s", program, installed);
    return length > 0 && size < sizeof(path) && access(path, R_OK) == 0
               ? pool_copy_string(pool, path)
               : NULL;
}
