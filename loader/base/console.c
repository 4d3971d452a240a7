/* SPDX-License-Identifier: BSD-2-Clause */
/* Tabs, words and styles on the platform's console. See console.h. */
#include "base/console.h"

#include <stdbool.h>
#include <string.h>

enum { TAB_WIDTH = 8, INDENT_WIDTH = sizeof(CONSOLE_INDENT) - 1 };

/* Characters since the line began. */
static unsigned column;

static enum text_style current_style = STYLE_PLAIN;

/* Firmware moves on to the next line when the last column is written: it stays empty, so that "\n"
 * does not make an empty line. */
unsigned console_columns(void)
{
    static unsigned columns;

    if (columns == 0) {
        unsigned rows;
        platform_screen_size(&columns, &rows);
    }
    return columns - 1;
}

static bool is_control(char character)
{
    return (unsigned char)character < ' ';
}

/* Whether a byte is the first of a character of UTF-8. */
static bool is_first(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

/* A word or what is between words: a control character, spaces. */
struct piece {
    size_t length;  /* bytes */
    unsigned width; /* columns */
};

/* The piece at the start of a text, at most this wide: a longer word is cut. */
static struct piece next_piece(const char *text, size_t length, unsigned width_max)
{
    struct piece piece = {.length = 1};

    if (is_control(text[0])) {
        return piece;
    }
    piece.width = 1;
    if (text[0] == ' ') {
        return piece;
    }
    while (piece.length < length && text[piece.length] != ' ' && !is_control(text[piece.length])) {
        if (is_first(text[piece.length])) {
            if (piece.width == width_max) {
                break;
            }
            piece.width++;
        }
        piece.length++;
    }
    return piece;
}

static void move_column(char first, unsigned width)
{
    if (first == '\n' || first == '\r') {
        column = 0;
    } else if (first == '\b') {
        column -= column > 0;
    } else {
        column += width;
    }
}

static void write_run(const char *text, size_t length)
{
    if (length > 0) {
        platform_write(text, length);
    }
}

void console_break_line(void)
{
    enum text_style style = current_style;

    if (style != STYLE_PLAIN) {
        platform_style(STYLE_PLAIN);
    }
    platform_break_line();
    column = INDENT_WIDTH;
    if (style != STYLE_PLAIN) {
        platform_style(style);
    }
}

/* Write text without tabs, as few pieces as its lines allow: each costs a firmware call. */
static void write_words(const char *text, size_t length)
{
    unsigned columns = console_columns();
    size_t start = 0, at = 0;

    while (at < length) {
        struct piece piece = next_piece(text + at, length - at, columns - INDENT_WIDTH - 1);
        /* The space after a word stays on its line. */
        size_t end = at + piece.length;
        unsigned width = piece.width + (end < length && text[at] != ' ' && text[end] == ' ');

        if (column + width > columns) {
            write_run(text + start, at - start);
            start = at;
            console_break_line();
        }
        move_column(text[at], piece.width);
        at = end;
    }
    write_run(text + start, length - start);
}

void console_write(const char *text, size_t length)
{
    static const char spaces[TAB_WIDTH] = "        ";

    while (length > 0) {
        const char *tab = memchr(text, '\t', length);
        size_t plain = tab == NULL ? length : (size_t)(tab - text);

        write_words(text, plain);
        if (tab == NULL) {
            return;
        }
        write_words(spaces, TAB_WIDTH - column % TAB_WIDTH);
        text += plain + 1;
        length -= plain + 1;
    }
}

void console_write_styled(enum text_style style, const char *text, size_t length)
{
    current_style = style;
    platform_style(style);
    while (length > 0) {
        size_t plain = 0;
        while (plain < length && (!is_control(text[plain]) || text[plain] == '\t')) {
            plain++;
        }
        console_write(text, plain);
        if (plain < length) { /* in a wrong path, say: it must not move the cursor */
            console_write("?", 1);
            plain++;
        }
        text += plain;
        length -= plain;
    }
    current_style = STYLE_PLAIN;
    platform_style(STYLE_PLAIN);
}

void console_clear(void)
{
    column = 0;
    platform_clear();
}

void console_move_to_row(unsigned row)
{
    column = 0;
    platform_move_to_row(row);
}
