/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds decompressors among the plugins. */
#include "compression/decompressor.h"

#include <string.h>

const struct decompressor *decompressor_find(const char *name)
{
    PLUGIN_FOR_EACH(decompressor, plugin)
    {
        if (strcmp(plugin->name, name) == 0) {
            return plugin;
        }
    }
    return NULL;
}

const struct decompressor *decompressor_find_wim_flags(uint32_t flags)
{
    PLUGIN_FOR_EACH(decompressor, plugin)
    {
        if ((plugin->wim_flags & flags) != 0) {
            return plugin;
        }
    }
    return NULL;
}

const struct decompressor *decompressor_find_wim_format(uint32_t format)
{
    PLUGIN_FOR_EACH(decompressor, plugin)
    {
        if (plugin->wim_format != 0 && plugin->wim_format == format) {
            return plugin;
        }
    }
    return NULL;
}
