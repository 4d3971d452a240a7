/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognising files of any bytes; text is told apart with and without what follows a NUL. */
#include <stdlib.h>
#include <string.h>

#include "files/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    const struct file *file = file_from_memory(pool, "fuzz", data, size);
    uint64_t length, binary_length;
    enum content content = sniff(file, &length);
    enum content binary = sniff_binary(file, &binary_length);
    if (binary != CONTENT_UNKNOWN && (binary != content || binary_length != length)) {
        abort();
    }
    if (content_name(content)[0] == '\0' || (content == CONTENT_UNKNOWN && length != 0)) {
        abort();
    }
    if (content == CONTENT_LUA && memchr(data, 0, (size_t)length) != NULL) {
        abort();
    }
    is_lua((const char *)data, size);
    pool_destroy(pool);
    return 0;
}
