/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. See options.h. */
#include "options.h"

#include <string.h>

struct options options;

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Split in place: words end at white space outside double quotes, which are dropped. */
static size_t split(char *line, const char **words)
{
    size_t count = 0;
    char *from = line;
    for (;;) {
        while (is_space(*from)) {
            from++;
        }
        if (*from == '\0') {
            return count;
        }
        char *to = from;
        words[count++] = to;
        bool quoted = false;
        for (; *from != '\0' && (quoted || !is_space(*from)); from++) {
            if (*from == '"') {
                quoted = !quoted;
            } else {
                *to++ = *from;
            }
        }
        bool last = *from == '\0';
        *to = '\0';
        if (last) {
            return count;
        }
        from++;
    }
}

static int parse_index(const char *text, uint32_t *index, struct error *error)
{
    uint32_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && value < 100000; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
    }
    if (at == text || *at != '\0' || value == 0) {
        return error_set(error, "command line: index=%s: must be the number of a WIM image, from 1",
                         text);
    }
    *index = value;
    return 0;
}

/* The value of "name=value"; NULL if the word is something else. */
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static int parse_word(const char *word, struct error *error)
{
    static const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"rawbcd", &options.rawbcd}, {"rawwim", &options.rawwim}, {"gui", &options.gui},
        {"quiet", &options.quiet},   {"linear", &options.linear},
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(word, flags[i].name) == 0) {
            *flags[i].flag = true;
            return 0;
        }
        const char *value = value_of(word, flags[i].name);
        if (value != NULL) {
            return error_set(error, "command line: %s: '%s' takes no value", word, flags[i].name);
        }
    }
    if (strcmp(word, "pause") == 0) {
        options.pause = PAUSE_YES;
        return 0;
    }
    const char *value;
    if ((value = value_of(word, "pause")) != NULL) {
        if (strcmp(value, "quiet") != 0) {
            return error_set(error, "command line: %s: the only value of 'pause' is 'quiet'", word);
        }
        options.pause = PAUSE_QUIET;
    } else if ((value = value_of(word, "index")) != NULL) {
        return parse_index(value, &options.index, error);
    } else if ((value = value_of(word, "script")) != NULL) {
        if (*value == '\0') {
            return error_set(error, "command line: script=: the name of a Lua file is missing");
        }
        options.script = value;
    }
    /* Everything else is for the script: also initrd=, initrdfile=, mem= and vga=, which other
     * loaders add for themselves. */
    return 0;
}

int options_parse(struct pool *pool, const char *command_line, struct error *error)
{
    memset(&options, 0, sizeof(options));
    size_t length = strlen(command_line);
    char *line = pool_copy_string(pool, command_line);
    const char **words = pool_allocate(pool, (length / 2 + 1) * sizeof(*words));
    if (line == NULL || words == NULL) {
        return error_set(error, "command line: out of memory");
    }
    options.words = words;
    options.word_count = split(line, words);
    for (size_t i = 0; i < options.word_count; i++) {
        if (parse_word(options.words[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}
