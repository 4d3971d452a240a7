/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit Windows boot applications. See pe.h. */
#include "bios/pe.h"

#include <string.h>

enum {
    MACHINE_I386 = 0x14C,
    MACHINE_X86_64 = 0x8664,
    MACHINE_ARM64 = 0xAA64,
    OPTIONAL_MAGIC_PE32 = 0x10B,
    SECTION_COUNT_MAX = 96,    /* Windows' own limit */
    IMAGE_SIZE_MAX = 64 << 20, /* bytes; the largest boot manager has about 2 MB with its copy */
    ALIGNMENT_MAX = 1 << 20,
};

struct dos_header {
    char magic[2];
    uint8_t stub[58];
    uint32_t pe_offset;
} __attribute__((packed));
_Static_assert(sizeof(struct dos_header) == 64, "MS-DOS header");

struct nt_headers {
    char signature[4];
    uint16_t machine;
    uint16_t section_count;
    uint32_t time, symbols, symbol_count;
    uint16_t optional_size;
    uint16_t characteristics;
    /* The part of the optional header that is used here. */
    uint16_t magic;
    uint8_t linker[2];
    uint32_t code_size, data_size, bss_size;
    uint32_t entry_point; /* this and all further addresses from the image base */
    uint32_t code_base, data_base;
    uint32_t image_base;
    uint32_t section_alignment, file_alignment;
    uint8_t versions[16];
    uint32_t image_size;
    uint32_t headers_size;
} __attribute__((packed));

enum { OPTIONAL_OFFSET = 24, OPTIONAL_SIZE_MIN = sizeof(struct nt_headers) - OPTIONAL_OFFSET };
_Static_assert(sizeof(struct nt_headers) == OPTIONAL_OFFSET + 64,
               "PE32 headers up to SizeOfHeaders");

struct section {
    char name[8];
    uint32_t virtual_size, address;
    uint32_t raw_size, raw_offset;
    uint8_t unused[16];
} __attribute__((packed));
_Static_assert(sizeof(struct section) == 40, "section header");

/* What check and load both read. */
struct headers {
    struct nt_headers nt;
    uint64_t section_offset; /* of the section table in the file */
};

static const char *machine_name(uint16_t machine)
{
    switch (machine) {
    case MACHINE_X86_64:
        return "a 64-bit (x86-64) program, for UEFI";
    case MACHINE_ARM64:
        return "an ARM64 program";
    default:
        return "for another processor";
    }
}

static int read_headers(const struct file *file, struct headers *headers, struct error *error)
{
    struct dos_header dos;
    struct nt_headers *nt = &headers->nt;

    if (file->size < sizeof(dos)) {
        return error_set(error, "%s: has only %u bytes, not a Windows program", file->name,
                         (unsigned)file->size);
    }
    if (file->size > IMAGE_SIZE_MAX) {
        return error_set(error, "%s: too large for a boot manager (%llu bytes)", file->name,
                         (unsigned long long)file->size);
    }
    if (file_read(file, 0, &dos, sizeof(dos), error) != 0) {
        return -1;
    }
    if (memcmp(dos.magic, "MZ", 2) != 0) {
        return error_set(error, "%s: does not start with 'MZ', so it is not a Windows program",
                         file->name);
    }
    if (dos.pe_offset > file->size || sizeof(*nt) > file->size - dos.pe_offset) {
        return error_set(error, "%s: the PE header at 0x%x lies beyond the end of the file",
                         file->name, dos.pe_offset);
    }
    if (file_read(file, dos.pe_offset, nt, sizeof(*nt), error) != 0) {
        return -1;
    }
    if (memcmp(nt->signature, "PE\0", 4) != 0) {
        return error_set(error, "%s: no PE signature at 0x%x: not a Windows program", file->name,
                         dos.pe_offset);
    }
    if (nt->machine != MACHINE_I386) {
        return error_set(error, "%s: is %s (machine 0x%x): BIOS needs the 32-bit bootmgr.exe",
                         file->name, machine_name(nt->machine), nt->machine);
    }
    if (nt->magic != OPTIONAL_MAGIC_PE32 || nt->optional_size < OPTIONAL_SIZE_MIN) {
        return error_set(error, "%s: the optional header at 0x%x is not that of a 32-bit program",
                         file->name, dos.pe_offset + OPTIONAL_OFFSET);
    }
    headers->section_offset = (uint64_t)dos.pe_offset + OPTIONAL_OFFSET + nt->optional_size;
    return 0;
}

