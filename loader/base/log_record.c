/* SPDX-License-Identifier: BSD-2-Clause */
/* What was said so far. See log_record.h. */
#include "base/log_record.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/format.h"
#include "base/machine.h"

enum { TIME_SIZE = 32 };

/* The last bytes say that there was more. */
static const char more[] = "[...]\n";

static char record[LOG_RECORD_MAX];
static size_t used;
static bool in_line, is_full;
static uint64_t start_ms;

/* Append text, or note that there is no room. */
static void append(const char *text, size_t length)
{
    if (is_full) {
        return;
    }
    if (length > sizeof(record) - (sizeof(more) - 1) - used) {
        is_full = true;
        text = more;
        length = sizeof(more) - 1;
    }
    memcpy(record + used, text, length);
    used += length;
}

static void append_time(void)
{
    char time[TIME_SIZE];
    uint64_t now = platform_milliseconds();
    if (used == 0) {
        start_ms = now;
    }
    uint64_t elapsed = now - start_ms;
    append(time, format_string(time, sizeof(time), "[%3u.%03u] ", (unsigned)(elapsed / 1000),
                               (unsigned)(elapsed % 1000)));
}

void log_record_clear(void)
{
    used = 0;
    in_line = is_full = false;
}

void log_record(const char *text, size_t length)
{
    while (length > 0 && !is_full) {
        const char *end = memchr(text, '\n', length);
        size_t taken = end != NULL ? (size_t)(end - text) + 1 : length;
        if (!in_line) {
            append_time();
        }
        append(text, taken);
        in_line = end == NULL;
        text += taken;
        length -= taken;
    }
}

const char *log_recorded(size_t *length)
{
    *length = used;
    return record;
}

size_t log_recorded_file(char *buffer, size_t capacity)
{
    size_t length = 0;
    for (size_t i = 0; i < used; i++) {
        bool is_end = record[i] == '\n';
        if (capacity - length < (is_end ? 2u : 1u)) {
            break;
        }
        if (is_end) {
            buffer[length++] = '\r';
        }
        buffer[length++] = record[i];
    }
    return length;
}
