/* SPDX-License-Identifier: BSD-2-Clause */
/* 32-bit Windows boot applications. See boot_program.h. */
#include "bios/boot_program.h"

#include <string.h>

enum {
    IMAGE_SIZE_MAX = 64 << 20, /* bytes; the largest boot manager has about 2 MB with its copy */
    ALIGNMENT_MAX = 1 << 20,
};

static int read_headers(const struct file *file, struct pe *pe, struct error *error)
{
    if (file->size > IMAGE_SIZE_MAX) {
        return error_set(error, "%s: too large for a boot manager (%llu bytes)", file->name,
                         (unsigned long long)file->size);
    }
    if (pe_read(file, pe, error) != 0) {
        return -1;
    }
    if (pe->machine != PE_MACHINE_I386) {
        return error_set(error,
                         "%s: is built for %s (machine 0x%x): BIOS needs the 32-bit bootmgr.exe",
                         file->name, pe_machine_name(pe->machine), pe->machine);
    }
    if (pe->format != PE_FORMAT_32) {
        return error_set(error, "%s: the optional header at 0x%llx is not that of a 32-bit program",
                         file->name, (unsigned long long)pe->optional_offset);
    }
    uint32_t alignment = pe->section_alignment;
    if (alignment == 0 || alignment > ALIGNMENT_MAX || (alignment & (alignment - 1)) != 0) {
        return error_set(error, "%s: impossible section alignment 0x%x", file->name, alignment);
    }
    if (pe->section_count == 0) {
        return error_set(error, "%s: has no sections", file->name);
    }
    if (pe->headers_size > file->size) {
        return error_set(error, "%s: the headers (0x%x bytes) reach beyond the end of the file",
                         file->name, pe->headers_size);
    }
    return 0;
}

/* The size of a section in memory: whole alignments. 0: more than an image may have. */
static uint32_t section_span(const struct pe_section *section, uint32_t alignment)
{
    if (section->virtual_size > IMAGE_SIZE_MAX) {
        return 0;
    }
    return (section->virtual_size + alignment - 1) & ~(alignment - 1);
}

static int check_section(const struct pe *pe, unsigned index, uint32_t *length, struct error *error)
{
    const struct file *file = pe->file;
    struct pe_section section;
    if (pe_read_section(pe, index, &section, error) != 0) {
        return -1;
    }
    uint32_t span = section_span(&section, pe->section_alignment);
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

int boot_program_check(const struct file *file, struct boot_program *program, struct error *error)
{
    struct pe pe;
    if (read_headers(file, &pe, error) != 0) {
        return -1;
    }
    uint32_t length = pe.headers_size;
    for (unsigned i = 0; i < pe.section_count; i++) {
        if (check_section(&pe, i, &length, error) != 0) {
            return -1;
        }
    }
    length = (length + pe.section_alignment - 1) & ~(pe.section_alignment - 1);
    if (pe.entry_point >= length) {
        return error_set(error, "%s: the entry point 0x%x lies outside the image", file->name,
                         pe.entry_point);
    }
    *program = (struct boot_program){
        .pe = pe,
        .base = (uint32_t)pe.image_base,
        .entry_point = (uint32_t)pe.image_base + pe.entry_point,
        .length = length,
        .total = length + (uint32_t)file->size,
    };
    if (program->base > UINT32_MAX - program->total) {
        return error_set(error, "%s: the image base 0x%x leaves no room", file->name,
                         program->base);
    }
    return 0;
}

int boot_program_load(const struct boot_program *program, uint8_t *memory, struct error *error)
{
    const struct pe *pe = &program->pe;
    const struct file *file = pe->file;
    memset(memory, 0, program->length);
    if (file_read(file, 0, memory, pe->headers_size, error) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < pe->section_count; i++) {
        struct pe_section section;
        if (pe_read_section(pe, i, &section, error) != 0) {
            return -1;
        }
        uint32_t size = section_span(&section, pe->section_alignment);
        if (size > section.raw_size) {
            size = section.raw_size;
        }
        memset(memory + section.address, 0, section.virtual_size);
        if (file_read(file, section.raw_offset, memory + section.address, size, error) != 0) {
            return -1;
        }
    }
    return file_read(file, 0, memory + program->length, (size_t)file->size, error);
}
