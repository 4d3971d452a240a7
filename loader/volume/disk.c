/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds disks among the plugins. */
#include "volume/disk.h"

#include <string.h>

const struct disk *disk_find(const char *serves, struct error *error)
{
    PLUGIN_FOR_EACH(disk, plugin)
    {
        if (strcmp(plugin->serves, serves) == 0) {
            return plugin;
        }
    }
    error_set(error, "no disk plugin for \"%s\" is in this build: nothing could show the volume",
              serves);
    return NULL;
}
