/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plugins: how the core finds decompressors, digests, disks, sources and so on without a list of
 * them.
 *
 * A plugin ends with one descriptor:
 *
 *     PLUGIN(decompressor, lzx) = { .name = "lzx", ... };
 *
 * which is put into a linker section named after its kind (plugin_decompressor). The symbols around
 * it come from the linker itself on the host, and from the linker scripts in the firmware images.
 * Plugins are in the order in which they are linked, that of their names. This matters only for
 * sources: of two files with the same name, the later one is used.
 */
#ifndef LOADER_PLUGIN_H
#define LOADER_PLUGIN_H

/** Define a plugin's descriptor, of type `struct KIND`. */
#define PLUGIN(kind, id)                                                                           \
    static const struct kind id##_plugin                                                           \
        __attribute__((used, section("plugin_" #kind), aligned(__alignof__(struct kind))))

/** Declare the table of all plugins of a kind, for PLUGIN_FOR_EACH(). Weak: it may be empty. */
#define PLUGIN_TABLE(kind)                                                                         \
    extern const struct kind __start_plugin_##kind[] __attribute__((weak, visibility("hidden")));  \
    extern const struct kind __stop_plugin_##kind[] __attribute__((weak, visibility("hidden")))

#define PLUGIN_FOR_EACH(kind, entry)                                                               \
    for (const struct kind *entry = __start_plugin_##kind; entry < __stop_plugin_##kind; entry++)

#endif
