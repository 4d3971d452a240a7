/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The preview of one machine: runs the loader's own pipeline on the given files, then the report
 * (report.lua) in the same interpreter, then writes what was asked for.
 */
#include "host/preview.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "boot.h"
#include "host/host.h"
#include "host/report.h"
#include "plugins/image/image.h"
#include "volume/disk.h"

enum { COPY_SIZE = 1024 * 1024 };

/* The files as this firmware gets them from the iPXE script. A file that iPXE hands over without a
 * name in BIOS is named by the loader after its content. */
static const struct input *inputs_of_script(const struct preview *preview, bool bios, size_t *count)
{
    const struct ipxe_script *script = preview->ipxe;
    struct input *inputs =
        pool_allocate_array(preview->pool, script->image_count + 1, sizeof(*inputs));
    *count = 0;
    for (size_t i = 0; inputs != NULL && i < script->image_count; i++) {
        const struct ipxe_image *image = &script->images[i];
        inputs[(*count)++] = (struct input){
            .name = bios ? image->bios_name : image->efi_name,
            .path = image->path,
            .unnamed = bios && image->bios_name == NULL,
            .is_joined = bios,
        };
    }
    return inputs;
}

/* Say where BIOS and UEFI would see different names. */
static void compare_names(const struct preview *preview, FILE *out)
{
    for (size_t i = 0; i < preview->ipxe->image_count; i++) {
        const struct ipxe_image *image = &preview->ipxe->images[i];
        if (image->bios_name == NULL) {
            fprintf(out,
                    "line %u: %s: has no name in BIOS and is recognised by its content; in UEFI "
                    "it is %s. To be sure, write: initrd --name %s %s %s\n",
                    image->line, image->uri, image->efi_name, image->efi_name, image->uri,
                    image->efi_name);
        } else if (strcmp(image->bios_name, image->efi_name) != 0) {
            fprintf(out,
                    "line %u: %s: is %s in BIOS but %s in UEFI. To make them one, write: "
                    "initrd --name %s %s %s\n",
                    image->line, image->uri, image->bios_name, image->efi_name, image->bios_name,
                    image->uri, image->bios_name);
        }
    }
}

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
 * after "--" behind it. */
static const char *command_line(const struct preview *preview, const struct machine_plan *plan)
{
    const char *first = plan->facts.command_line;
    if (first[0] == '\0' && preview->ipxe != NULL) {
        first = preview->ipxe->command_line;
    }
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
    if (preview->ipxe != NULL) {
        inputs = inputs_of_script(preview, strcmp(plan->facts.firmware, "bios") == 0, &input_count);
    }
    plan->facts.command_line = command_line(preview, plan);
    if (machine_finish(plan, error) != 0) {
        return PREVIEW_USAGE;
    }
    host_set_machine(&plan->facts);
    host_set_console(preview->json ? stderr : stdout);
    host_set_keys(preview->keys);
    inputs_set(inputs, input_count);
    return boot_prepare(boot, volume, error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
}

int preview_run(const struct preview *preview, struct machine_plan *plan)
{
    struct error error = {.text = ""};
    struct boot boot = {.pool = pool_create()};
    struct volume *volume = NULL;
    int status = PREVIEW_FAILS;
    if (preview->ipxe != NULL) {
        compare_names(preview, preview->json ? stderr : stdout);
    }
    report_attach(preview);
    if (boot.pool == NULL) {
        error_no_memory(&error, "the preview");
    } else {
        status = preview_prepare(preview, plan, &boot, &volume, &error);
    }
    if (status == PREVIEW_BOOTS && write_outputs(preview, &boot, volume, &error) != 0) {
        status = PREVIEW_FAILS;
    }
    report_print(preview, status == PREVIEW_BOOTS ? volume : NULL, error.text);
    fflush(stdout);
    if (status == PREVIEW_BOOTS && preview->nbd) {
        status = preview_nbd(preview, &error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
    } else if (status == PREVIEW_BOOTS && preview->qemu) {
        status = preview_qemu(preview, plan, &error) == 0 ? PREVIEW_BOOTS : PREVIEW_FAILS;
    }
    if (status != PREVIEW_BOOTS) {
        fprintf(stderr, "wimboot-preview: would not boot: %s\n", error.text);
    }
    pool_destroy(boot.pool);
    return status;
}
