/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter block of a Windows boot application: the argument of bootmgr.exe.
 *
 * Microsoft does not document it; the layout is known from the boot managers of Windows 7 to 10 and
 * from the ReactOS project, whose names are used here. No side effects: it only fills in bytes.
 */
#ifndef BIOS_BOOT_APP_H
#define BIOS_BOOT_APP_H

#include <stddef.h>
#include <stdint.h>

enum { BOOT_APP_REGION_COUNT_MAX = 5, BOOT_APP_SIZE_MAX = 0x21C };

/** Memory that the boot manager must not use: physical, whole pages. */
struct boot_app_region {
    uint64_t start, end;
};

struct boot_app_facts {
    uint32_t image_base;
    uint32_t image_size; /* bytes of the loaded image and of the raw copy after it */
    size_t region_count;
    struct boot_app_region regions[BOOT_APP_REGION_COUNT_MAX];
    uint64_t partition_offset; /* bytes from the start of the disk */
    uint32_t disk_signature;   /* of its MBR: how the boot manager finds it */
    uint32_t firmware;         /* address of { callback table, drive number } */
};

/**
 * Write the block.
 *
 * @param block BOOT_APP_SIZE_MAX bytes, aligned to 4
 * @return its size in bytes: 0x1CC with three regions, 0x28 more or less for each other
 */
size_t boot_app_write(void *block, const struct boot_app_facts *facts);

#endif
