/* SPDX-License-Identifier: BSD-2-Clause */
/* Running an iPXE script from its file to its result. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/ipxe/interpreter.h"

/* Whether the loader does not show an image among its files: itself, and in UEFI copies of itself.
 */
static bool is_left_out(const struct ipxe *ipxe, const struct image *image)
{
    return image == ipxe->loader || (strcmp(ipxe->start->firmware, "efi") == 0 &&
                                     strcmp(image->public.path, ipxe->loader->public.path) == 0);
}

/* The images that the loader gets, except itself. In BIOS iPXE names a file after the first word of
 * its arguments, in UEFI it lists it under its image name: https://ipxe.org/cmd/imgfetch. */
static int take_images(struct ipxe *ipxe)
{
    struct ipxe_image *list = pool_allocate_array(ipxe->pool, ipxe->image_count + 1, sizeof(*list));
    size_t count = 0;
    for (size_t i = 0; list != NULL && i < ipxe->image_count; i++) {
        const struct image *image = ipxe->images[i];
        if (is_left_out(ipxe, image)) {
            continue;
        }
        struct ipxe_image *taken = &list[count++];
        *taken = image->public;
        taken->efi_name = image->name;
        size_t length = image->command_line != NULL ? strcspn(image->command_line, " ") : 0;
        if (length > 0) {
            taken->bios_name = ipxe_copy(ipxe, image->command_line, length);
            if (taken->bios_name == NULL) {
                return -1;
            }
        }
    }
    ipxe->result->images = list;
    ipxe->result->image_count = count;
    ipxe->result->disks = ipxe->disks;
    ipxe->result->disk_count = ipxe->disk_count;
    return list == NULL ? -1 : 0;
}

static int read_local(void *context, struct pool *pool, const char *path, size_t limit,
                      const char **data, size_t *size)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    int rc = -1;
    if (file != NULL && fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        size_t wanted = (uint64_t)status.st_size < limit ? (size_t)status.st_size : limit;
        char *bytes = pool_allocate(pool, wanted + 1);
        *size = bytes != NULL ? fread(bytes, 1, wanted, file) : 0;
        *data = bytes;
        rc = bytes == NULL || ferror(file) ? -1 : 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return rc;
}

const struct ipxe_files ipxe_local_files = {.read = read_local};

static enum status run_first(struct ipxe *ipxe, const char *path)
{
    struct image *image = ipxe_allocate(ipxe, sizeof(*image));
    if (image == NULL) {
        return STATUS_STOP;
    }
    image->public.path = image->public.uri = path;
    image->is_script = true;
    image->frees_itself = true; /* iPXE forgets what the network told it to boot */
    image->name = path_base_name(path);
    return images_execute(ipxe, image);
}

int ipxe_run(struct pool *pool, const struct ipxe_start *start, struct ipxe_result *result,
             struct error *error)
{
    struct ipxe *ipxe = pool_allocate(pool, sizeof(*ipxe));
    memset(result, 0, sizeof(*result));
    if (ipxe == NULL) {
        return error_no_memory(error, "%s", start->path);
    }
    ipxe->pool = pool;
    ipxe->start = start;
    ipxe->result = result;
    ipxe->memory_left = IPXE_MEMORY_MAX;
    ipxe->work_left = IPXE_WORK_MAX;
    ipxe->run_command = command_run;
    result->notes = ipxe->notes;
    const char *head;
    size_t head_size;
    if (ipxe_read(ipxe, start->path, SCRIPT_HEAD_SIZE, &head, &head_size) != 0) {
        return error_set(error, "%s: cannot be read", start->path);
    }
    if (!is_script(head, head_size)) {
        return error_set(error, "%s: not an iPXE script: it does not start with #!ipxe",
                         start->path);
    }
    enum status status = run_first(ipxe, start->path);
    if (status != STATUS_STOP) {
        result->end = IPXE_ENDS;
        result->reason =
            ipxe_format(ipxe, "%s:%u: the script ends here without booting%s", start->path,
                        ipxe->last_line, status == STATUS_FAILED ? ": the command failed" : "");
    }
    if (result->end == IPXE_BOOTS && take_images(ipxe) != 0) {
        return error_no_memory(error, "%s", start->path);
    }
    return result->end != IPXE_BOOTS && result->reason == NULL
               ? error_no_memory(error, "%s", start->path)
               : 0;
}
