/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: 32-bit boot applications. What passes the check must load into the memory it asks
 * for. */
#include "bios/boot_program.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    struct boot_program program;
    struct pool *pool = pool_create();
    const struct file *file = file_from_memory(pool, "bootmgr.exe", data, size);
    if (boot_program_check(file, &program, &error) == 0) {
        uint8_t *memory = malloc(program.total);
        if (memory != NULL) {
            boot_program_load(&program, memory, &error);
        }
        free(memory);
    }
    pool_destroy(pool);
    return 0;
}
