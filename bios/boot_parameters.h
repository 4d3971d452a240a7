/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters from the boot loader that started us: the fields of the Linux/x86 boot protocol. */
#ifndef BIOS_BOOT_PARAMETERS_H
#define BIOS_BOOT_PARAMETERS_H

#include <stdint.h>

enum { COMMAND_LINE_SIZE = 4096 }; /* setup.asm promises loaders this, the NUL included */

struct boot_parameters {
    uint32_t initrd, initrd_size;         /* physical address, bytes */
    uint8_t loader_type;                  /* the boot protocol's type_of_loader */
    char command_line[COMMAND_LINE_SIZE]; /* NUL-terminated */
};

extern struct boot_parameters boot_parameters;

/**
 * Save the boot parameters. Must be called first, because they are in memory that the loader is
 * about to use.
 *
 * @param setup the setup code's segment, or the "zero page" of a 32-bit boot: the fields are at the
 *              same offsets
 */
void boot_parameters_save(const uint8_t *setup);

#endif
