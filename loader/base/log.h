/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user sees. `quiet` silences info and warnings, never errors. */
#ifndef LOADER_LOG_H
#define LOADER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

/** Silence everything but errors. */
void log_set_quiet(bool quiet);

/** Print a line ("\n" is added). Warnings start with "warning: ", errors with "error: ". */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_info(...)    log_line(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_error(...)   log_line(LOG_ERROR, __VA_ARGS__)

/** Print an error, with all its lines. */
void log_failure(const struct error *error);

/** Print a fact, "LABEL: …\n", as information. */
void log_fact(const char *text, size_t length);

/** Print text at a level. Of a warning or error, the second sentence of the first line says what to
 * do: on a screen it has a line of its own. */
void log_text(enum log_level level, const char *text, size_t length);

/**
 * Show the progress of a long operation, with its rate and the time left. Draws nothing in the
 * first second, then at most ten times a second; a line of its own that ends when done == total.
 */
void log_progress(const char *label, uint64_t done, uint64_t total);

/** A size for people: "512 bytes", "12.3 MB" (10^6). Returns `buffer`. */
const char *log_size(char buffer[24], uint64_t bytes);

#endif
