/* SPDX-License-Identifier: BSD-2-Clause */
/* The file that we were loaded from, as the volume shows it. */
#include <string.h>

#include "arena.h"
#include "efi.h"
#include "report.h"

enum {
    PATH_SIZE = 512,
    SECTION_DISCARDABLE = 0x02000000,
    SECTION_WRITABLE = (int)0x80000000,
    RELOCATION_64 = 10,
};

static uint32_t read32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, 4);
    return value;
}

static uint32_t read16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

struct destination {
    uint8_t *at;
};

static void store(void *context, const void *data, size_t length)
{
    struct destination *destination = context;
    memcpy(destination->at, data, length);
    destination->at += length;
}

/* The file made into what the firmware makes of it: sections in place, addresses relocated. Only
 * used on files that are already known to have our own headers. */
static uint8_t *load(const uint8_t *file, uint64_t address)
{
    const uint8_t *header = file + read32(file + 0x3c);
    const uint8_t *optional = header + 0x18;
    uint8_t *image = arena_allocate(read32(optional + 56));
    memcpy(image, file, read32(optional + 60));
    const uint8_t *section = optional + read16(header + 0x14);
    for (uint32_t i = 0; i < read16(header + 6); i++, section += 40) {
        uint32_t virtual_size = read32(section + 8), raw_size = read32(section + 16);
        memcpy(image + read32(section + 12), file + read32(section + 20),
               raw_size < virtual_size ? raw_size : virtual_size);
    }
    uint64_t preferred;
    memcpy(&preferred, optional + 24, 8);
    const uint8_t *block = image + read32(optional + 152);
    const uint8_t *end = block + read32(optional + 156);
    while (block < end) {
        uint32_t page = read32(block), size = read32(block + 4);
        for (uint32_t offset = 8; offset < size; offset += 2) {
            uint32_t entry = read16(block + offset);
            if (entry >> 12 != RELOCATION_64) {
                continue;
            }
            uint64_t value;
            uint8_t *at = image + page + (entry & 0xfff);
            memcpy(&value, at, 8);
            value += address - preferred;
            memcpy(at, &value, 8);
        }
        block += size;
    }
    return image;
}

static bool is_running_image(const uint8_t *file, uint32_t size, const uint8_t *running)
{
    /* The firmware changes the image base in the header of a relocated image. */
    uint32_t header = read32(running + 0x3c), header_size = read32(running + header + 0x18 + 60);
    uint32_t base = header + 0x18 + 24;
    if (size < header_size || memcmp(file, running, base) != 0 ||
        memcmp(file + base + 8, running + base + 8, header_size - base - 8) != 0) {
        return false;
    }
    const uint8_t *image = load(file, (uint64_t)(uintptr_t)running);
    const uint8_t *section = running + header + 0x18 + read16(running + header + 0x14);
    for (uint32_t i = 0; i < read16(running + header + 6); i++, section += 40) {
        uint32_t virtual_size = read32(section + 8), raw_size = read32(section + 16);
        uint32_t address = read32(section + 12);
        /* shim leaves out what can be discarded: relocations. */
        if (read32(section + 36) & ((uint32_t)SECTION_WRITABLE | SECTION_DISCARDABLE)) {
            continue;
        }
        if (memcmp(image + address, running + address,
                   raw_size < virtual_size ? raw_size : virtual_size) != 0) {
            return false;
        }
    }
    return true;
}

void check_own_image(struct fat *fat, const EFI_LOADED_IMAGE *image)
{
    const uint8_t *node = (const uint8_t *)image->FilePath;
    if (!check(node && node[0] == 4 && node[1] == 4, "the image's path is a file path")) {
        return;
    }
    char path[PATH_SIZE];
    size_t length = (read16(node + 2) - 4) / 2;
    if (length > PATH_SIZE) {
        length = PATH_SIZE;
    }
    for (size_t i = 0; i < length; i++) {
        path[i] = (char)node[4 + i * 2];
    }
    path[length - 1] = 0;
    report("image path %s", path);
    check(strcmp(path, "\\EFI\\BOOT\\" STANDIN_NAME) == 0, "it is \\EFI\\BOOT\\" STANDIN_NAME);

    struct fat_entry file;
    if (!check(fat_find(fat, path, &file), "the volume has a file there")) {
        return;
    }
    size_t mark = arena_mark();
    uint8_t *data = arena_allocate(file.size);
    struct destination destination = {data};
    check(fat_read(fat, &file, store, &destination) &&
              is_running_image(data, file.size, image->ImageBase),
          "it is the image that runs");
    arena_release(mark);
}
