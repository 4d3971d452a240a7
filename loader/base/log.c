/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, levels and progress on the platform's console. See log.h. */
#include "base/log.h"

#include <string.h>

#include "base/console.h"
#include "base/format.h"
#include "base/machine.h"
#include "base/work.h"

enum {
    PROGRESS_DELAY_MS = 1000,   /* shorter operations show nothing */
    PROGRESS_INTERVAL_MS = 100, /* between two updates */
};

static bool quiet;

/* The progress line that is on the screen, if one is. */
static struct {
    const char *label;
    uint64_t started_ms, shown_ms;
    bool visible;
} progress;

void log_set_quiet(bool wanted)
{
    quiet = wanted;
}

void log_text(enum log_level level, const char *text, size_t length)
{
    if (quiet && level != LOG_ERROR) {
        return;
    }
    if (progress.visible) {
        progress.visible = false;
        console_write("\n", 1);
    }
    work_done.printed += length;
    console_write(text, length);
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const prefixes[] = {"", "warning: ", "error: "};
    /* One write for a line: each costs a firmware call. */
    char line[600];
    size_t prefix = strlen(prefixes[level]);
    memcpy(line, prefixes[level], prefix);
    va_list arguments;
    va_start(arguments, format);
    size_t length =
        prefix + format_string_list(line + prefix, sizeof(line) - prefix - 1, format, arguments);
    va_end(arguments);
    if (length > sizeof(line) - 2) {
        length = sizeof(line) - 2;
    }
    line[length] = '\n';
    log_text(level, line, length + 1);
}

void log_failure(const struct error *error)
{
    if (error->rest == NULL) {
        log_error("%s", error->text);
        return;
    }
    log_text(LOG_ERROR, "error: ", 7);
    log_text(LOG_ERROR, error->text, strlen(error->text));
    log_text(LOG_ERROR, error->rest, strlen(error->rest));
    log_text(LOG_ERROR, "\n", 1);
}

void log_progress(const char *label, uint64_t done, uint64_t total)
{
    uint64_t now = platform_milliseconds();
    if (progress.label != label || done == 0) {
        progress.label = label;
        progress.started_ms = now;
        progress.shown_ms = now;
    }
    bool finished = done >= total;
    bool is_due = !quiet && now - progress.started_ms >= PROGRESS_DELAY_MS &&
                  now - progress.shown_ms >= PROGRESS_INTERVAL_MS;
    if (!is_due && !(finished && progress.visible)) {
        return;
    }
    char line[160], done_text[24], total_text[24];
    unsigned percent = total == 0 ? 100 : (unsigned)(done / ((total + 99) / 100));
    size_t length = format_string(line, sizeof(line), "\r%s: %s of %s, %u %%%s", label,
                                  log_size(done_text, done), log_size(total_text, total),
                                  finished || percent > 100 ? 100 : percent, finished ? "\n" : "");
    console_write(line, length < sizeof(line) ? length : sizeof(line) - 1);
    progress.shown_ms = now;
    progress.visible = !finished;
}

const char *log_size(char buffer[24], uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    if (bytes < 10000) {
        format_string(buffer, 24, "%u bytes", (unsigned)bytes);
        return buffer;
    }
    unsigned unit = 0;
    uint64_t tenths = bytes / 100;
    while (tenths >= 10000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        tenths /= 1000;
        unit++;
    }
    unsigned value = (unsigned)tenths;
    format_string(buffer, 24, "%u.%u %s", value / 10, value % 10, units[unit]);
    return buffer;
}
