/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters from the boot loader that started us. See boot_parameters.h. */
#include "bios/boot_parameters.h"

#include "bios/real_mode.h"

enum {
    OFFSET_LOADER_TYPE = 0x210,
    OFFSET_RAMDISK_IMAGE = 0x218,
    OFFSET_RAMDISK_SIZE = 0x21C,
    OFFSET_COMMAND_LINE = 0x228,
};

struct boot_parameters boot_parameters;

static uint32_t field(const uint8_t *setup, unsigned offset)
{
    return *(const uint32_t *)(setup + offset);
}

void boot_parameters_save(const uint8_t *setup)
{
    uint32_t command_line = field(setup, OFFSET_COMMAND_LINE);
    boot_parameters.loader_type = setup[OFFSET_LOADER_TYPE];
    boot_parameters.initrd = field(setup, OFFSET_RAMDISK_IMAGE);
    boot_parameters.initrd_size = field(setup, OFFSET_RAMDISK_SIZE);
    if (boot_parameters.initrd_size == 0) {
        boot_parameters.initrd = 0;
    }
    if (command_line == 0) {
        return;
    }
    const char *from = physical(command_line);
    for (unsigned i = 0; i < COMMAND_LINE_SIZE - 1 && from[i] != '\0'; i++) {
        boot_parameters.command_line[i] = from[i];
    }
}
