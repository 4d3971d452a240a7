/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console as the core writes to it: the platform's (machine.h), on which a tab moves to the
 * next multiple of eight columns. Firmware shows a tab as a symbol, or not at all.
 */
#ifndef LOADER_CONSOLE_H
#define LOADER_CONSOLE_H

#include <stddef.h>

/** Show UTF-8 text; "\n" ends a line. */
void console_write(const char *text, size_t length);

/** Clear the screen. */
void console_clear(void);

#endif
