/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of CPIO archives. See cpio.h. */
#include "files/cpio.h"

#include <string.h>

#include "base/ascii.h"

enum {
    /* The header is the magic, then thirteen fields of eight hexadecimal digits. */
    MAGIC_SIZE = 6,
    FIELD_SIZE = 8,
    FIELD_MODE = 1,
    FIELD_LINKS = 4,
    FIELD_FILE_SIZE = 6,
    FIELD_NAME_SIZE = 11,

    MODE_TYPE = 0170000,
    MODE_DIRECTORY = 0040000,
    MODE_REGULAR = 0100000,
};

static bool parse_field(const uint8_t *header, unsigned field, uint32_t *value)
{
    const uint8_t *digits = header + MAGIC_SIZE + field * FIELD_SIZE;
    *value = 0;
    for (unsigned i = 0; i < FIELD_SIZE; i++) {
        int digit = ascii_hex_digit((char)digits[i]);
        if (digit < 0) {
            return false;
        }
        *value = *value << 4 | (uint32_t)digit;
    }
    return true;
}

bool cpio_is_member(const uint8_t *bytes, size_t size, size_t offset)
{
    return offset < size && size - offset >= MAGIC_SIZE &&
           (memcmp(bytes + offset, "070701", MAGIC_SIZE) == 0 ||
            memcmp(bytes + offset, "070702", MAGIC_SIZE) == 0);
}

bool cpio_read_header(const uint8_t *bytes, struct cpio_header *header)
{
    uint32_t mode;
    if (!parse_field(bytes, FIELD_MODE, &mode) ||
        !parse_field(bytes, FIELD_LINKS, &header->link_count) ||
        !parse_field(bytes, FIELD_FILE_SIZE, &header->file_size) ||
        !parse_field(bytes, FIELD_NAME_SIZE, &header->name_size)) {
        return false;
    }
    mode &= MODE_TYPE;
    header->type = mode == MODE_DIRECTORY              ? CPIO_DIRECTORY
                   : mode == MODE_REGULAR || mode == 0 ? CPIO_FILE
                                                       : CPIO_OTHER;
    /* Padding is counted from the start of the header: archives that follow each other may start
     * anywhere. */
    uint64_t end = (uint64_t)CPIO_HEADER_SIZE + header->name_size;
    header->body = end + (4 - end % 4) % 4;
    return true;
}

int cpio_read(const uint8_t *bytes, size_t size, size_t offset, struct cpio_member *member,
              struct error *error)
{
    struct cpio_header header;
    if (size - offset < CPIO_HEADER_SIZE) {
        return error_set(error,
                         "the CPIO header at offset 0x%zx is cut short: the archive ends after %zu "
                         "bytes of it",
                         offset, size - offset);
    }
    if (!cpio_read_header(bytes + offset, &header)) {
        return error_set(error,
                         "the CPIO header at offset 0x%zx is damaged: it has something else "
                         "than hexadecimal digits",
                         offset);
    }
    size_t left = size - offset - CPIO_HEADER_SIZE;
    if (header.name_size > left) {
        return error_set(error,
                         "the CPIO header at offset 0x%zx has a name of %u bytes, and the archive "
                         "ends after %zu",
                         offset, header.name_size, left);
    }
    /* The NUL after the name is counted, but GRUB up to 2.06 neither counts it nor always writes
     * it. */
    member->name = (const char *)bytes + offset + CPIO_HEADER_SIZE;
    const char *nul = memchr(member->name, 0, header.name_size);
    member->name_length = nul != NULL ? (size_t)(nul - member->name) : header.name_size;

    size_t padding = (size_t)(header.body - CPIO_HEADER_SIZE - header.name_size);
    left -= header.name_size;
    if (header.file_size > 0 && (padding > left || header.file_size > left - padding)) {
        return error_set(error,
                         "%.*s (CPIO header at offset 0x%zx) should have %u bytes, but the archive "
                         "ends after %zu of them: it was cut short on the way",
                         (int)(member->name_length < 100 ? member->name_length : 100), member->name,
                         offset, header.file_size, padding > left ? (size_t)0 : left - padding);
    }
    /* After a name without content, the next archive may follow immediately, unaligned. */
    size_t body = offset + CPIO_HEADER_SIZE + header.name_size;
    if (header.file_size > 0) {
        body += padding;
    }
    member->type = header.type;
    member->link_count = header.link_count;
    member->bytes = bytes + body;
    member->size = header.file_size;
    member->end = body + header.file_size;
    return 0;
}
