/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows paths. See path.h. */
#include "base/path.h"

#include <string.h>

const char *path_last_component(const char *path)
{
    const char *last = path;
    for (; *path != '\0'; path++) {
        if (path_is_separator(*path)) {
            last = path + 1;
        }
    }
    return last;
}

const char *path_next_component(const char **path, size_t *length)
{
    const char *start = *path, *end;
    for (;;) {
        while (path_is_separator(*start)) {
            start++;
        }
        end = start;
        while (*end != '\0' && !path_is_separator(*end)) {
            end++;
        }
        *path = end;
        *length = (size_t)(end - start);
        if (*length != 1 || *start != '.') {
            return *length > 0 ? start : NULL;
        }
        start = end;
    }
}

bool path_is_parent(const char *component, size_t length)
{
    return length == 2 && component[0] == '.' && component[1] == '.';
}

void path_normalize(char *path)
{
    const char *rest = path, *component;
    char *end = path;
    size_t length;
    while ((component = path_next_component(&rest, &length)) != NULL) {
        if (end != path) {
            *end++ = '\\';
        }
        memmove(end, component, length);
        end += length;
    }
    *end = '\0';
}

bool path_forbids(uint16_t unit)
{
    return unit < 0x20 || (unit < 0x80 && strchr("\"*:<>?|", unit) != NULL);
}

const char *path_advice(const char *path)
{
    if (path[0] != '\0' && path[1] == ':') {
        return ". Leave the drive's letter out: the path starts in the root";
    }
    for (; *path != '\0'; path++) {
        if ((unsigned char)*path < 0x20) {
            return ". In a script's text, write each \\ twice (\\\\), or use /";
        }
    }
    return "";
}
