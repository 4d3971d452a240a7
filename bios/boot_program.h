/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit Windows boot applications: checking and loading them at their own address.
 *
 * No relocation, no imports: bootmgr.exe has neither. No side effects except reading the file.
 */
#ifndef BIOS_BOOT_PROGRAM_H
#define BIOS_BOOT_PROGRAM_H

#include <stdint.h>

#include "base/error.h"
#include "files/file.h"
#include "files/pe.h"

struct boot_program {
    struct pe pe;
    uint32_t base;        /* the address where it must be loaded */
    uint32_t entry_point; /* address */
    uint32_t length;      /* bytes of the loaded image, whole section alignments */
    uint32_t total;       /* bytes of the image and of the raw copy of the file after it */
};

/**
 * Read and check the headers: -1 with what is wrong, if it is not a program we can start.
 *
 * @param file must outlive `program`
 */
int boot_program_check(const struct file *file, struct boot_program *program, struct error *error);

/**
 * Load a checked program: headers and sections, zeros between, and after them a raw copy of the
 * file, without which boot managers stop with 0xC0000098: they verify its signature.
 *
 * @param memory program->total bytes: those at program->base
 */
int boot_program_load(const struct boot_program *program, uint8_t *memory, struct error *error);

#endif
