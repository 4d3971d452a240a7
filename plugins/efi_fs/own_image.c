/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognising our own file: it has the size that our PE headers imply, and the same headers, whose
 * checksum is that of the whole file. See own_image.h.
 *
 * The headers are those that the firmware keeps in memory at our image's base.
 */
#include "plugins/efi_fs/own_image.h"

#include <string.h>

#include "efi/firmware.h"
#include "files/pe.h"

/* The headers are below this, and so at the start of every file of ours (tools/mkimage.py). */
enum { HEADERS_MAX = 0x1F1 };

/* The field that the firmware may write. */
enum { IMAGE_BASE_OFFSET = 24, IMAGE_BASE_SIZE = 8 };

bool is_own_image(const struct file *file)
{
    const EFI_LOADED_IMAGE_PROTOCOL *image = efi_loaded_image();
    uint8_t theirs[HEADERS_MAX];
    struct file loaded;
    struct extent extent;
    struct pe pe;
    uint64_t size;
    if (image == NULL || image->ImageBase == NULL || image->ImageSize < HEADERS_MAX) {
        return false;
    }
    file_on_memory(&loaded, &extent, "wimboot", image->ImageBase, image->ImageSize);
    if (pe_read(&loaded, &pe, NULL) != 0 || pe_file_size(&pe, &size, NULL) != 0 ||
        file->size != size || file_read(file, 0, theirs, sizeof(theirs), NULL) != 0) {
        return false;
    }
    const uint8_t *own = image->ImageBase;
    uint64_t base = pe.optional_offset + IMAGE_BASE_OFFSET, after = base + IMAGE_BASE_SIZE;
    return after <= sizeof(theirs) && memcmp(own, theirs, base) == 0 &&
           memcmp(own + after, theirs + after, sizeof(theirs) - after) == 0;
}
