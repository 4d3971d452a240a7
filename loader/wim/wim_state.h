/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open WIM, as the files of the engine share it. Other users of the engine need only wim.h.
 *
 *     wim.c           opening and closing, facts about the whole
 *     wim_header.c    the headers of the parts
 *     wim_lookup.c    the lookup table: SHA-1 -> resource, images, reference counts
 *     wim_resource.c  reading resources: stored, chunked, solid
 *     wim_xml.c       what the XML says about the images
 *     wim_metadata.c  an image's metadata, decompressed as far as it is needed
 *     wim_tree.c      the metadata as a tree with hashed look-up
 *     wim_path.c      paths, component by component
 *     wim_node.c      names and contents of a directory entry
 *     wim_file.c      files of an image: wim_find(), wim_list()
 *     wim_verify.c    checking all contents of an image
 *     wim_change.c    injecting and removing
 *     wim_added.c     contents that were injected
 *     wim_patch.c     the file that results
 *     wim_tail.c      what follows the contents in that file
 *     wim_slim.c      what one image needs, where the others are left out
 *     wim_kept.c      which bytes of a file are kept
 */
#ifndef LOADER_WIM_STATE_H
#define LOADER_WIM_STATE_H

#include "base/hash_table.h"
#include "wim/wim.h"
#include "wim/wim_resource.h"

struct wim_added_blob;
struct wim_blob_reader;
struct wim_part;
struct wim_solid_run;
struct wim_tree;

struct wim_image_state {
    struct wim_image info;
    uint32_t entry;        /* of its metadata, in the joined lookup tables */
    struct wim_tree *tree; /* NULL until it is needed */
};

struct wim {
    struct pool *pool;
    const char *name; /* of the file of part 1 */
    uint32_t part_count;
    struct wim_part *parts;                  /* part number n is parts[n - 1] */
    unsigned chunk_order;                    /* of chunked resources; 0: no compression */
    const struct decompressor *decompressor; /* that the header names; NULL: none */

    uint32_t image_count;
    struct wim_image_state *images;
    uint32_t boot_index;

    /* The lookup table: a hash table of entry numbers + 1, indexed by SHA-1. */
    uint32_t entry_count;
    uint32_t *slots;
    uint32_t slot_mask;
    uint32_t run_count;
    struct wim_solid_run *runs;

    uint8_t *verified; /* a bit for each entry: wim_verify() has checked it; NULL: none */

    /* Changes. */
    int32_t *reference_changes; /* of each lookup entry; NULL before the first change */
    struct wim_added_blob *first_blob, **last_blob;
    struct hash_table added_sizes, added_sha1s;
    uint8_t *size_filter; /* a bit for the size of each blob; NULL before the first injection */
    uint32_t size_filter_mask;
    bool slim;    /* a patch has the image that boots alone */
    bool changed; /* since `patched` was made */
    const struct file *patched;

    struct hash_table readers; /* by entry */
    struct wim_blob_reader *first_reader;

    /* Buffers for reading resources, in scratch memory. */
    struct wim_buffer window, chunk, workspace;
    uint32_t window_part; /* what of the file is in the window */
    uint64_t window_offset;
    size_t window_length;
    uint32_t chunk_part; /* which chunk is in the chunk buffer, by the place of its data */
    uint64_t chunk_offset;
    size_t chunk_length; /* 0: none */
};

#endif
