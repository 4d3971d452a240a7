/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts on any program with any db and dbx: two lengths, then db, dbx, the program. */
#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"
#include "trust/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span take(const uint8_t **data, size_t *size, size_t length)
{
    length = length < *size ? length : *size;
    uint8_t *copy = malloc(length + 1); /* so that reading beyond the end is seen */
    memcpy(copy, *data, length);
    struct span span = {copy, length};
    *data += length;
    *size -= length;
    return span;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4) {
        return 0;
    }
    size_t db_size = get_u16(data), dbx_size = get_u16(data + 2);
    data += 4;
    size -= 4;
    struct trust_lists lists = {.db = take(&data, &size, db_size)};
    lists.dbx = take(&data, &size, dbx_size);
    lists.mok = lists.dbx;
    struct span program = take(&data, &size, size);
    struct pool *pool = pool_create();
    struct trust_verdict verdict;
    struct error error;
    char text[160];
    if (trust_judge(file_from_memory(pool, "fuzz", program.bytes, program.size), &lists, &verdict,
                    &error) == 0) {
        trust_describe(&verdict, text, sizeof(text));
        if (verdict.result == TRUST_GIVEN && lists.db.size == 0) {
            abort();
        }
    }
    pool_destroy(pool);
    free((void *)lists.db.bytes);
    free((void *)lists.dbx.bytes);
    free((void *)program.bytes);
    return 0;
}
