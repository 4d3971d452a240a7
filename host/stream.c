/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of streams, in memory. See stream.h. */
#include "host/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"

bool stream_is(const char *path)
{
    struct stat status;
    return strcmp(path, "-") == 0 ||
           (stat(path, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)));
}

static int copy(FILE *from, int to)
{
    char buffer[65536];
    size_t length;
    while ((length = fread(buffer, 1, sizeof(buffer), from)) > 0) {
        for (size_t done = 0; done < length;) {
            ssize_t written = write(to, buffer + done, length - done);
            if (written < 0) {
                return -1;
            }
            done += (size_t)written;
        }
    }
    return ferror(from) ? -1 : 0;
}

const char *stream_copy(struct pool *pool, const char *path, struct error *error)
{
    enum { PATH_SIZE = 32 };
    bool is_input = strcmp(path, "-") == 0;
    FILE *from = is_input ? stdin : fopen(path, "rb");
    int to = memfd_create("wimboot-preview", 0);
    char *copied = pool_allocate(pool, PATH_SIZE);
    int rc = from == NULL || to < 0 || copied == NULL ? -1 : copy(from, to);
    if (rc != 0) {
        error_set(error, "%s: %s", path, strerror(errno));
    } else {
        format_string(copied, PATH_SIZE, "/proc/self/fd/%d", to);
    }
    if (from != NULL && !is_input) {
        fclose(from);
    }
    return rc == 0 ? copied : NULL;
}
