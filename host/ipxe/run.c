/* SPDX-License-Identifier: BSD-2-Clause */
/* Running an iPXE script from its file to its result; memory, messages and answers of a run. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/format.h"
#include "host/ipxe/interpreter.h"

void *ipxe_allocate(struct ipxe *ipxe, size_t size)
{
    void *memory = NULL;
    if (size <= ipxe->memory_left) {
        memory = pool_allocate(ipxe->pool, size);
    }
    if (memory == NULL) {
        ipxe->is_stopped = true;
        ipxe->result->end = IPXE_UNCERTAIN;
        ipxe->result->reason = "the script's values take more than 64 MB";
        return NULL;
    }
    ipxe->memory_left -= size;
    return memory;
}

char *ipxe_copy(struct ipxe *ipxe, const char *text, size_t length)
{
    char *copy = ipxe_allocate(ipxe, length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
    }
    return copy;
}

static char *format_list(struct ipxe *ipxe, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    size_t length = format_string_list(NULL, 0, format, again);
    va_end(again);
    char *text = ipxe_allocate(ipxe, length + 1);
    if (text != NULL) {
        format_string_list(text, length + 1, format, arguments);
    }
    return text;
}

char *ipxe_format(struct ipxe *ipxe, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = format_list(ipxe, format, arguments);
    va_end(arguments);
    return text;
}

char *ipxe_join(struct ipxe *ipxe, char *const *words, size_t count)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        size += strlen(words[i]) + 1;
    }
    char *text = ipxe_allocate(ipxe, size);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < count; i++) {
        length += format_string(text + length, size - length, "%s%s", i > 0 ? " " : "", words[i]);
    }
    return text;
}

/* Script and line of the command that is run, in front of a message. */
static char *with_place(struct ipxe *ipxe, const char *message)
{
    return ipxe->script == NULL
               ? ipxe_copy(ipxe, message, strlen(message))
               : ipxe_format(ipxe, "%s:%u: %s", ipxe->script->name, ipxe->script->line, message);
}

enum status ipxe_stop(struct ipxe *ipxe, enum ipxe_end end, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = format_list(ipxe, format, arguments);
    va_end(arguments);
    char *reason = message != NULL ? with_place(ipxe, message) : NULL;
    if (reason != NULL) {
        ipxe->is_stopped = true;
        ipxe->result->end = end;
        ipxe->result->reason = reason;
    }
    return STATUS_STOP;
}

enum status ipxe_note(struct ipxe *ipxe, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = format_list(ipxe, format, arguments);
    va_end(arguments);
    char *note = message != NULL ? with_place(ipxe, message) : NULL;
    if (note == NULL) {
        return STATUS_STOP;
    }
    struct ipxe_result *result = ipxe->result;
    for (size_t i = 0; i < result->note_count; i++) {
        if (strcmp(ipxe->notes[i], note) == 0) {
            return STATUS_OK;
        }
    }
    if (result->note_count == IPXE_NOTES_MAX) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d assumptions", IPXE_NOTES_MAX);
    }
    ipxe->notes[result->note_count++] = note;
    return STATUS_OK;
}

const char *ipxe_answer(struct ipxe *ipxe)
{
    const struct ipxe_start *start = ipxe->start;
    return ipxe->answers_used < start->answer_count ? start->answers[ipxe->answers_used++] : NULL;
}

enum status ipxe_answer_by_default(struct ipxe *ipxe, const char *command)
{
    if (ipxe->asked_line == ipxe->script->line && ipxe->asked_script == ipxe->script) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN,
                         "%s: asks again; give the answers, in order, with --answer", command);
    }
    ipxe->asked_line = ipxe->script->line;
    ipxe->asked_script = ipxe->script;
    return STATUS_OK;
}

/* Whether the loader does not show an image among its files: itself, and in UEFI copies of itself.
 */
static bool is_left_out(const struct ipxe *ipxe, const struct image *image)
{
    return image == ipxe->loader || (strcmp(ipxe->start->firmware, "efi") == 0 &&
                                     strcmp(image->public.path, ipxe->loader->public.path) == 0);
}

/* The images that the loader gets besides itself. In BIOS iPXE names a file after the first word of
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

int ipxe_read(struct ipxe *ipxe, const char *path, size_t limit, const char **data, size_t *size)
{
    const struct ipxe_files *files = &ipxe->start->files;
    if (files->read(files->context, ipxe->pool, path, limit, data, size) != 0) {
        return -1;
    }
    ipxe->memory_left -= *size < ipxe->memory_left ? *size : ipxe->memory_left;
    return 0;
}

static enum status run_first(struct ipxe *ipxe, const char *path)
{
    struct image *image = ipxe_allocate(ipxe, sizeof(*image));
    if (image == NULL) {
        return STATUS_STOP;
    }
    image->public.path = image->public.uri = path;
    image->is_free = image->frees_itself = true; /* iPXE forgets what the network told it to boot */
    image->name = path_base_name(path);
    return ipxe_run_script(ipxe, image);
}

int ipxe_run(struct pool *pool, const struct ipxe_start *start, struct ipxe_result *result,
             struct error *error)
{
    struct ipxe *ipxe = pool_allocate(pool, sizeof(*ipxe));
    memset(result, 0, sizeof(*result));
    if (ipxe == NULL) {
        return error_set(error, "%s: out of memory", start->path);
    }
    ipxe->pool = pool;
    ipxe->start = start;
    ipxe->result = result;
    ipxe->memory_left = IPXE_MEMORY_MAX;
    ipxe->work_left = IPXE_WORK_MAX;
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
        return error_set(error, "%s: out of memory", start->path);
    }
    return result->end != IPXE_BOOTS && result->reason == NULL
               ? error_set(error, "%s: out of memory", start->path)
               : 0;
}