static int read_section(const struct file *file, const struct headers *headers, unsigned index,
                        struct section *section, struct error *error)
{
    uint64_t offset = headers->section_offset + (uint64_t)index * sizeof(*section);

    if (offset > file->size || sizeof(*section) > file->size - offset) {
        return error_set(error, "%s: section header %u at 0x%llx lies beyond the end of the file",
                         file->name, index + 1, (unsigned long long)offset);
    }
    if (file_read(file, offset, section, sizeof(*section), error) != 0) {
        return -1;
    }
    if (section->virtual_size == 0) {
        section->virtual_size = section->raw_size; /* what some linkers mean by it */
    }
    return 0;
}

/* The bytes a section takes in memory: whole alignments. 0: more than an image may have. */
static uint32_t section_span(const struct section *section, uint32_t alignment)
{
    if (section->virtual_size > IMAGE_SIZE_MAX) {
        return 0;
    }
    return (section->virtual_size + alignment - 1) & ~(alignment - 1);
}

static int check_section(const struct file *file, const struct headers *headers, unsigned index,
                         uint32_t *length, struct error *error)
{
    struct section section;

    if (read_section(file, headers, index, &section, error) != 0) {
        return -1;
    }
    uint32_t span = section_span(&section, headers->nt.section_alignment);
    if (section.address > IMAGE_SIZE_MAX || (span == 0 && section.virtual_size != 0)) {
        return error_set(error, "%s: section %u lies at 0x%x with 0x%x bytes: too far", file->name,
                         index + 1, section.address, section.virtual_size);
    }
    if (section.raw_size > 0 &&
        (section.raw_offset > file->size || section.raw_size > file->size - section.raw_offset)) {
        return error_set(error,
                         "%s: section %u (0x%x bytes at 0x%x) lies beyond the end of the file",
                         file->name, index + 1, section.raw_size, section.raw_offset);
    }
    if (section.address + span > *length) {
        *length = section.address + span;
    }
    return 0;
}

int pe_check(const struct file *file, struct pe *pe, struct error *error)
{
    struct headers headers;

    if (read_headers(file, &headers, error) != 0) {
        return -1;
    }
    const struct nt_headers *nt = &headers.nt;
    uint32_t alignment = nt->section_alignment;
    if (alignment == 0 || alignment > ALIGNMENT_MAX || (alignment & (alignment - 1)) != 0) {
        return error_set(error, "%s: impossible section alignment 0x%x", file->name, alignment);
    }
    if (nt->section_count == 0 || nt->section_count > SECTION_COUNT_MAX) {
        return error_set(error, "%s: impossible number of sections (%u)", file->name,
                         nt->section_count);
    }
    if (nt->headers_size > file->size) {
        return error_set(error, "%s: the headers (0x%x bytes) reach beyond the end of the file",
                         file->name, nt->headers_size);
    }
    uint32_t length = nt->headers_size;
    for (unsigned i = 0; i < nt->section_count; i++) {
        if (check_section(file, &headers, i, &length, error) != 0) {
            return -1;
        }
    }
    length = (length + alignment - 1) & ~(alignment - 1);
    if (nt->entry_point >= length) {
        return error_set(error, "%s: the entry point 0x%x lies outside the image", file->name,
                         nt->entry_point);
    }
    *pe = (struct pe){
        .base = nt->image_base,
        .entry_point = nt->image_base + nt->entry_point,
        .length = length,
        .total = length + (uint32_t)file->size,
    };
    if (pe->base > UINT32_MAX - pe->total) {
        return error_set(error, "%s: the image base 0x%x leaves no room", file->name, pe->base);
    }
    return 0;
}

int pe_load(const struct file *file, const struct pe *pe, uint8_t *memory, struct error *error)
{
    struct headers headers;

    if (read_headers(file, &headers, error) != 0) {
        return -1;
    }
    memset(memory, 0, pe->length);
    if (file_read(file, 0, memory, headers.nt.headers_size, error) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < headers.nt.section_count; i++) {
        struct section section;
        if (read_section(file, &headers, i, &section, error) != 0) {
            return -1;
        }
        uint32_t size = section_span(&section, headers.nt.section_alignment);
        if (size > section.raw_size) {
            size = section.raw_size;
        }
        memset(memory + section.address, 0, section.virtual_size);
        if (file_read(file, section.raw_offset, memory + section.address, size, error) != 0) {
            return -1;
        }
    }
    return file_read(file, 0, memory + pe->length, (size_t)file->size, error);
}
