/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the LZNT1 decompressor. */
#include "tests/decompress/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decompressor("lznt1", 12, 12, data, size);
}
