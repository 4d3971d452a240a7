/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 32-bit Windows boot applications (PE32): checking and loading them at their own address.
 *
 * No relocation, no imports: bootmgr.exe has neither. Pure but for reading the file. Format:
 * Microsoft "PE Format".
 */
#ifndef BIOS_PE_H
#define BIOS_PE_H

#include <stdint.h>

#include "base/error.h"
#include "files/file.h"

struct pe {
    uint32_t base;        /* where it wants to be loaded */
    uint32_t entry_point; /* address */
    uint32_t length;      /* bytes of the loaded image, whole section alignments */
    uint32_t total;       /* bytes of the image and of the raw copy of the file behind it */
};

/** Read and check the headers: -1 with what is wrong, if it is not a program we can start. */
int pe_check(const struct file *file, struct pe *pe, struct error *error);

/**
 * Load a checked file: headers and sections, zeros between, and behind them a raw copy of the file,
 * without which boot managers stop with 0xC0000098: they verify its signature.
 *
 * @param memory pe->total bytes: those at pe->base
 */
int pe_load(const struct file *file, const struct pe *pe, uint8_t *memory, struct error *error);

#endif
