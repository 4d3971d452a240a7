/* SPDX-License-Identifier: BSD-2-Clause */
/* See chunk_run.h. */
#include "tests/decompress/chunk_run.h"

struct run chunks_run(const uint8_t *chunks, size_t size, bool hash, void *(*allocate)(size_t size))
{
    static uint8_t *out, *workspace;
    static size_t out_size, workspace_size;
    struct run result = {0};
    struct chunk_record record;
    for (size_t at = 0; at < size; at += record.in_size) {
        memcpy(&record, chunks + at, sizeof(record));
        at += sizeof(record);
        const struct decompressor *decompressor = decompressor_find(record.decompressor);
        if (decompressor == NULL) {
            result.problem = "unknown decompressor";
            return result;
        }
        size_t needed = decompressor->workspace_size != NULL
                            ? decompressor->workspace_size(record.chunk_size)
                            : 0;
        if (needed > workspace_size) {
            workspace_size = needed;
            workspace = allocate(workspace_size);
        }
        if (record.out_size > out_size) {
            out_size = record.out_size;
            out = allocate(out_size);
        }

        struct decompress_failure failure;
        bool done = decompressor->decompress(chunks + at, record.in_size, out, record.out_size,
                                             record.chunk_size, workspace, &failure);
        if (hash) {
            result.hash = hash_outcome(result.hash, done, out, record.out_size, &failure);
        } else if (!done) {
            result.problem = failure.reason;
            return result;
        }
        result.produced += record.out_size;
    }
    return result;
}
