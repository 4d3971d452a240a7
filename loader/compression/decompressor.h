/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of a decompressor plugin.
 *
 * A decompressor is a pure function of its input: no allocation, no globals, no platform calls. It
 * decodes in one pass, never reads or writes outside its buffers whatever the input says, and is
 * the same object code for every use on a platform. After a failure the output buffer's contents
 * are undefined.
 */
#ifndef LOADER_DECOMPRESSOR_H
#define LOADER_DECOMPRESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/plugin.h"

/** Why a decompression failed, for "boot.wim: chunk 37 at 0x1a2b3c: …". */
struct decompress_failure {
    size_t input_offset;  /* bytes of the input consumed until then */
    size_t output_offset; /* bytes of the output produced until then */
    const char *reason;   /* static text: "match reaches before the start of the chunk" */
};

struct decompressor {
    const char *name; /* "lzx" */
    /** The bits of the WIM header's flags that name this compression, any of them; 0: no WIM has
     * it. */
    uint32_t wim_flags;
    /** The number of a solid resource's header that names this compression; 0 if none does. */
    uint32_t wim_format;
    /** Smallest and largest chunk size a WIM may use with it, bytes; 0 where wim_flags is. */
    uint32_t wim_chunk_size_min, wim_chunk_size_max;
    /** Bytes of working memory, aligned to 16, that decompress() needs for this chunk size; NULL:
     * none. */
    size_t (*workspace_size)(size_t chunk_size);
    /**
     * Decompress to exactly `out_size` bytes: one chunk, or a whole stream of known length. Input
     * that is left over is not an error.
     *
     * @param chunk_size the resource's chunk size; out_size may be less for the last chunk
     * @param workspace  workspace_size(chunk_size) bytes, any contents
     * @param failure    written on failure; not NULL
     * @return true if out_size bytes were produced
     */
    bool (*decompress)(const void *in, size_t in_size, void *out, size_t out_size,
                       size_t chunk_size, void *workspace, struct decompress_failure *failure);
    /**
     * Decompress a stream whose length is not known, to its end. NULL if the format has no streams.
     *
     * @param out        NULL to measure only
     * @param out_size   capacity. A stream that fills it exactly is complete; one that passes it is
     *                   a failure.
     * @param produced   written: bytes of output
     */
    bool (*decompress_stream)(const void *in, size_t in_size, void *out, size_t out_size,
                              size_t *produced, void *workspace,
                              struct decompress_failure *failure);
};

PLUGIN_TABLE(decompressor);

/** The decompressor of this name; NULL if it is not in this build. */
const struct decompressor *decompressor_find(const char *name);

/** The decompressor that a WIM header's flags name; NULL if it is not in this build. */
const struct decompressor *decompressor_find_wim_flags(uint32_t flags);

/** The decompressor that a solid resource's header names; NULL if it is not in this build. */
const struct decompressor *decompressor_find_wim_format(uint32_t format);

#endif
