/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers of PE files: Windows and UEFI programs, and what Windows keeps in the same format.
 *
 * Only reads: whether this machine can start a program is for those to say who start it. Format:
 * Microsoft, "PE Format".
 */
#ifndef LOADER_PE_H
#define LOADER_PE_H

#include <stdint.h>

#include "base/error.h"
#include "files/file.h"

/** The processor that a program is built for. */
enum pe_machine {
    PE_MACHINE_I386 = 0x14C,
    PE_MACHINE_X86_64 = 0x8664,
    PE_MACHINE_ARM64 = 0xAA64,
};

enum pe_format {
    PE_FORMAT_32 = 0x10B,      /* PE32: addresses of 32 bits */
    PE_FORMAT_32_PLUS = 0x20B, /* PE32+: of 64 bits */
};

enum pe_subsystem {
    PE_SUBSYSTEM_EFI_APPLICATION = 10,
    PE_SUBSYSTEM_BOOT_APPLICATION = 16, /* bootmgr.exe */
};

/** Bits of `dll_characteristics`. */
enum {
    PE_NX_COMPATIBLE = 0x100, /* runs where data cannot be executed and code cannot be written */
};

/** Indexes of data directories. */
enum {
    PE_DIRECTORY_RESOURCES = 2,
    PE_DIRECTORY_CERTIFICATES = 4, /* its address is an offset in the file */
    PE_DIRECTORY_COUNT = 16,
};

/** Windows' own limit. */
enum { PE_SECTION_COUNT_MAX = 96 };

struct pe_directory {
    uint32_t address; /* from the image base; 0 if there is none */
    uint32_t size;    /* bytes */
};

/** Headers as they are in the file. They lie within it; nothing that they point at is checked. */
struct pe {
    const struct file *file;
    uint32_t offset;  /* of the PE signature */
    uint16_t machine; /* enum pe_machine, or another processor */
    uint16_t format;  /* enum pe_format */
    uint16_t subsystem;
    uint16_t characteristics;
    uint16_t dll_characteristics;
    uint32_t symbols; /* offset of the symbol table in the file; 0 if there is none */
    uint32_t symbol_count;
    uint32_t entry_point; /* from the image base */
    uint64_t image_base;  /* the address that the program prefers */
    uint32_t section_alignment, file_alignment;
    uint32_t image_size;   /* bytes in memory */
    uint32_t headers_size; /* bytes in the file, padding included */
    uint32_t checksum;
    uint64_t optional_offset; /* of the optional header in the file */
    uint64_t section_offset;  /* of the section table in the file */
    uint16_t section_count;   /* at most PE_SECTION_COUNT_MAX */
    struct pe_directory directories[PE_DIRECTORY_COUNT];
};

struct pe_section {
    char name[9];
    uint32_t virtual_size; /* bytes in memory; never 0 if there are bytes in the file */
    uint32_t address;      /* from the image base */
    uint32_t raw_size;     /* bytes in the file */
    uint32_t raw_offset;   /* in the file */
    uint32_t characteristics;
};

/**
 * Read a file's headers.
 *
 * @param file must outlive `pe`
 * @return 0, or -1 with the reason, naming the file: it is no PE, or its headers are damaged
 */
int pe_read(const struct file *file, struct pe *pe, struct error *error);

/**
 * Read a section's header.
 *
 * @param index less than pe->section_count
 */
int pe_read_section(const struct pe *pe, unsigned index, struct pe_section *section,
                    struct error *error);

/**
 * The end of all that the headers name: headers, sections, symbols, certificates. More than the
 * file's size if it was cut.
 *
 * @param size written: bytes
 */
int pe_file_size(const struct pe *pe, uint64_t *size, struct error *error);

/** The machine of programs for an architecture by its name, as struct machine has it: "x86_64". */
uint16_t pe_machine_of(const char *arch);

/**
 * Check that a program is built for an architecture. -1 with both by name if it is not, or if the
 * file is no program.
 */
int pe_check_machine(const struct file *file, const char *arch, struct error *error);

/** "x86-64", … for messages; "another processor" for one that is not in enum pe_machine. */
const char *pe_machine_name(uint16_t machine);

#endif
