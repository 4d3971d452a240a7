/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files in an initrd: CPIO archives and images without a header.
 *
 * The author of the bytes of a file must not be able to choose its name, or to add other files. So:
 *
 *  - An image without a header is a single file. From the first such image on, CPIO headers
 *    add nothing: they may be in its content, or appended to it.
 *  - A file whose name ends in ".cpio" and that is an archive is replaced by the files in it; no
 *    other file is, and none of those in it.
 *  - Two Lua files with the same name are an error, because one may have been smuggled in.
 */
#ifndef LOADER_INITRD_H
#define LOADER_INITRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/source.h"

/** The origin of the CPIO headers of an initrd. */
enum initrd_kind {
    /** The user gave an archive, or a list of files of which the boot loader made one. */
    INITRD_GIVEN,
    /** The boot loader put images one after the other, fetched from anywhere, with headers before
     * some of them: a header in an image's content looks the same. All names are doubtful. */
    INITRD_JOINED,
};

/**
 * Add all files of an initrd to a list. Their bytes stay where they are, and must outlive the list.
 *
 * @return 0; -1 if something in it is cut short or damaged, giving the offset
 */
int initrd_add_files(struct file_list *list, const uint8_t *bytes, size_t size,
                     enum initrd_kind kind, struct error *error);

/**
 * Check that a file to be added to a list is not the second script of its name: of two that boot
 * loaders hand over in memory, one may be an intruder's.
 */
int initrd_check_script(const struct file_list *list, const struct file *file, struct error *error);

/** Whether a file that was given by name is an archive to be replaced by the files in it. */
bool initrd_is_archive(const struct file *file);

/**
 * Add the files in such an archive, whose names are doubtful, to a list.
 *
 * @return 0; -1 if it cannot be read, is cut short or damaged, naming it
 */
int initrd_add_archive(struct file_list *list, const struct file *archive, struct error *error);

/**
 * A file with the name and path from a CPIO header.
 *
 * @param content the bytes, under any name
 * @param name    need not be NUL-terminated
 * @return NULL without memory; its name is "" if the header has none
 */
struct file *initrd_name_file(struct pool *pool, const struct file *content, const char *name,
                              size_t name_length);

/**
 * The name for an unnamed image: after its content, and different from all names in the list.
 *
 * @return NULL if its content does not give one
 */
const char *initrd_guess_name(const struct file_list *list, const struct file *image);

#endif
