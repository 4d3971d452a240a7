/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers of PE files. See pe.h. */
#include "files/pe.h"

#include <string.h>

#include "base/little_endian.h"

enum {
    DOS_HEADER_SIZE = 64,
    DOS_PE_OFFSET = 0x3C,

    /* From the signature on. */
    MACHINE = 4,
    SECTION_COUNT = 6,
    SYMBOLS = 12,
    SYMBOL_COUNT = 16,
    OPTIONAL_SIZE = 20,
    CHARACTERISTICS = 22,
    OPTIONAL = 24,

    /* In the optional header. Some fields have 8 bytes in PE32+. */
    FORMAT = 0,
    ENTRY_POINT = 16,
    IMAGE_BASE_32 = 28,
    IMAGE_BASE_32_PLUS = 24,
    SECTION_ALIGNMENT = 32,
    FILE_ALIGNMENT = 36,
    IMAGE_SIZE = 56,
    HEADERS_SIZE = 60,
    CHECKSUM = 64,
    SUBSYSTEM = 68,
    DLL_CHARACTERISTICS = 70,
    DIRECTORIES_32 = 96, /* the 4 bytes in front are their number */
    DIRECTORIES_32_PLUS = 112,
    DIRECTORY_SIZE = 8,
    OPTIONAL_SIZE_MAX = DIRECTORIES_32_PLUS + PE_DIRECTORY_COUNT * DIRECTORY_SIZE,

    SECTION_SIZE = 40,
    SYMBOL_SIZE = 18,
};

/* Find the PE signature and read what follows up to the optional header. */
static int read_coff(const struct file *file, uint32_t *offset, uint8_t coff[OPTIONAL],
                     struct error *error)
{
    uint8_t dos[DOS_HEADER_SIZE];
    if (file->size < sizeof(dos)) {
        return error_set(error, "%s: has only %u bytes, not a program", file->name,
                         (unsigned)file->size);
    }
    if (file_read(file, 0, dos, sizeof(dos), error) != 0) {
        return -1;
    }
    if (memcmp(dos, "MZ", 2) != 0) {
        return error_set(error, "%s: does not start with 'MZ', so it is not a program", file->name);
    }
    *offset = get_u32(dos + DOS_PE_OFFSET);
    if (*offset > file->size || OPTIONAL > file->size - *offset) {
        return error_set(error, "%s: the PE header at 0x%x lies beyond the end of the file",
                         file->name, *offset);
    }
    if (file_read(file, *offset, coff, OPTIONAL, error) != 0) {
        return -1;
    }
    if (memcmp(coff, "PE\0", 4) != 0) {
        return error_set(error, "%s: no PE signature at 0x%x, so it is not a program", file->name,
                         *offset);
    }
    return 0;
}

/* Where the data directories start in an optional header; 0: it is not one. */
static size_t directories_offset(uint16_t format)
{
    switch (format) {
    case PE_FORMAT_32:
        return DIRECTORIES_32;
    case PE_FORMAT_32_PLUS:
        return DIRECTORIES_32_PLUS;
    default:
        return 0;
    }
}

/* Those that the optional header has room for; a number beyond that means nothing to Windows. */
static void read_directories(struct pe *pe, const uint8_t *optional, size_t size)
{
    size_t offset = directories_offset(pe->format);
    uint32_t count = get_u32(optional + offset - 4);
    for (size_t i = 0; i < count && i < PE_DIRECTORY_COUNT; i++, offset += DIRECTORY_SIZE) {
        if (size - offset < DIRECTORY_SIZE) {
            return;
        }
        pe->directories[i].address = get_u32(optional + offset);
        pe->directories[i].size = get_u32(optional + offset + 4);
    }
}

static int read_optional(struct pe *pe, size_t size, struct error *error)
{
    const struct file *file = pe->file;
    uint8_t optional[OPTIONAL_SIZE_MAX] = {0};
    if (size > file->size - pe->optional_offset) {
        return error_set(error,
                         "%s: the optional header at 0x%llx (%zu bytes) lies beyond the end of the "
                         "file",
                         file->name, (unsigned long long)pe->optional_offset, size);
    }
    if (size > sizeof(optional)) {
        size = sizeof(optional);
    }
    if (file_read(file, pe->optional_offset, optional, size, error) != 0) {
        return -1;
    }
    pe->format = get_u16(optional + FORMAT);
    size_t fixed = directories_offset(pe->format);
    if (fixed == 0 || size < fixed) {
        return error_set(error, "%s: the optional header at 0x%llx is not that of a program",
                         file->name, (unsigned long long)pe->optional_offset);
    }
    pe->image_base = pe->format == PE_FORMAT_32 ? get_u32(optional + IMAGE_BASE_32)
                                                : get_u64(optional + IMAGE_BASE_32_PLUS);
    pe->entry_point = get_u32(optional + ENTRY_POINT);
    pe->section_alignment = get_u32(optional + SECTION_ALIGNMENT);
    pe->file_alignment = get_u32(optional + FILE_ALIGNMENT);
    pe->image_size = get_u32(optional + IMAGE_SIZE);
    pe->headers_size = get_u32(optional + HEADERS_SIZE);
    pe->checksum = get_u32(optional + CHECKSUM);
    pe->subsystem = get_u16(optional + SUBSYSTEM);
    pe->dll_characteristics = get_u16(optional + DLL_CHARACTERISTICS);
    read_directories(pe, optional, size);
    return 0;
}

