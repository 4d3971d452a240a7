/* SPDX-License-Identifier: BSD-2-Clause */
/* The codes that boot managers end with, and what to check. docs/troubleshooting.md has the same
 * table, which a test compares with this one. */
#ifndef LOADER_BOOT_STATUS_H
#define LOADER_BOOT_STATUS_H

#include <stddef.h>
#include <stdint.h>

struct boot_status {
    uint32_t code;
    const char *advice;
};

enum { BOOT_STATUS_COUNT = 24 };

/** In the order of their codes. */
extern const struct boot_status boot_statuses[BOOT_STATUS_COUNT];

/** What to check after this code; NULL: none is known. */
const char *boot_status_advice(uint32_t code);

#endif
