/* SPDX-License-Identifier: BSD-2-Clause */
/* Security versions. See security_version.h. */
#include "trust/security_version.h"

#include <string.h>

#include "base/little_endian.h"

enum {
    GUID_SIZE = 16,
    /* An entry of dbx that asks for a version is in place of a hash. */
    ASKED_FORMAT = 1, /* its first byte */
    ASKED_APPLICATION = 1,
    ASKED_MINOR = 17,
    ASKED_MAJOR = 19,
    ASKED_ZEROS = 21,
    ASKED_SIZE = 32,

    /* Resources are a tree of three levels: type, name, language (Microsoft, "PE Format", the .rsrc
     * section). */
    DIRECTORY_NAMED = 12,
    DIRECTORY_NUMBERED = 14,
    DIRECTORY_SIZE = 16,
    ENTRY_SIZE = 8,
    ENTRY_TARGET = 4,
    DATA_ADDRESS = 0,
    DATA_LENGTH = 4,
    DATA_SIZE = 16,
    TYPE_RAW_DATA = 10, /* RT_RCDATA */
    ENTRIES_MAX = 1024, /* of one directory */
    NAME_MAX_UNITS = 64,
};

#define HIGH_BIT 0x80000000U /* in an entry: its name is a string; its target is a directory */

/* 9d132b6c-59d5-4388-ab1c-185c3cb2eb92 owns these entries; …6b61… is the boot manager. */
static const uint8_t owner_guid[GUID_SIZE] = {0x6C, 0x2B, 0x13, 0x9D, 0xD5, 0x59, 0x88, 0x43,
                                              0xAB, 0x1C, 0x18, 0x5C, 0x3C, 0xB2, 0xEB, 0x92};
static const uint8_t boot_manager_guid[GUID_SIZE] = {
    0x61, 0x2B, 0x13, 0x9D, 0xD5, 0x59, 0x88, 0x43, 0xAB, 0x1C, 0x18, 0x5C, 0x3C, 0xB2, 0xEB, 0x92};

bool security_version_of_signature(const struct signature *signature,
                                   struct security_version *version)
{
    static const uint8_t zeros[ASKED_SIZE - ASKED_ZEROS];
    const uint8_t *data = signature->data.bytes;
    if (signature->kind != SIGNATURE_SHA256 || signature->data.size != ASKED_SIZE ||
        memcmp(signature->owner, owner_guid, GUID_SIZE) != 0 || data[0] != ASKED_FORMAT ||
        memcmp(data + ASKED_APPLICATION, boot_manager_guid, GUID_SIZE) != 0 ||
        memcmp(data + ASKED_ZEROS, zeros, sizeof(zeros)) != 0) {
        return false;
    }
    version->minor = get_u16(data + ASKED_MINOR);
    version->major = get_u16(data + ASKED_MAJOR);
    return true;
}

bool security_version_is_less(struct security_version left, struct security_version right)
{
    return left.major != right.major ? left.major < right.major : left.minor < right.minor;
}

/* ---- resources ---- */

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

bool security_version_of_program(const struct pe *pe, struct security_version *version)
{
    const struct pe_directory *place = &pe->directories[PE_DIRECTORY_RESOURCES];
    struct resources resources = {.pe = pe, .address = place->address, .size = place->size};
    uint32_t type, name, language;
    uint8_t data[DATA_SIZE], bytes[4];
    /* Only three levels, so even a cyclic tree ends. */
    if (place->size == 0 || !read_sections(&resources) ||
        !find_entry(&resources, 0, NULL, TYPE_RAW_DATA, &type) || (type & HIGH_BIT) == 0 ||
        !find_entry(&resources, type & ~HIGH_BIT, "BOOTMGRSECURITYVERSIONNUMBER", 0, &name) ||
        (name & HIGH_BIT) == 0 || !find_entry(&resources, name & ~HIGH_BIT, NULL, 0, &language) ||
        (language & HIGH_BIT) != 0 || !read_at(&resources, language, data, sizeof(data)) ||
        get_u32(data + DATA_LENGTH) < sizeof(bytes) ||
        !read_image(&resources, get_u32(data + DATA_ADDRESS), bytes, sizeof(bytes))) {
        return false;
    }
    version->minor = get_u16(bytes);
    version->major = get_u16(bytes + 2);
    return true;
}