int pe_read(const struct file *file, struct pe *pe, struct error *error)
{
    uint8_t coff[OPTIONAL];
    *pe = (struct pe){.file = file};
    if (read_coff(file, &pe->offset, coff, error) != 0) {
        return -1;
    }
    uint16_t optional_size = get_u16(coff + OPTIONAL_SIZE);
    pe->machine = get_u16(coff + MACHINE);
    pe->characteristics = get_u16(coff + CHARACTERISTICS);
    pe->symbols = get_u32(coff + SYMBOLS);
    pe->symbol_count = get_u32(coff + SYMBOL_COUNT);
    pe->section_count = get_u16(coff + SECTION_COUNT);
    pe->optional_offset = (uint64_t)pe->offset + OPTIONAL;
    pe->section_offset = pe->optional_offset + optional_size;
    if (read_optional(pe, optional_size, error) != 0) {
        return -1;
    }
    if (pe->section_count > PE_SECTION_COUNT_MAX) {
        return error_set(error, "%s: impossible number of sections (%u)", file->name,
                         pe->section_count);
    }
    if ((uint64_t)pe->section_count * SECTION_SIZE > file->size - pe->section_offset) {
        return error_set(error, "%s: the section table at 0x%llx lies beyond the end of the file",
                         file->name, (unsigned long long)pe->section_offset);
    }
    return 0;
}

int pe_read_section(const struct pe *pe, unsigned index, struct pe_section *section,
                    struct error *error)
{
    uint8_t header[SECTION_SIZE];
    if (file_read(pe->file, pe->section_offset + (uint64_t)index * sizeof(header), header,
                  sizeof(header), error) != 0) {
        return -1;
    }
    *section = (struct pe_section){
        .virtual_size = get_u32(header + 8),
        .address = get_u32(header + 12),
        .raw_size = get_u32(header + 16),
        .raw_offset = get_u32(header + 20),
        .characteristics = get_u32(header + 36),
    };
    memcpy(section->name, header, 8);
    if (section->virtual_size == 0) {
        section->virtual_size = section->raw_size; /* what some linkers mean by it */
    }
    return 0;
}

static void extend(uint64_t *end, uint64_t offset, uint64_t length)
{
    if (offset + length > *end) {
        *end = offset + length;
    }
}

/* Everything added up here has 32 bits, or is a small multiple of that: no sum wraps. */
int pe_file_size(const struct pe *pe, uint64_t *size, struct error *error)
{
    *size = pe->section_offset + (uint64_t)pe->section_count * SECTION_SIZE;
    extend(size, 0, pe->headers_size);
    for (unsigned i = 0; i < pe->section_count; i++) {
        struct pe_section section;
        if (pe_read_section(pe, i, &section, error) != 0) {
            return -1;
        }
        extend(size, section.raw_offset, section.raw_size);
    }
    if (pe->symbols != 0) {
        /* After the symbols, their long names: a table that starts with its own size. */
        uint8_t names_size[4] = {0};
        uint64_t names = pe->symbols + (uint64_t)pe->symbol_count * SYMBOL_SIZE;
        if (names <= pe->file->size && sizeof(names_size) <= pe->file->size - names &&
            file_read(pe->file, names, names_size, sizeof(names_size), error) != 0) {
            return -1;
        }
        extend(size, names, get_u32(names_size));
    }
    const struct pe_directory *certificates = &pe->directories[PE_DIRECTORY_CERTIFICATES];
    extend(size, certificates->address, certificates->size);
    return 0;
}

const char *pe_machine_name(uint16_t machine)
{
    switch (machine) {
    case PE_MACHINE_I386:
        return "32-bit x86";
    case PE_MACHINE_X86_64:
        return "x86-64";
    case PE_MACHINE_ARM64:
        return "ARM64";
    default:
        return "another processor";
    }
}

uint16_t pe_machine_of(const char *arch)
{
    return strcmp(arch, "x86_64") == 0  ? PE_MACHINE_X86_64
           : strcmp(arch, "arm64") == 0 ? PE_MACHINE_ARM64
                                        : PE_MACHINE_I386;
}

int pe_check_machine(const struct file *file, const char *arch, struct error *error)
{
    struct pe pe;
    if (pe_read(file, &pe, error) != 0) {
        return -1;
    }
    uint16_t needed = pe_machine_of(arch);
    if (pe.machine != needed) {
        return error_set(error, "%s: built for %s (machine 0x%x); this firmware starts %s",
                         file->name, pe_machine_name(pe.machine), pe.machine,
                         pe_machine_name(needed));
    }
    return 0;
}
