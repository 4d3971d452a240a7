/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secure Boot's lists for the machine that the preview simulates: a file of signature lists (as
 * efi-readvar and cert-to-efi-sig-list write them), or a variable as Linux shows it in efivarfs,
 * with four bytes of attributes before the lists.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/machine.h"
#include "trust/signature_list.h"

enum { ATTRIBUTES_SIZE = 4, FILE_SIZE_MAX = 1 << 20 };

static bool is_list(struct span bytes)
{
    struct signature_walk walk = {.rest = bytes};
    struct signature signature;
    size_t count = 0;
    while (signature_next(&walk, &signature)) {
        count++;
    }
    return !walk.damaged && count > 0;
}

/* The bytes stay until the program ends, as the machine's do. */
static int read_file(const char *path, struct span *bytes, struct error *error)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return error_set(error, "%s: %s", path, strerror(errno));
    }
    uint8_t *buffer = malloc(FILE_SIZE_MAX);
    if (buffer == NULL) {
        fclose(stream);
        return error_no_memory(error, "%s", path);
    }
    *bytes = (struct span){buffer, fread(buffer, 1, FILE_SIZE_MAX, stream)};
    fclose(stream);
    // cppcheck-suppress memleak ; it is in *bytes
    return 0;
}

int machine_read_list(struct machine_bytes *list, const char *path, struct error *error)
{
    struct span bytes = {0};
    if (read_file(path, &bytes, error) != 0) {
        return -1;
    }
    if (!is_list(bytes) && bytes.size > ATTRIBUTES_SIZE) {
        bytes.bytes += ATTRIBUTES_SIZE;
        bytes.size -= ATTRIBUTES_SIZE;
    }
    if (!is_list(bytes)) {
        return error_set(error,
                         "%s: is not a list of signatures: give an ESL file, or a variable from "
                         "/sys/firmware/efi/efivars",
                         path);
    }
    *list = (struct machine_bytes){bytes.bytes, bytes.size};
    return 0;
}
