/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file: a name, a size, and a list of extents that say where its bytes are.
 *
 * Files are immutable. Slicing, joining and patching make new files whose extents point at the same
 * bytes: a 2 GB boot.wim with one injected file is the original's extent with a few bytes of new
 * extents before and after it. Nothing is copied.
 *
 * Files are in a pool and are never freed one by one. This module is independent of what is in a
 * file, where it will be on the virtual disk, and where it came from.
 */
#ifndef LOADER_FILE_H
#define LOADER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

/**
 * Bytes that are fetched on demand: from a firmware's file system, or from a compressed WIM.
 * Embedded in a structure with the data that it needs, in the pool of the files that use it.
 */
struct reader {
    /**
     * Read exactly `length` bytes at `offset` of the reader's bytes; the caller has checked that
     * they exist.
     *
     * @return 0, or -1 with the reason (naming what is read)
     */
    int (*read)(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                struct error *error);
    /**
     * Make all bytes of the reader available in memory that outlives the hand-over, and verify them
     * if there is anything to verify with. NULL if this cannot be done (files of the firmware are
     * read on demand).
     *
     * @return the bytes, or NULL with the reason
     */
    const void *(*load)(struct reader *reader, struct error *error);
    /**
     * Fetch bytes that will be read after the hand-over, and keep them: for readers whose bytes
     * come over the network, which is gone by then. NULL if bytes can be read at any time.
     *
     * @return 0, or -1 with the reason
     */
    int (*complete)(struct reader *reader, uint64_t offset, uint64_t length, struct error *error);
    /**
     * See file_pin(). NULL if the bytes cannot change.
     *
     * @return 0, or -1 with the reason
     */
    int (*pin)(struct reader *reader, struct error *error);
    /** Bytes that the next use reads in addition to those that are requested: a blob that is to be
     * checked.
     */
    uint64_t unchecked;
};

enum extent_kind {
    EXTENT_MEMORY, /* bytes in memory */
    EXTENT_ZERO,   /* a run of zeros */
    EXTENT_READER, /* bytes that a reader fetches */
};

/** A run of a file's bytes. The extents of a file are in order, gapless, none of them empty. */
struct extent {
    uint64_t offset; /* of its first byte in the file */
    uint64_t length; /* bytes */
    enum extent_kind kind;
    const uint8_t *bytes;   /* EXTENT_MEMORY */
    struct reader *reader;  /* EXTENT_READER */
    uint64_t reader_offset; /* EXTENT_READER: of the first byte in the reader's bytes */
};

/** The largest file: sizes and offsets are also integers of scripts. */
#define FILE_SIZE_MAX ((uint64_t)INT64_MAX)

struct file {
    const char *name; /* UTF-8; the last component of the path it was given by */
    const char *path; /* UTF-8, with '\', if it was given by a path with directories; else NULL */
    uint64_t size;    /* bytes */
    size_t extent_count;
    struct extent *extents;
    const char *note; /* where it came from, for the user: "boot.wim image 2, \Windows\..." */
    /** The name may come from the author of the bytes, not from the user (initrd.h). Such a file is
     * not a script unless script= names it. */
    bool name_is_doubtful;
};

/** A file whose bytes are in memory, which must outlive the pool. NULL without memory. */
struct file *file_from_memory(struct pool *pool, const char *name, const void *bytes,
                              uint64_t size);

/**
 * The same without a pool, for temporary use.
 *
 * @param extent holds the file's only extent; must outlive the file, like `name` and `bytes`
 */
void file_on_memory(struct file *file, struct extent *extent, const char *name, const void *bytes,
                    uint64_t size);

/** A file whose bytes a reader fetches. NULL without memory. */
struct file *file_from_reader(struct pool *pool, const char *name, struct reader *reader,
                              uint64_t size);

/** A file of zeros. NULL without memory. */
struct file *file_from_zeros(struct pool *pool, const char *name, uint64_t size);

/** The same bytes under another name (and without a path). NULL without memory. */
struct file *file_rename(struct pool *pool, const struct file *file, const char *name);

/**
 * Set the name and the path that a file was given under.
 *
 * @param path brought into its normal form in place (path.h); must outlive the file
 */
void file_set_path(struct file *file, char *path);

/** A part of a file as a file. -1 if it is not within the file. */
int file_slice(struct pool *pool, const struct file *file, uint64_t offset, uint64_t length,
               struct file **slice, struct error *error);

/** Several files, in order, as one file. */
int file_join(struct pool *pool, const char *name, const struct file *const *parts,
              size_t part_count, struct file **joined, struct error *error);

/** A run of bytes of a file; of zeros, where `file` is NULL. */
struct file_range {
    const struct file *file;
    uint64_t offset, length; /* within the file: the caller has checked that */
};

/** A file that consists of these runs, in order: like file_join() of slices, but without a file for
 * each. */
int file_from_ranges(struct pool *pool, const char *name, const struct file_range *ranges,
                     size_t range_count, struct file **file, struct error *error);

/** A file with the bytes of `piece` in place of its own from `offset` on; not beyond its end. */
int file_patch(struct pool *pool, const struct file *file, uint64_t offset,
               const struct file *piece, struct file **patched, struct error *error);

/** The extent that holds a byte; NULL at or past the end. O(log extents). */
const struct extent *file_find_extent(const struct file *file, uint64_t offset);

/** Bytes that are read when a file is used, in addition to those that are requested (struct
 * reader). */
uint64_t file_unchecked(const struct file *file);

/** Read exactly `length` bytes; -1, naming the file, if they do not exist or cannot be read. */
int file_read(const struct file *file, uint64_t offset, void *buffer, size_t length,
              struct error *error);

/** Have a file's bytes fetched that come over the network, so that they can be read after the
 * hand-over. */
int file_complete(const struct file *file, struct error *error);

/** Do some of a file's bytes come over the network when they are read? */
bool file_is_remote(const struct file *file);

/**
 * From the next read on, the file has the same bytes whenever it is read, or reading fails, so that
 * a medium cannot return other bytes for booting than for verifying. Applies to all files that
 * share bytes with this one.
 *
 * @return 0; -1, naming the file, without memory
 */
int file_pin(const struct file *file, struct error *error);

/**
 * A pointer to a file's bytes without copying, if they are in memory in one piece; else NULL.
 * The way to read big tables cheaply; fall back to file_read().
 */
const void *file_view(const struct file *file, uint64_t offset, size_t length);

/**
 * All bytes of a file in memory in one piece: the file's own if they already are, else a copy in
 * the pool (content). NULL with the reason, naming the file.
 */
const void *file_load(struct pool *pool, const struct file *file, struct error *error);

#endif
