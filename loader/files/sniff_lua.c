/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this text Lua? The first statement of the chunk decides: most text begins with something that
 * no statement can begin with, and in a batch file another word follows the command, where Lua has
 * an operator or a call.
 */
#include <string.h>

#include "base/ascii.h"
#include "files/sniff.h"

struct text {
    const char *at, *end;
};

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

static bool is_word(char character)
{
    return is_letter(character) || (character >= '0' && character <= '9');
}

static bool skip(struct text *text, const char *token)
{
    size_t length = strlen(token);
    if ((size_t)(text->end - text->at) < length || memcmp(text->at, token, length) != 0) {
        return false;
    }
    text->at += length;
    return true;
}

static void skip_line(struct text *text)
{
    while (text->at < text->end && *text->at != '\n') {
        text->at++;
    }
}

/* After "--": to the end of the line, or to the end of a long bracket. */
static void skip_comment(struct text *text)
{
    const char *at = text->at;
    size_t level = 0;
    if (at < text->end && *at == '[') {
        for (at++; at < text->end && *at == '='; at++) {
            level++;
        }
        if (at < text->end && *at == '[') {
            for (; at < text->end; at++) {
                if (*at != ']') {
                    continue;
                }
                size_t equals = 0;
                while (text->end - at > (ptrdiff_t)equals + 1 && at[1 + equals] == '=') {
                    equals++;
                }
                if (equals == level && text->end - at > (ptrdiff_t)equals + 1 &&
                    at[1 + equals] == ']') {
                    text->at = at + equals + 2;
                    return;
                }
            }
            text->at = text->end;
            return;
        }
    }
    skip_line(text);
}

/* White space, comments and semicolons. True if there was a comment. */
static bool skip_blanks(struct text *text)
{
    bool commented = false;
    while (text->at < text->end) {
        if (ascii_is_space(*text->at) || *text->at == ';') {
            text->at++;
        } else if (skip(text, "--")) {
            skip_comment(text);
            commented = true;
        } else {
            break;
        }
    }
    return commented;
}

bool is_lua(const char *chars, size_t length)
{
    static const char *const keywords[] = {"local",  "function", "if",     "for", "while",
                                           "repeat", "do",       "return", "goto"};
    struct text text = {chars, chars + length};
    skip(&text, "\xEF\xBB\xBF");
    if (text.at < text.end && *text.at == '#') {
        skip_line(&text); /* like Lua, for the first line */
    }
    bool commented = skip_blanks(&text);
    if (text.at == text.end) {
        return commented;
    }
    if (*text.at == '(') {
        return true;
    }
    if (!is_letter(*text.at)) {
        return false;
    }
    const char *word = text.at;
    while (text.at < text.end && is_word(*text.at)) {
        text.at++;
    }
    size_t word_length = (size_t)(text.at - word);
    skip_blanks(&text);
    if (text.at == text.end) {
        return false;
    }
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strlen(keywords[i]) == word_length && memcmp(keywords[i], word, word_length) == 0) {
            return strchr("=:%/", *text.at) == NULL; /* "for %%i in (*)" is a batch file's */
        }
    }
    /* An assignment or a call, of something with or without dots: "boot.index = 3", "map{". */
    while (text.end - text.at > 1 && (*text.at == '.' || *text.at == ':') &&
           is_letter(text.at[1])) {
        text.at++;
        while (text.at < text.end && is_word(*text.at)) {
            text.at++;
        }
        skip_blanks(&text);
    }
    return text.at < text.end && strchr("=[,({\"'", *text.at) != NULL;
}
