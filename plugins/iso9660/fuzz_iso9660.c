/* SPDX-License-Identifier: BSD-2-Clause */
/* ISO 9660 of any bytes, from the first volume descriptor on. */
#include "tests/container/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_container("ISO 9660", 16 * 2048, data, size);
}
