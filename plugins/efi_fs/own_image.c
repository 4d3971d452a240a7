/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognising our own file: it has the size that our PE headers imply, and the same headers, whose
 * checksum is that of the whole file. See own_image.h.
 *
 * The headers are those that the firmware keeps in memory at our image's base. Layout: Microsoft,
 * "PE Format".
 */
#include "plugins/efi_fs/own_image.h"

#include <string.h>

#include "base/little_endian.h"
#include "efi/firmware.h"

enum {
    PE_OFFSET = 0x3C,     /* in the DOS header: where the PE signature is */
    SECTION_COUNT = 6,    /* from the PE signature on: … */
    OPTIONAL_SIZE = 20,   /* … size of the optional header, … */
    OPTIONAL_HEADER = 24, /* … where it starts … */
    IMAGE_BASE = 24 + 24, /* … the load address in it, which the firmware may write … */
    SECURITY_DIRECTORY = 24 + 112 + 4 * 8, /* … and where the signature lies */
    SECTION_HEADER_SIZE = 40,
    RAW_SIZE = 16, /* in a section header */
    RAW_OFFSET = 20,
    HEADERS_MAX = 0x1F1, /* tools/mkimage.py keeps them below */
};

/* Our size as a file, from our own headers: the end of the last section, or of the signature. */
static uint64_t own_size(const uint8_t *headers)
{
    const uint8_t *pe = headers + get_u32(headers + PE_OFFSET);
    uint64_t end =
        (uint64_t)get_u32(pe + SECURITY_DIRECTORY) + get_u32(pe + SECURITY_DIRECTORY + 4);
    const uint8_t *section = pe + OPTIONAL_HEADER + get_u16(pe + OPTIONAL_SIZE);
    for (unsigned i = 0; i < (unsigned)get_u16(pe + SECTION_COUNT); i++) {
        uint64_t section_end =
            (uint64_t)get_u32(section + RAW_OFFSET) + get_u32(section + RAW_SIZE);
        if (section_end > end) {
            end = section_end;
        }
        section += SECTION_HEADER_SIZE;
    }
    return end;
}

bool is_own_image(const struct file *file)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    const uint8_t *own = image == NULL ? NULL : image->ImageBase;
    if (own == NULL || own[0] != 'M' || own[1] != 'Z' || file->size != own_size(own)) {
        return false;
    }
    uint8_t theirs[HEADERS_MAX];
    if (file_read(file, 0, theirs, sizeof(theirs), NULL) != 0) {
        return false;
    }
    size_t base = get_u32(own + PE_OFFSET) + IMAGE_BASE;
    return memcmp(own, theirs, base) == 0 &&
           memcmp(own + base + 8, theirs + base + 8, sizeof(theirs) - base - 8) == 0;
}
