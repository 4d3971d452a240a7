/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory with the test (QEMU's ivshmem-plain device): where the stand-in puts whole files
 * that the test looks at with independent tools.
 *
 * Layout: for each file a 16-byte header ("EXPORTED", size as 64-bit number), then its bytes, the
 * next one at a multiple of 16.
 */
#ifndef STANDIN_EXPORT_H
#define STANDIN_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct export_area {
    uint8_t *start; /* of this file's header */
    uint64_t size;  /* left from there */
    uint64_t used;  /* by this file, with its header */
};

/** Begin a file. False without the device. */
bool export_open(struct export_area *area);

/** Add bytes; a fat_sink for a struct export_area. */
void export_bytes(void *area, const void *data, size_t length);

#endif
