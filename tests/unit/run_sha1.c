/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-1 as the BIOS image has it, in a 32-bit Linux program: ends with 0 if each block function
 * that is written for the processor gives what C gives, 1 if not, 2 if there is none. For
 * test_sha1.c.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sha1.h"
#include "digest/sha1.h"

int main(void)
{
    static uint8_t bytes[SHA_BLOCK_SIZE * 10];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)rand();
    }
    unsigned index = 0;
    for (sha1_blocks *native; (native = sha1_native(index)) != NULL; index++) {
        /* Unaligned, too: a file in a WIM starts anywhere. */
        for (size_t offset = 0; offset < SHA_BLOCK_SIZE; offset++) {
            uint32_t portable[5] = {1, 2, 3, 4, 5}, other[5] = {1, 2, 3, 4, 5};
            size_t count = offset % 10;
            sha1_compress_portable(portable, bytes + offset, count);
            native(other, bytes + offset, count);
            if (memcmp(other, portable, sizeof(other)) != 0) {
                return 1;
            }
        }
    }
    return index == 0 ? 2 : 0;
}
