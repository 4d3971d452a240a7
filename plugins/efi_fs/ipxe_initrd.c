/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading initrd.magic: each image starts at a multiple of 4096 bytes, with a CPIO header if it was
 * given a name, and headers of the directories in that name before it. Only headers are read; the
 * sizes in the file system show where the next image is, and whether something that looks like a
 * header is one: an image may itself be a CPIO archive.
 */
#include "plugins/efi_fs/ipxe_initrd.h"

#include <stdbool.h>
#include <string.h>

#include "files/cpio.h"
#include "files/initrd.h"

enum {
    IMAGE_ALIGNMENT = 4096,
    NAME_SIZE_MAX = 1024,
    DIRECTORY_COUNT_MAX = 64, /* before one image */
};

/* A header and the name after it. */
struct named_header {
    struct cpio_header header;
    char name[NAME_SIZE_MAX];
};

/* Read the header at an offset; false if there is none, or its name is absurdly long. */
static bool read_header(const struct file *initrd, uint64_t offset, struct named_header *found)
{
    uint8_t bytes[CPIO_HEADER_SIZE];
    if (offset > initrd->size || initrd->size - offset < sizeof(bytes) ||
        file_read(initrd, offset, bytes, sizeof(bytes), NULL) != 0 ||
        !cpio_is_member(bytes, sizeof(bytes), 0) || !cpio_read_header(bytes, &found->header)) {
        return false;
    }
    uint32_t size = found->header.name_size;
    return size <= sizeof(found->name) && size <= initrd->size - offset - sizeof(bytes) &&
           file_read(initrd, offset + sizeof(bytes), found->name, size, NULL) == 0;
}

/* Look for the header of an image of this size. `body` is where the image itself starts, which is
 * `offset` if it has none. */
static bool find_header(const struct file *initrd, uint64_t offset, uint64_t image_size,
                        struct named_header *found, uint64_t *body)
{
    *body = offset;
    for (int i = 0; i < DIRECTORY_COUNT_MAX && read_header(initrd, offset, found); i++) {
        if (found->header.type == CPIO_FILE) {
            bool matches = found->header.file_size == image_size;
            *body = matches ? offset + found->header.body : *body;
            return matches;
        }
        offset += found->header.body;
    }
    return false;
}

static int name_image(struct pool *pool, const struct named_header *found, struct ipxe_image *image,
                      struct error *error)
{
    const char *nul = memchr(found->name, 0, found->header.name_size);
    size_t length = nul != NULL ? (size_t)(nul - found->name) : found->header.name_size;
    const struct file *file = initrd_name_file(pool, image->listed, found->name, length);
    if (file == NULL) {
        return error_no_memory(error, "the name of %s", image->listed->name);
    }
    image->named = file->name[0] != '\0' ? file : NULL;
    return 0;
}

int ipxe_name_images(struct pool *pool, const struct file *initrd, struct ipxe_image *images,
                     size_t count, struct error *error)
{
    uint64_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t size = images[i].listed->size, body;
        struct named_header found;
        offset += (IMAGE_ALIGNMENT - offset % IMAGE_ALIGNMENT) % IMAGE_ALIGNMENT;
        images[i].named = NULL;
        if (find_header(initrd, offset, size, &found, &body) &&
            name_image(pool, &found, &images[i], error) != 0) {
            return -1;
        }
        if (body > initrd->size || size > initrd->size - body) {
            return error_set(error, "%s: ends before %s, which is listed", initrd->name,
                             images[i].listed->name);
        }
        offset = body + size;
    }
    /* A hidden image at the end adds nothing but padding. */
    if (initrd->size - offset >= IMAGE_ALIGNMENT) {
        return error_set(error, "%s: has more images than are listed", initrd->name);
    }
    return 0;
}
