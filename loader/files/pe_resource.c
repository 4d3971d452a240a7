/* SPDX-License-Identifier: BSD-2-Clause */
/* The resources of programs. See pe_resource.h. They are a tree of three levels: type, name,
 * language. */
#include "files/pe_resource.h"

#include <string.h>

#include "base/little_endian.h"

enum {
    DIRECTORY_NAMED = 12,
    DIRECTORY_NUMBERED = 14,
    DIRECTORY_SIZE = 16,
    ENTRY_SIZE = 8,
    ENTRY_TARGET = 4,
    DATA_ADDRESS = 0,
    DATA_LENGTH = 4,
    DATA_SIZE = 16,
    ENTRIES_MAX = 1024, /* of one directory */
    NAME_MAX_UNITS = 64,
};

#define HIGH_BIT 0x80000000U /* in an entry: its name is a string; its target is a directory */

/* The resources of a program, read by their addresses in the image. */
struct resources {
    const struct pe *pe;
    struct pe_section sections[PE_SECTION_COUNT_MAX]; /* read once: there are many look-ups */
    uint32_t address, size;
};

static bool read_sections(struct resources *resources)
{
    for (unsigned i = 0; i < resources->pe->section_count; i++) {
        if (pe_read_section(resources->pe, i, &resources->sections[i], NULL) != 0) {
            return false;
        }
    }
    return true;
}

static bool read_image(const struct resources *resources, uint32_t address, void *buffer,
                       uint32_t length)
{
    const struct pe *pe = resources->pe;
    for (unsigned i = 0; i < pe->section_count; i++) {
        const struct pe_section *section = &resources->sections[i];
        if (address >= section->address && address - section->address <= section->raw_size &&
            length <= section->raw_size - (address - section->address)) {
            uint64_t offset = (uint64_t)section->raw_offset + (address - section->address);
            return offset <= pe->file->size && length <= pe->file->size - offset &&
                   file_read(pe->file, offset, buffer, length, NULL) == 0;
        }
    }
    return false;
}

static bool read_at(const struct resources *resources, uint32_t offset, void *buffer,
                    uint32_t length)
{
    return offset <= resources->size && length <= resources->size - offset &&
           offset <= UINT32_MAX - resources->address &&
           read_image(resources, resources->address + offset, buffer, length);
}

static bool is_named(const struct resources *resources, uint32_t offset, const char *name)
{
    uint8_t units[2 * (1 + NAME_MAX_UNITS)]; /* their number, then they */
    uint32_t length = (uint32_t)strlen(name);
    if (length > NAME_MAX_UNITS || !read_at(resources, offset, units, 2 * (1 + length)) ||
        get_u16(units) != length) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        if (get_u16(units + 2 + 2 * i) != (uint8_t)name[i]) {
            return false;
        }
    }
    return true;
}

/* Find an entry of the directory at an offset: the one with this name; else, without a name, with
 * this number; any, if that is 0. */
static bool find_entry(const struct resources *resources, uint32_t directory, const char *name,
                       uint32_t number, uint32_t *target)
{
    uint8_t head[DIRECTORY_SIZE], entry[ENTRY_SIZE];
    if (!read_at(resources, directory, head, sizeof(head))) {
        return false;
    }
    uint32_t count = (uint32_t)get_u16(head + DIRECTORY_NAMED) + get_u16(head + DIRECTORY_NUMBERED);
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        if (!read_at(resources, directory + DIRECTORY_SIZE + i * ENTRY_SIZE, entry,
                     sizeof(entry))) {
            return false;
        }
        uint32_t id = get_u32(entry);
        bool matches = name != NULL
                           ? (id & HIGH_BIT) != 0 && is_named(resources, id & ~HIGH_BIT, name)
                           : number == 0 || id == number;
        if (matches) {
            *target = get_u32(entry + ENTRY_TARGET);
            return true;
        }
    }
    return false;
}

bool pe_read_resource(const struct pe *pe, enum pe_resource_type type, const char *name,
                      void *buffer, uint32_t length)
{
    const struct pe_directory *place = &pe->directories[PE_DIRECTORY_RESOURCES];
    struct resources resources = {.pe = pe, .address = place->address, .size = place->size};
    uint32_t names, languages, target;
    uint8_t data[DATA_SIZE];
    /* Only three levels, so even a cyclic tree ends. */
    return place->size != 0 && read_sections(&resources) &&
           find_entry(&resources, 0, NULL, type, &names) && (names & HIGH_BIT) != 0 &&
           find_entry(&resources, names & ~HIGH_BIT, name, 0, &languages) &&
           (languages & HIGH_BIT) != 0 &&
           find_entry(&resources, languages & ~HIGH_BIT, NULL, 0, &target) &&
           (target & HIGH_BIT) == 0 && read_at(&resources, target, data, sizeof(data)) &&
           get_u32(data + DATA_LENGTH) >= length &&
           read_image(&resources, get_u32(data + DATA_ADDRESS), buffer, length);
}
