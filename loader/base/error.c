/* SPDX-License-Identifier: BSD-2-Clause */
/* Error sentences: writing them and putting a context in front. See error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"

void error_write(struct error *error, const char *format, ...)
{
    if (error == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    format_string_list(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    error->rest = NULL;
}

void error_write_no_memory(struct error *error, const char *what, ...)
{
    static const char start[] = "out of memory: ";
    const size_t length = sizeof(start) - 1;
    if (error == NULL) {
        return;
    }
    memcpy(error->text, start, length);
    va_list arguments;
    va_start(arguments, what);
    format_string_list(error->text + length, sizeof(error->text) - length, what, arguments);
    va_end(arguments);
    error->rest = NULL;
}

int error_set_lines(struct error *error, const char *lines)
{
    if (error == NULL) {
        return -1;
    }
    size_t length = 0;
    while (length < sizeof(error->text) - 1 && lines[length] != '\0' && lines[length] != '\n') {
        error->text[length] = lines[length];
        length++;
    }
    error->text[length] = '\0';
    error->rest = lines[length] == '\0' ? NULL : lines + length;
    return -1;
}

void error_write_prefix(struct error *error, const char *format, ...)
{
    if (error == NULL) {
        return;
    }
    char prefix[sizeof(error->text)];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_list(prefix, sizeof(prefix), format, arguments);
    va_end(arguments);
    if (length >= sizeof(prefix)) {
        length = sizeof(prefix) - 1;
    }
    size_t room = sizeof(error->text) - 1 - length;
    size_t kept = strlen(error->text);
    if (kept > room) {
        kept = room;
    }
    memmove(error->text + length, error->text, kept);
    memcpy(error->text, prefix, length);
    error->text[length + kept] = '\0';
}
