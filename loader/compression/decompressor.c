/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds decompressors among the plugins. */
#include "compression/decompressor.h"

#include <string.h>

const struct decompressor *decompressor_find(const char *name)
{
    PLUGIN_FOR_EACH(decompressor, plugin)
    if (plugin->version == DECOMPRESSOR_VERSION && strcmp(plugin->name, name) == 0) {
        return plugin;
    }
    return NULL;
}
