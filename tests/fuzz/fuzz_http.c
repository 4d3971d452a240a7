/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of HTTP servers: any status and headers, and a body in chunks, to a request for a whole
 * file or for a part. No more bytes come out than were told or asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "transport/chunked.h"
#include "transport/http_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PART_SIZE = 100, MEMORY_MAX = 1 << 20 };

/* The next line of the input, or NULL at its end. */
static const char *next_line(char **rest)
{
    return *rest == NULL ? NULL : strsep(rest, "\n");
}

static void receive(struct transfer *transfer, const struct http_body *body, const char *bytes)
{
    struct chunked chunked = {.state = CHUNKED_SIZE};
    struct file *file;
    struct error error;
    size_t length = strlen(bytes);
    int rc = body->is_chunked
                 ? chunked_add(&chunked, transfer, (const uint8_t *)bytes, length, &error)
                 : transfer_add(transfer, bytes, length, &error);
    if (rc != 0) {
        return;
    }
    if (transfer->done > length || (transfer->size_is_known && transfer->done > transfer->size)) {
        abort();
    }
    if (transfer->part.target == NULL && transfer_finish(transfer, "file", &file, &error) == 0 &&
        file->size != transfer->done) {
        abort();
    }
}

/* The status and "p" for a part in the first line, a header in each of the next six, then the
 * body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *console;
    uint8_t target[PART_SIZE];
    char *text = malloc(size + 1), *rest = text;
    memcpy(text, data, size);
    text[size] = '\0';
    if (console == NULL) {
        console = fopen("/dev/null", "w");
        host_set_console(console);
    }
    const char *first = next_line(&rest);
    struct http_answer answer = {.status = (unsigned)strtoul(first, NULL, 10)};
    const char **headers[] = {
        &answer.content_length, &answer.content_range, &answer.transfer_encoding,
        &answer.location,       &answer.etag,          &answer.last_modified};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        *headers[i] = next_line(&rest);
    }
    struct transfer transfer = {
        .pool = pool_create(), .label = "file", .size_max = MEMORY_MAX, .timeout_ms = 1000};
    struct http_body body;
    struct error error;
    if (strchr(first, 'p') != NULL) {
        transfer.part = (struct transfer_part){target, 10, sizeof(target)};
    }
    transfer_start(&transfer);
    if (http_judge(&answer, &transfer, &body, &error) == TRANSPORT_DONE && rest != NULL) {
        receive(&transfer, &body, rest);
    }
    pool_destroy(transfer.pool);
    free(text);
    return 0;
}
