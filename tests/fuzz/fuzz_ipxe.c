/* SPDX-License-Identifier: BSD-2-Clause */
/* iPXE scripts of any bytes. Every file of the server whose name has no 'x' exists, and is the same
 * script; the run comes to an end that says why, or to the loader. */
#include <stdlib.h>
#include <string.h>

#include "host/ipxe/ipxe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
    const uint8_t *data;
    size_t size;
};

static int read_script(void *context, struct pool *pool, const char *path, size_t limit,
                       const char **data, size_t *size)
{
    const struct script *script = context;
    if (strchr(path, 'x') != NULL) {
        return -1;
    }
    *size = script->size < limit ? script->size : limit;
    char *copy = pool_allocate(pool, *size + 1);
    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, script->data, *size);
    *data = copy;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[] = "#!ipxe\n";
    static const struct ipxe_fact facts[] = {{"net0/mac", "52:54:00:12:34:56"}, {"product", "PC"}};
    static const char *const answers[] = {"a", "none", "b"};
    struct pool *pool = pool_create();
    struct script script = {.size = sizeof(magic) - 1 + size};
    uint8_t *text = malloc(script.size);
    if (pool == NULL || text == NULL) {
        abort();
    }
    memcpy(text, magic, sizeof(magic) - 1);
    memcpy(text + sizeof(magic) - 1, data, size);
    script.data = text;
    struct ipxe_start start = {
        .path = "boot",
        .root = "/srv",
        .firmware = "bios",
        .arch = "i386",
        .files = {&script, read_script},
        .fact_count = 2,
        .facts = facts,
        .answer_count = 3,
        .answers = answers,
    };
    struct ipxe_result result;
    struct error error;
    if (ipxe_run(pool, &start, &result, &error) == 0 &&
        (result.end == IPXE_BOOTS ? result.command_line == NULL : result.reason == NULL)) {
        abort();
    }
    pool_destroy(pool);
    free(text);
    return 0;
}
