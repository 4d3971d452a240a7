/* SPDX-License-Identifier: BSD-2-Clause */
/* Error sentences: writing them and putting a context in front. See error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"

int error_set(struct error *error, const char *format, ...)
{
    if (error == NULL) {
        return -1;
    }
    va_list arguments;
    va_start(arguments, format);
    format_string_list(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    error->rest = NULL;
    return -1;
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

int error_prefix(struct error *error, const char *format, ...)
{
    if (error == NULL) {
        return -1;
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
    return -1;
}
