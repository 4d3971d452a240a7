/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, levels and progress on the platform's console. See log.h. */
#include "base/log.h"

#include <string.h>

#include "base/console.h"
#include "base/format.h"
#include "base/log_record.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/work.h"

enum {
    PROGRESS_DELAY_MS = 1000,   /* shorter operations show nothing */
    PROGRESS_INTERVAL_MS = 100, /* between two updates, at least */
    PROGRESS_SHARE = 20,        /* and of the time, a twentieth at most: firmware draws slowly */
};

static bool quiet;

/* The progress line that is on the screen, if one is. */
static struct {
    const char *label;
    uint64_t started_ms, shown_ms, interval_ms;
    bool visible;
} progress;

void log_set_quiet(bool wanted)
{
    quiet = wanted;
}

/* Record text, and say whether its level is shown; ends the progress line if so. */
static bool begin(enum log_level level, const char *text, size_t length)
{
    log_record(text, length);
    if (quiet && level != LOG_ERROR) {
        return false;
    }
    if (progress.visible) {
        progress.visible = false;
        console_write("\n", 1);
    }
    work_done.printed += length;
    return true;
}

/* The length of the first sentence of a line. What follows it says what to do. */
static size_t first_sentence(const char *line, size_t length)
{
    for (size_t i = 0; i + 2 < length; i++) {
        if (line[i] == '.' && line[i + 1] == ' ' && line[i + 2] >= 'A' && line[i + 2] <= 'Z') {
            return i + 1;
        }
    }
    return length;
}

/* Show the first line of a warning or an error, what to do on a line of its own, then the rest. */
static void show_problem(enum text_style style, const char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    size_t line = end == NULL ? length : (size_t)(end - text);
    size_t sentence = first_sentence(text, line);

    console_write_styled(style, text, sentence);
    if (sentence < line) {
        console_write(" ", 1);
        console_break_line();
        console_write_styled(STYLE_LABEL, text + sentence + 1, line - sentence - 1);
    }
    console_write(text + line, length - line);
}

void log_text(enum log_level level, const char *text, size_t length)
{
    if (!begin(level, text, length)) {
        return;
    }
    if (level == LOG_INFO) {
        console_write(text, length);
    } else {
        show_problem(level == LOG_ERROR ? STYLE_ERROR : STYLE_WARNING, text, length);
    }
}

void log_fact(const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t label = colon == NULL ? 0 : (size_t)(colon - text);

    if (!begin(LOG_INFO, text, length)) {
        return;
    }
    if (label > 0) {
        console_write_styled(STYLE_LABEL, text, label);
    }
    console_write(text + label, length - label);
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
    if (level == LOG_INFO) {
        log_fact(line, length + 1);
    } else {
        log_text(level, line, length + 1);
    }
}

void log_failure(const struct error *error)
{
    size_t size =
        sizeof("error: \n") + strlen(error->text) + (error->rest == NULL ? 0 : strlen(error->rest));
    char *whole = error->rest == NULL ? NULL : memory_allocate(size);

    if (whole == NULL) {
        log_error("%s", error->text);
        return;
    }
    log_text(LOG_ERROR, whole,
             format_string(whole, size, "error: %s%s\n", error->text, error->rest));
    memory_free(whole);
}

void log_progress(const char *label, uint64_t done, uint64_t total)
{
    uint64_t now = platform_milliseconds();
    if (progress.label != label || done == 0) {
        progress.label = label;
        progress.started_ms = now;
        progress.shown_ms = now;
        progress.interval_ms = PROGRESS_INTERVAL_MS;
    }
    bool finished = done >= total;
    bool is_due = !quiet && now - progress.started_ms >= PROGRESS_DELAY_MS &&
                  now - progress.shown_ms >= progress.interval_ms;
    if (!is_due && !(finished && progress.visible)) {
        return;
    }
    char line[160], total_text[24], rate_text[24];
    uint64_t percent = total == 0                 ? 100
                       : total < UINT64_MAX / 100 ? done * 100 / total
                                                  : done / (total / 100);
    uint64_t rate = done * 1000 / (now - progress.started_ms + 1); /* of a second */
    size_t room = console_columns(); /* and "\r", without the last column */
    room = room < sizeof(line) ? room : sizeof(line) - 1;
    size_t length = format_string(line, sizeof(line), "\r%s: %u %% of %s, %s/s", label,
                                  finished || percent > 100 ? 100 : (unsigned)percent,
                                  log_size(total_text, total), log_size(rate_text, rate));
    if (!finished && rate > 0 && length < room) {
        length += format_string(line + length, sizeof(line) - length, ", %u s left",
                                (unsigned)((total - done) / rate));
    }
    while (length < room) { /* over the rest of a longer line that was there before */
        line[length++] = ' ';
    }
    console_write(line, room);
    if (finished) {
        console_write("\n", 1);
    }
    progress.shown_ms = platform_milliseconds();
    uint64_t share = PROGRESS_SHARE * (progress.shown_ms - now);
    progress.interval_ms = share > PROGRESS_INTERVAL_MS ? share : PROGRESS_INTERVAL_MS;
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
