/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WIM archives: read any, patch without copying.
 *
 * An image set is one WIM or all parts of a split one. Opening reads the header, the lookup table
 * and the XML; an image's metadata is read when it is first needed. Image indexes count from 1.
 * Paths are Windows paths as in tree.h.
 *
 * Changes (boot index, injected and removed files) are collected and take effect in wim_patch(),
 * which makes a new file over the old one's bytes. Format: docs/wim.md.
 */
#ifndef LOADER_WIM_H
#define LOADER_WIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"

struct wim;

/** What the XML says about an image; strings are "" if it says nothing. */
struct wim_image {
    const char *name, *description;
    const char *arch;    /* "i386", "x86_64", "arm64", "arm", "ia64" */
    const char *version; /* "10.0.19041.1" */
    const char *edition; /* EDITIONID */
    uint64_t files;      /* FILECOUNT */
    uint64_t bytes;      /* TOTALBYTES */
};

/** A directory entry as wim_list() shows it. */
struct wim_entry {
    const char *name;    /* UTF-8 */
    uint32_t attributes; /* Windows file attributes: 0x10 directory, … */
    uint64_t size;       /* bytes of the unnamed data stream */
    const uint8_t *sha1; /* of that stream, SHA1_SIZE bytes; all zero if it is empty */
};

/**
 * Open a WIM, or all parts of a split one in any order.
 *
 * @return 0; -1 naming the file, the offset and what is wrong
 */
int wim_open(struct pool *pool, const struct file *const *parts, size_t part_count,
             struct wim **wim, struct error *error);

/**
 * Collect the parts of a split WIM: the given one, and those of other files that belong to it.
 *
 * @param parts written: room for candidate_count + 1
 * @return how many; 1 (the given file alone) for a WIM that is not split, and for what is no WIM
 */
size_t wim_collect_parts(const struct file *part, const struct file *const *candidates,
                         size_t candidate_count, const struct file **parts);

/** The file of a part, counted from 1; NULL if there is no such part. */
const struct file *wim_part(const struct wim *wim, uint32_t number);

uint32_t wim_image_count(const struct wim *wim);

/** The image's facts, from the XML. NULL if there is no such image. */
const struct wim_image *wim_image(const struct wim *wim, uint32_t index);

/** "none", "xpress", "lzx" or "lzms". */
const char *wim_compression(const struct wim *wim);

/** Bytes; 0 if not compressed. */
uint32_t wim_chunk_size(const struct wim *wim);

/** The image that boots; 0 if none is marked. */
uint32_t wim_boot_index(const struct wim *wim);

/** Mark the image that boots. -1 if there is no such image (naming how many there are). */
int wim_set_boot_index(struct wim *wim, uint32_t index, struct error *error);

/** Whether wim_patch() makes another WIM than the one that was opened. */
bool wim_is_changed(const struct wim *wim);

/** Whether files were injected into images, or removed from them. */
bool wim_has_changed_images(const struct wim *wim);

/** Whether wim_patch() makes a WIM of the image that boots alone. */
bool wim_slim(const struct wim *wim);

/**
 * Have wim_patch() leave out all images but the one that boots, or the first if none is marked, and
 * the contents that only they use. The image is number 1 then. -1 for a pipable WIM.
 */
int wim_set_slim(struct wim *wim, bool slim, struct error *error);

/**
 * Find a file in an image (with the changes so far applied).
 *
 * @param file written: NULL if there is none of this name; else a file read lazily, checked against
 *             its SHA-1, whose name is the entry's
 * @return 0 also when there is none; -1 if the WIM is damaged or the entry cannot be read
 *         (encrypted, a directory, a reparse point), naming the path
 */
int wim_find(struct wim *wim, uint32_t index, const char *path, struct file **file,
             struct error *error);

/**
 * List a directory of an image; the visitor returns false to stop. -1 also if there is no such
 * directory.
 */
int wim_list(struct wim *wim, uint32_t index, const char *path,
             bool (*visit)(void *context, const struct wim_entry *entry), void *context,
             struct error *error);

/** Put a file at a path of an image, replacing all files of this name, whatever its case. */
int wim_inject(struct wim *wim, uint32_t index, const char *path, const struct file *file,
               struct error *error);

/**
 * Put a file at a path whose contents are known only when they are needed: when the patched WIM is
 * read, or the file is looked at. Then they are fixed.
 *
 * @param capacity bytes that there is room for
 * @param fill     writes the contents; returns how many bytes, at least one
 */
int wim_inject_late(struct wim *wim, uint32_t index, const char *path, size_t capacity,
                    size_t (*fill)(char *buffer, size_t capacity), struct error *error);

/** Remove all files of this name, whatever its case, and directories with everything in them. -1 if
 * there are none. */
int wim_remove(struct wim *wim, uint32_t index, const char *path, struct error *error);

/** Bytes of an image's contents that wim_verify() has not checked yet. */
int wim_verify_size(struct wim *wim, uint32_t index, uint64_t *bytes, struct error *error);

/** Check an image: its metadata and all contents that are in the WIM, against their SHA-1s. -1
 * names the path of what is damaged. */
int wim_verify(struct wim *wim, uint32_t index, struct error *error);

/**
 * The WIM with all changes, as a file over the original's bytes; the original itself if nothing was
 * changed. A split set becomes one WIM, changed or not, named after its first part, with .wim.
 */
int wim_patch(struct wim *wim, const struct file **patched, struct error *error);

#endif
