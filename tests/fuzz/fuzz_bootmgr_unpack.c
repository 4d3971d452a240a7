/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: bootmgr.exe out of bootmgr. */
#include "compression/bootmgr_unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    const struct file *exe;
    struct pool *pool = pool_create();
    bootmgr_unpack(pool, file_from_memory(pool, "bootmgr", data, size), &exe, &error);
    pool_destroy(pool);
    return 0;
}
