/* SPDX-License-Identifier: BSD-2-Clause */
/* --nbd: hand this command line to nbdkit, which serves the virtual disk through host/nbd/plugin.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "host/installed.h"
#include "host/preview.h"

int preview_nbd(const struct preview *preview, struct error *error)
{
    const char *plugin = installed_find(preview->pool, "build/host/wimboot-nbdkit.so",
                                        "lib/wimboot/wimboot-nbdkit.so");
    if (plugin == NULL) {
        return error_set(error, "--nbd: wimboot-nbdkit.so is not built: make nbd (needs "
                                "nbdkit-plugin-dev)");
    }
    size_t count = 0;
    char **words =
        pool_allocate_array(preview->pool, (size_t)preview->argument_count + 12, sizeof(*words));
    char *absolute = realpath(plugin, NULL);
    if (words == NULL || absolute == NULL) {
        free(absolute);
        return error_set(error, "--nbd: %s", strerror(errno));
    }
    static char *const fixed[] = {"nbdkit",    "--foreground", "--readonly", "--ipaddr",
                                  "127.0.0.1", "--port",       "10809"};
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        words[count++] = fixed[i];
    }
    words[count++] = absolute;
    for (int i = 1; i < preview->argument_count; i++) {
        size_t size = strlen(preview->arguments[i]) + sizeof("arg=");
        words[count] = pool_allocate(preview->pool, size);
        if (words[count] == NULL) {
            free(absolute);
            return error_no_memory(error, "--nbd");
        }
        format_string(words[count++], size, "arg=%s", preview->arguments[i]);
    }
    fprintf(preview->json ? stderr : stdout, "Serving nbd://127.0.0.1:10809 until interrupted\n");
    fflush(stdout);
    execvp(words[0], words);
    free(absolute);
    return error_set(error, "--nbd: %s: %s (install nbdkit)", words[0], strerror(errno));
}
