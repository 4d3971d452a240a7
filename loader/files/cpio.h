/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One member of a CPIO archive of the "newc" format (magic 070701; 070702 with checksums), which is
 * what the Linux kernel's initramfs documentation describes. Independent of what is between
 * members.
 */
#ifndef LOADER_CPIO_H
#define LOADER_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum cpio_type { CPIO_FILE, CPIO_DIRECTORY, CPIO_OTHER };

/** Bytes of the header; the name follows it, without padding. */
enum { CPIO_HEADER_SIZE = 110 };

struct cpio_header {
    enum cpio_type type;
    uint32_t link_count;
    uint32_t file_size; /* bytes */
    uint32_t name_size; /* bytes, with a NUL */
    uint64_t body;      /* offset of the content from the start of the header */
};

struct cpio_member {
    enum cpio_type type;
    const char *name; /* not NUL-terminated */
    size_t name_length;
    uint32_t link_count;
    const uint8_t *bytes;
    size_t size;
    size_t end; /* offset of the end of the content, without padding */
};

/** Does a member start here? */
bool cpio_is_member(const uint8_t *bytes, size_t size, size_t offset);

/** Read the header of a member alone, CPIO_HEADER_SIZE bytes; false if it is damaged. */
bool cpio_read_header(const uint8_t *bytes, struct cpio_header *header);

/**
 * Read the member that starts at an offset.
 *
 * @param size bytes of the whole archive
 * @return 0; -1 if its header is damaged or it is not within `size`, giving the offset
 */
int cpio_read(const uint8_t *bytes, size_t size, size_t offset, struct cpio_member *member,
              struct error *error);

#endif
