/* SPDX-License-Identifier: BSD-2-Clause */
/* Tabs on the platform's console. See console.h. */
#include "base/console.h"

#include <string.h>

#include "base/machine.h"

enum { TAB_WIDTH = 8 };

/* Characters since the line began, as far as tabs ask. A line that the screen breaks needs no care
 * while screens have a multiple of eight columns. */
static unsigned column;

static void count_columns(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' || text[i] == '\r') {
            column = 0;
        } else if (text[i] == '\b') {
            column -= column > 0;
        } else {
            column += ((unsigned char)text[i] & 0xC0) != 0x80; /* one for each character of UTF-8 */
        }
    }
}

static void write_plain(const char *text, size_t length)
{
    if (length > 0) {
        count_columns(text, length);
        platform_write(text, length);
    }
}

void console_write(const char *text, size_t length)
{
    static const char spaces[TAB_WIDTH] = "        ";

    while (length > 0) {
        const char *tab = memchr(text, '\t', length);
        size_t plain = tab == NULL ? length : (size_t)(tab - text);

        write_plain(text, plain);
        if (tab == NULL) {
            return;
        }
        write_plain(spaces, TAB_WIDTH - column % TAB_WIDTH);
        text += plain + 1;
        length -= plain + 1;
    }
}

void console_clear(void)
{
    column = 0;
    platform_clear();
}
