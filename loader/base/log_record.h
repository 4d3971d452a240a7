/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was said so far, with times: for scripts, and for the log in the image. Also what `quiet`
 * kept from the console.
 */
#ifndef LOADER_LOG_RECORD_H
#define LOADER_LOG_RECORD_H

#include <stddef.h>

/** Bytes that are kept at most; what comes after them is lost. */
enum { LOG_RECORD_MAX = 16 * 1024 };

/** Start anew, for another boot. */
void log_record_clear(void);

/** Add text to the record. Each line gets the time since the first one: "[  1.234] ". */
void log_record(const char *text, size_t length);

/** The record: UTF-8, without a NUL; lines end with "\n". */
const char *log_recorded(size_t *length);

/**
 * The record as a text file of Windows: lines end with "\r\n".
 *
 * @param capacity bytes that fit; the rest is left out
 * @return bytes
 */
size_t log_recorded_file(char *buffer, size_t capacity);

#endif
