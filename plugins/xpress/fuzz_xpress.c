/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the XPRESS decompressor. */
#include "tests/decompress/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decompressor("xpress", 12, 16, data, size);
}
