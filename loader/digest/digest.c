/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests of files and of bytes. The algorithms are plugins (plugins/sha256, …), except SHA-1,
 * which is always there (sha1.c).
 */
#include "digest/digest.h"

#include <string.h>

#include "base/memory.h"
#include "base/work.h"

enum {
    READ_SIZE = 256 * 1024,              /* bytes fetched from a reader at a time */
    PROGRESS_INTERVAL = 4 * 1024 * 1024, /* bytes between two calls of progress() */
};

const struct digest *digest_find(const char *name)
{
    PLUGIN_FOR_EACH(digest, entry)
    {
        if (strcmp(entry->name, name) == 0) {
            return entry;
        }
    }
    return NULL;
}

/* Bytes of the file from `offset` on, at most `limit`: in place, or read into the buffer (made when
 * it is first needed). */
static const void *next_piece(const struct file *file, uint64_t offset, uint64_t limit,
                              uint8_t **buffer, size_t *length, struct error *error)
{
    const struct extent *extent = file_find_extent(file, offset);
    if (extent != NULL && extent->kind == EXTENT_MEMORY) {
        uint64_t start = offset - extent->offset;
        if (limit > extent->length - start) {
            limit = extent->length - start;
        }
        *length = limit < PROGRESS_INTERVAL ? (size_t)limit : PROGRESS_INTERVAL;
        work_done.read += *length;
        return extent->bytes + start;
    }
    if (*buffer == NULL) {
        *buffer = memory_allocate(READ_SIZE);
    }
    if (*buffer == NULL) {
        error_no_memory(error, "reading %s", file->name);
        return NULL;
    }
    *length = limit < READ_SIZE ? (size_t)limit : READ_SIZE;
    if (file_read(file, offset, *buffer, *length, error) < 0) {
        return NULL;
    }
    return *buffer;
}

int file_visit(const struct file *file, uint64_t offset, uint64_t length,
               void (*visit)(void *context, const void *bytes, size_t length), void *context,
               struct error *error)
{
    uint8_t *buffer = NULL;
    uint64_t done = 0;
    if (offset > file->size || length > file->size - offset) {
        return error_set(error,
                         "%s: cannot hash %llu bytes at offset 0x%llx: the file has %llu bytes",
                         file->name, (unsigned long long)length, (unsigned long long)offset,
                         (unsigned long long)file->size);
    }
    while (done < length) {
        size_t piece_length;
        const void *piece =
            next_piece(file, offset + done, length - done, &buffer, &piece_length, error);
        if (piece == NULL) {
            memory_free(buffer);
            return -1;
        }
        visit(context, piece, piece_length);
        done += piece_length;
    }
    memory_free(buffer);
    return 0;
}

struct digesting {
    const struct digest *digest;
    struct digest_state state;
    uint64_t length, done, reported; /* bytes */
    void (*progress)(void *context, uint64_t done);
    void *context;
};

static void digest_piece(void *context, const void *bytes, size_t length)
{
    struct digesting *digesting = context;
    digesting->digest->update(&digesting->state, bytes, length);
    digesting->done += length;
    if (digesting->progress != NULL &&
        (digesting->done - digesting->reported >= PROGRESS_INTERVAL ||
         digesting->done == digesting->length)) {
        digesting->progress(digesting->context, digesting->done);
        digesting->reported = digesting->done;
    }
}

int digest_file(const struct digest *digest, const struct file *file, uint64_t offset,
                uint64_t length, uint8_t *result, void (*progress)(void *context, uint64_t done),
                void *context, struct error *error)
{
    struct digesting digesting = {
        .digest = digest, .length = length, .progress = progress, .context = context};
    digest->start(&digesting.state);
    if (file_visit(file, offset, length, digest_piece, &digesting, error) != 0) {
        return -1;
    }
    digest->finish(&digesting.state, result);
    return 0;
}

void sha1_of_bytes(const void *bytes, size_t length, uint8_t result[SHA1_SIZE])
{
    struct sha1 sha1;
    work_done.read += length;
    sha1_start(&sha1);
    sha1_update(&sha1, bytes, length);
    sha1_finish(&sha1, result);
}
