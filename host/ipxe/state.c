/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, messages and answers of a run. */
#include <stdarg.h>
#include <string.h>

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

int ipxe_read(struct ipxe *ipxe, const char *path, size_t limit, const char **data, size_t *size)
{
    const struct ipxe_files *files = &ipxe->start->files;
    if (files->read(files->context, ipxe->pool, path, limit, data, size) != 0) {
        return -1;
    }
    ipxe->memory_left -= *size < ipxe->memory_left ? *size : ipxe->memory_left;
    return 0;
}
