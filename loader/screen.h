/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's screen, the same in all firmware: a title that names the machine, and below it what
 * log.h and the menu show. */
#ifndef LOADER_SCREEN_H
#define LOADER_SCREEN_H

/** Clear the screen and show the title: the loader, then the machine's model, serial number,
 * memory, firmware and network card, as far as they are known. */
void screen_start(void);

/** The same, unless the title has been shown before. */
void screen_show_title(void);

#endif
