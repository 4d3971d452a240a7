/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The preview of one machine: runs the loader's own pipeline on the given files, then the report
 * (report.lua) in the same interpreter, then writes what was requested.
 */
#include "host/preview.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "base/log_record.h"
#include "boot.h"
#include "host/host.h"
#include "host/report.h"
#include "plugins/image/image.h"
#include "volume/disk.h"

enum { COPY_SIZE = 1024 * 1024 };

static int extract(struct boot *boot, const char *request, struct error *error)
{
    const char *equals = strrchr(request, '=');
    char *path = pool_copy_string(boot->pool, request);
    uint8_t *buffer = memory_allocate(COPY_SIZE);
    if (path == NULL || buffer == NULL) {
        memory_free(buffer);
        return error_no_memory(error, "--extract");
    }
    path[equals - request] = '\0';
    const struct tree_node *node = tree_find(boot->tree, path);
    FILE *out = NULL;
    int rc = 0;
    if (node == NULL || node->file == NULL) {
        rc = error_set(error, "--extract %s: the virtual disk has no such file", path);
    } else if ((out = fopen(equals + 1, "wb")) == NULL) {
        rc = error_set(error, "--extract %s: %s", equals + 1, strerror(errno));
    }
    for (uint64_t done = 0; rc == 0 && done < node->file->size;) {
        uint64_t left = node->file->size - done;
        size_t length = left < COPY_SIZE ? (size_t)left : COPY_SIZE;
        rc = file_read(node->file, done, buffer, length, error);
        if (rc == 0 && fwrite(buffer, 1, length, out) != length) {
            rc = error_set(error, "--extract %s: %s", equals + 1, strerror(errno));
        }
        done += length;
    }
    if (out != NULL && fclose(out) != 0 && rc == 0) {
        rc = error_set(error, "--extract %s: %s", equals + 1, strerror(errno));
    }
    memory_free(buffer);
    return rc;
}

static int write_image(const struct preview *preview, struct volume *volume, struct error *error)
{
    char description[80];
    image_set_path(preview->image);
    const struct disk *disk = disk_find("file", error);
    return disk == NULL ? -1 : disk->attach(volume, description, sizeof(description), error);
}

static int write_outputs(const struct preview *preview, struct boot *boot, struct volume *volume,
                         struct error *error)
{
    for (size_t i = 0; i < preview->extract_count; i++) {
        if (extract(boot, preview->extracts[i], error) != 0) {
            return -1;
        }
    }
    return preview->image == NULL ? 0 : write_image(preview, volume, error);
}

/* The loader's command line: the machine's own, else that of the iPXE script, and the words given
 * after "--" after it. */
static const char *join_command_line(const struct preview *preview, const struct machine_plan *plan,
                                     const char *of_script)
{
    const char *own = plan->facts.command_line;
    const char *first = own[0] != '\0' ? own : of_script;
    size_t size = strlen(first) + strlen(preview->command_line) + 2;
    char *whole = pool_allocate(preview->pool, size);
    if (whole == NULL) {
        return first;
    }
    format_string(whole, size, "%s%s%s", first,
                  first[0] != '\0' && preview->command_line[0] != '\0' ? " " : "",
                  preview->command_line);
    return whole;
}

int preview_prepare(const struct preview *preview, struct machine_plan *plan, struct boot *boot,
                    struct volume **volume, struct error *error)
{
    const struct input *inputs = preview->inputs;
    size_t input_count = preview->input_count;
    const char *of_script = "";
    if (preview->ipxe_path != NULL) {
        int status = preview_run_ipxe(preview, plan, &inputs, &input_count, &of_script, error);
        if (status != PREVIEW_BOOTS) {
            return status;
        }
    }
    plan->facts.command_line = join_command_line(preview, plan, of_script);
    if (machine_finish(plan, error) != 0) {
        return PREVIEW_USAGE;
    }
    plan->facts.firmware_started_us = preview->ipxe_path == NULL && plan->facts.url != NULL &&
                                      strcmp(plan->facts.firmware, "efi") == 0;
    host_set_machine(&plan->facts);
    host_set_pci_devices(plan->pci, plan->pci_count);
    host_set_console(preview->json ? stderr : stdout);
    host_set_keys(plan->keys != NULL ? plan->keys : preview->keys);
    inputs_set(inputs, input_count);
    log_record_clear();
    return boot_prepare(boot, volume, error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
}

int preview_close_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return status;
    }
    fprintf(stderr, "wimboot-preview: standard output: %s\n", strerror(errno));
    return status == PREVIEW_BOOTS ? PREVIEW_FAILS : status;
}

int preview_run(const struct preview *preview, struct machine_plan *plan)
{
    struct error error = {.text = ""};
    struct boot boot = {.pool = pool_create()};
    struct volume *volume = NULL;
    int status = PREVIEW_FAILS;
    report_attach(preview);
    if (boot.pool == NULL) {
        error_no_memory(&error, "the preview");
    } else {
        status = preview_prepare(preview, plan, &boot, &volume, &error);
    }
    if (status == PREVIEW_BOOTS && write_outputs(preview, &boot, volume, &error) != 0) {
        status = PREVIEW_FAILS;
    }
    if (status == PREVIEW_BOOTS && report_check_damage(&error) != 0) {
        status = PREVIEW_FAILS;
    }
    report_print(preview, plan, status == PREVIEW_BOOTS ? volume : NULL, error.text);
    fflush(stdout);
    if (status == PREVIEW_BOOTS && !report_is_whole()) {
        error_set(&error, "the report is not whole");
        status = PREVIEW_FAILS;
    }
    if (status == PREVIEW_BOOTS && preview->nbd) {
        status = preview_nbd(preview, &error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
    } else if (status == PREVIEW_BOOTS && preview->qemu) {
        status = preview_qemu(preview, plan, &error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
    }
    if (status != PREVIEW_BOOTS) {
        fprintf(stderr, "wimboot-preview: %s: %s\n",
                status == PREVIEW_UNCERTAIN ? "cannot tell" : "would not boot", error.text);
    }
    pool_destroy(boot.pool);
    return status;
}
