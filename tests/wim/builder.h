/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WIMs made by hand, uncompressed and tiny: for everything that libwim does not write, or that is
 * damaged. The metadata is given byte by byte; hashes and tables are made to fit.
 */
#ifndef TESTS_WIM_BUILDER_H
#define TESTS_WIM_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "wim/wim.h"
#include "wim/wim_format.h"

enum { BUILDER_SIZE_MAX = 3 << 20, BUILDER_ENTRY_MAX = 64 }; /* metadata of 20,000 files */

struct builder {
    /** The metadata of the one image. It starts with security data of length 8, and the root. */
    uint8_t metadata[BUILDER_SIZE_MAX];
    size_t metadata_size;
    size_t root; /* positions in the metadata: of the root's entry, */
    size_t last; /* and of the entry that was added last */
    /** The file without header and tables; those are appended by builder_finish(). */
    uint8_t bytes[2 * BUILDER_SIZE_MAX];
    size_t size;
    struct wim_header_disk header;
    struct wim_lookup_disk entries[BUILDER_ENTRY_MAX];
    size_t entry_count;
    const char *xml; /* ASCII; NULL: one that fits */
};

void builder_start(struct builder *builder);

/** The directory entry at a position of the metadata. */
struct wim_directory_entry_disk *builder_entry(struct builder *builder, size_t position);

/** Start a list of children for the directory entry at this position. */
void builder_list(struct builder *builder, size_t directory);

/** Append a directory entry. @param short_name may be NULL; both ASCII. @return its position */
size_t builder_add(struct builder *builder, const char *name, const char *short_name,
                   uint32_t attributes, const uint8_t *sha1);

/** Append a stream entry to the entry added last. @param name ASCII, "" for the unnamed one */
void builder_add_stream(struct builder *builder, const char *name, const uint8_t *sha1);

/** End the list. */
void builder_end_list(struct builder *builder);

/** Append contents and their lookup entry. @param sha1 written */
struct wim_lookup_disk *builder_add_blob(struct builder *builder, const char *text,
                                         uint8_t sha1[20]);

/** A list for the root with one file, "file.txt", that holds "contents". */
void builder_add_sample(struct builder *builder);

/** Append metadata, lookup table and XML; the bytes are then a WIM. */
void builder_finish(struct builder *builder);

#endif
