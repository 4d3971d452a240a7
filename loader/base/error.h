/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An error as the user reads it: which file, where in it, what is wrong, what to do.
 *
 * Every function of the core that can fail takes a `struct error *` as its last parameter, returns
 * 0 (or a non-negative result) when it worked and -1 when it did not, and has then written one
 * sentence into it. No error numbers: the sentence is the interface.
 */
#ifndef LOADER_ERROR_H
#define LOADER_ERROR_H

#include <stddef.h>

struct error {
    /** NUL-terminated UTF-8, without a final full stop or newline; cut at this size. */
    char text[400];
    /** What follows the text, NUL-terminated: more lines, such as a script's traceback; set by
     * error_set_lines(). NULL: nothing. */
    const char *rest;
};

/**
 * Write an error.
 *
 * @param error  written; may be NULL, when the caller does not need the reason
 * @param format as format_string() takes it (format.h)
 * @return always -1, so that `return error_set(error, ...)` reads well
 */
#define error_set(error, ...) (error_write((error), __VA_ARGS__), error_result())

void error_write(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The result of functions that fail, visible to static analysers. */
static inline int error_result(void)
{
    return -1;
}

/**
 * Write the error of a failed allocation: "out of memory: WHAT".
 *
 * @param ... a format and its arguments: what the memory was for, "the directory of %s"
 * @return always -1
 */
#define error_no_memory(error, ...) (error_write_no_memory((error), __VA_ARGS__), error_result())

void error_write_no_memory(struct error *error, const char *what, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Write an error of any length, such as a message of Lua: its first line becomes the text, all that
 * follows the rest.
 *
 * @param error may be NULL
 * @param lines must live as long as the error: its rest points into them
 * @return always -1
 */
int error_set_lines(struct error *error, const char *lines);

/**
 * Put a context in front of an error: "boot.wim: " before "chunk 37 at 0x1a2b3c: ...".
 *
 * @return always -1
 */
#define error_prefix(error, ...) (error_write_prefix((error), __VA_ARGS__), error_result())

void error_write_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
