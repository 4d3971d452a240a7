/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console as the core writes to it: the platform's (machine.h), with two differences. A tab
 * moves to the next multiple of eight columns, because firmware shows tabs as symbols or not at
 * all. And a word that does not fit on a line of the screen starts on the next one.
 */
#ifndef LOADER_CONSOLE_H
#define LOADER_CONSOLE_H

#include <stddef.h>

#include "base/machine.h"

/** Show UTF-8 text; "\n" ends a line. */
void console_write(const char *text, size_t length);

/** Show text in a style, plain after it. It is a part of one line: control characters other than
 * tabs show as "?". */
void console_write_styled(enum text_style style, const char *text, size_t length);

/** The characters that a line has room for. */
unsigned console_columns(void);

/** Continue on the next line of the screen. Where text is only recorded, the line goes on. */
void console_break_line(void);

/** Clear the screen. */
void console_clear(void);

/** Continue at the start of a row, counted from 0; where there is none, on a new line. */
void console_move_to_row(unsigned row);

#endif
