/* SPDX-License-Identifier: BSD-2-Clause */
/* Making an index of a collection of drivers, which the loader then fetches in place of it. */
#include "host/driver_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drivers/driver.h"
#include "drivers/inf.h"
#include "host/folder.h"
#include "host/preview.h"

static void write_text(struct driver_index_sink *sink, const char *text, size_t length)
{
    fwrite(text, 1, length, stdout);
}

static bool is_inf(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".inf") == 0;
}

/* Read a whole file; to be freed. */
static char *read_file(const char *path, size_t *size, struct error *error)
{
    FILE *stream = fopen(path, "rb");
    char *bytes = malloc(INF_SIZE_MAX + 1);
    *size = stream == NULL || bytes == NULL ? 0 : fread(bytes, 1, INF_SIZE_MAX + 1, stream);
    if (stream == NULL || bytes == NULL || ferror(stream)) {
        error_set(error, "%s: %s", path, strerror(errno));
        free(bytes);
        bytes = NULL;
    }
    if (stream != NULL) {
        fclose(stream);
    }
    return bytes;
}

/* @return 1 if the file is a package for PCI devices, 0 if it is none, -1 if it cannot be read */
static int add_inf(const struct input *input, struct error *error)
{
    struct driver_index_sink sink = {write_text};
    struct extent extent;
    struct file file;
    bool useful = false;
    size_t size;
    char *bytes = read_file(input->path, &size, error);
    if (bytes == NULL) {
        return -1;
    }
    file_on_memory(&file, &extent, input->path, bytes, size);
    int rc = driver_index_inf(&sink, &file, input->name, &useful, error);
    free(bytes);
    return rc == 0 ? useful : -1;
}

int driver_index_run(int argc, char **argv)
{
    struct pool *pool = pool_create();
    struct input_list list = {NULL, 0, 0};
    struct error error;
    unsigned inf_count = 0, package_count = 0;
    int status = PREVIEW_BOOTS;
    if (argc != 2 || argv[1][0] == '-') {
        fputs("Usage: wimboot-preview drivers FOLDER > drivers.idx\n", stderr);
        return PREVIEW_USAGE;
    }
    if (pool == NULL || folder_add(pool, &list, argv[1], "", &error) != 0) {
        fprintf(stderr, "wimboot-preview: %s\n", pool == NULL ? "out of memory" : error.text);
        pool_destroy(pool);
        return PREVIEW_FAILS;
    }
    fputs(DRIVER_INDEX_START, stdout);
    for (size_t i = 0; i < list.count; i++) {
        if (!is_inf(list.items[i].name)) {
            continue;
        }
        int rc = add_inf(&list.items[i], &error);
        if (rc < 0) {
            fprintf(stderr, "wimboot-preview: %s\n", error.text);
            status = PREVIEW_FAILS;
            continue;
        }
        inf_count++;
        package_count += (unsigned)rc;
    }
    fprintf(stderr, "%u of %u INF files are for PCI devices\n", package_count, inf_count);
    pool_destroy(pool);
    return status;
}
